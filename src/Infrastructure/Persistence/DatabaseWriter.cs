using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace OgcProcesses.Infrastructure.Persistence;

/// <summary>Runs writes, each on a context of its own.</summary>
/// <remarks>
/// SQLite has one writer at a time: here writers queue up without holding a thread, instead of meeting a busy database.
/// Elsewhere they run side by side, and one whose row was changed meanwhile runs again.
/// </remarks>
internal sealed class DatabaseWriter(IDbContextFactory<OgcDbContext> contexts, IOptions<DatabaseOptions> database) : IDisposable
{
    private const int MostAttempts = 20;

    private readonly SemaphoreSlim? _turn = database.Value.Provider == DatabaseProvider.Sqlite ? new(1, 1) : null;

    /// <summary>Runs a write until it meets no change of somebody else's.</summary>
    public async Task<T> RunAsync<T>(Func<OgcDbContext, Task<T>> write, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await RunOnceAsync(write, cancellationToken);
            }
            catch (DbUpdateConcurrencyException) when (attempt < MostAttempts)
            {
                // Apart from each other, or the same two may meet again.
                await Task.Delay(Random.Shared.Next(5 * attempt), cancellationToken);
            }
        }
    }

    public void Dispose() => _turn?.Dispose();

    private async Task<T> RunOnceAsync<T>(Func<OgcDbContext, Task<T>> write, CancellationToken cancellationToken)
    {
        if (_turn is not null) await _turn.WaitAsync(cancellationToken);
        try
        {
            await using var context = contexts.CreateDbContext();
            return await write(context);
        }
        finally
        {
            _turn?.Release();
        }
    }
}
