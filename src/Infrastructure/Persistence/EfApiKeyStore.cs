using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OgcProcesses.Application.Access.Keys;
using OgcProcesses.Application.Common.Paging;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Infrastructure.Persistence;

/// <summary>Keys in the database.</summary>
internal sealed class EfApiKeyStore(IDbContextFactory<OgcDbContext> contexts, DatabaseWriter writer) : IApiKeyStore
{
    public async Task<ApiKey?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var context = contexts.CreateDbContext();
        return await context.ApiKeys.SingleOrDefaultAsync(key => key.Id == id, cancellationToken);
    }

    public async Task<Page<ApiKey>> ListAsync(Cursor? cursor, int limit, CancellationToken cancellationToken)
    {
        await using var context = contexts.CreateDbContext();
        var read = await From(context.ApiKeys, cursor).Take(limit + 1).ToListAsync(cancellationToken);
        return Page.Of(read, limit, cursor, key => key.Id);
    }

    public Task AddAsync(ApiKey key, CancellationToken cancellationToken) => writer.RunAsync(
        context =>
        {
            context.Add(key);
            return context.SaveOnceAsync(key, cancellationToken);
        },
        cancellationToken);

    public Task<bool> RevokeAsync(string id, DateTimeOffset at, CancellationToken cancellationToken) => writer.RunAsync(
        async context =>
        {
            await context.ApiKeys.Where(key => key.Id == id && key.Revoked == null).ExecuteUpdateAsync(set => set.SetProperty(key => key.Revoked, at), cancellationToken);
            return await context.ApiKeys.AnyAsync(key => key.Id == id, cancellationToken);
        },
        cancellationToken);

    public Task NoteUseAsync(string id, DateTimeOffset at, CancellationToken cancellationToken) => writer.RunAsync(
        context => context.ApiKeys.Where(key => key.Id == id).ExecuteUpdateAsync(set => set.SetProperty(key => key.LastUsed, at), cancellationToken),
        cancellationToken);

    private static IQueryable<ApiKey> From(IQueryable<ApiKey> keys, Cursor? cursor) => cursor switch
    {
        null => keys.OrderByDescending(key => key.Id),
        { Backwards: true, Key: var place } => keys.Where(key => string.Compare(key.Id, place) > 0).OrderBy(key => key.Id),
        { Key: var place } => keys.Where(key => string.Compare(key.Id, place) < 0).OrderByDescending(key => key.Id),
    };
}

internal sealed class ApiKeyConfiguration : IEntityTypeConfiguration<ApiKey>
{
    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.ToTable("api_keys");
        builder.HasKey(key => key.Id);
        builder.Property(key => key.Id).HasMaxLength(32).IsUnicode(false);
        builder.Property(key => key.Name).HasMaxLength(200);
        builder.Property(key => key.Owner).HasMaxLength(256);
        builder.Property(key => key.Groups).HasConversion<StoredJson.TextsConverter, StoredJson.ListComparer<string>>();
        builder.Property(key => key.Processes).HasConversion<StoredJson.ProcessIdsConverter, StoredJson.ListComparer<ProcessId>>();
        builder.Property(key => key.Digest).HasMaxLength(64).IsUnicode(false);
    }
}
