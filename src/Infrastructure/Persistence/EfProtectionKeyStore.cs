using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OgcProcesses.Application.Access.Sessions;
using OgcProcesses.Domain.Access;

namespace OgcProcesses.Infrastructure.Persistence;

/// <summary>The keys of sessions in the database; the key of their table decides between two nodes that make one at once.</summary>
internal sealed class EfProtectionKeyStore(IDbContextFactory<OgcDbContext> contexts, DatabaseWriter writer) : IProtectionKeyStore
{
    public async Task<IReadOnlyList<ProtectionKey>> ListAsync(CancellationToken cancellationToken)
    {
        await using var context = contexts.CreateDbContext();
        return await context.ProtectionKeys.OrderBy(key => key.Number).ToListAsync(cancellationToken);
    }

    public Task<bool> TryAddAsync(ProtectionKey key, CancellationToken cancellationToken) => writer.RunAsync(
        async context =>
        {
            context.Add(key);
            try
            {
                await context.SaveOnceAsync(key, cancellationToken);
                return true;
            }
            catch (DbUpdateException clash) when (context.IsDuplicate(clash))
            {
                return false;
            }
        },
        cancellationToken);
}

internal sealed class ProtectionKeyConfiguration : IEntityTypeConfiguration<ProtectionKey>
{
    public void Configure(EntityTypeBuilder<ProtectionKey> builder)
    {
        builder.ToTable("protection_keys");
        builder.HasKey(key => key.Number);
    }
}
