using Microsoft.EntityFrameworkCore;
using OgcProcesses.Application.Access.Links;
using OgcProcesses.Domain.Access;

namespace OgcProcesses.Infrastructure.Persistence;

/// <summary>The key of result links in the database; the key of its table decides between two nodes that make one at once.</summary>
internal sealed class EfResultLinkKeyStore(IDbContextFactory<OgcDbContext> contexts, DatabaseWriter writer) : IResultLinkKeyStore
{
    public async Task<ResultLinkKey?> FindAsync(CancellationToken cancellationToken)
    {
        await using var context = contexts.CreateDbContext();
        return await context.ResultLinkKeys.OrderByDescending(key => key.Number).FirstOrDefaultAsync(cancellationToken);
    }

    public Task<bool> TryReplaceAsync(ResultLinkKey next, ResultLinkKey? old, CancellationToken cancellationToken) => writer.RunAsync(
        async context =>
        {
            if (old is not null) context.Remove(old);
            context.Add(next);
            try
            {
                await context.SaveOnceAsync(next, cancellationToken);
                return true;
            }
            catch (DbUpdateException clash) when (clash is DbUpdateConcurrencyException || context.IsDuplicate(clash))
            {
                return false;
            }
        },
        cancellationToken);
}
