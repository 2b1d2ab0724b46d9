using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs.Execute;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Retention;

/// <summary>Removes what has expired, a batch at a time.</summary>
public sealed partial class Sweeper(
    IRetentionStore store,
    IExecutionKeyStore keys,
    IOutputStore outputs,
    ILogStore logs,
    StoreQuota quota,
    IOptions<RetentionOptions> options,
    TimeProvider clock,
    ILogger<Sweeper> logger)
{
    private readonly RetentionOptions _options = options.Value;

    /// <summary>Removes all that has expired by now, and what is too much.</summary>
    public async Task SweepAsync(CancellationToken stopping)
    {
        var now = clock.GetUtcNow();
        await WhileSomeAsync(most => store.ExpireAsync(now, now - _options.Jobs, ReasonOf, most, stopping));
        await FitAsync(stopping);
        await WhileSomeAsync(most => RemoveFilesAsync(most, stopping));
        await WhileSomeAsync(most => store.ForgetAsync(now - _options.Tombstones, most, stopping));
        await WhileSomeAsync(most => keys.ForgetAsync(now, most, stopping));
    }

    /// <summary>Expires the oldest jobs while all outputs together exceed their bound.</summary>
    private async Task FitAsync(CancellationToken stopping)
    {
        if (_options.MaxStoredBytes is not { } bound) return;
        var reason = string.Create(CultureInfo.InvariantCulture, $"the outputs of all jobs took more than {bound} bytes, and it was the oldest that nobody had pinned");
        var expired = 1;
        var excess = await store.SumStoredBytesAsync(stopping) - bound;
        while (excess > 0 && expired > 0)
        {
            expired = await store.ExpireOldestAsync(excess, clock.GetUtcNow(), reason, _options.BatchSize, stopping);
            excess = await store.SumStoredBytesAsync(stopping) - bound;
        }

        quota.IsExceeded = excess > 0;
    }

    private async Task<int> RemoveFilesAsync(int most, CancellationToken stopping)
    {
        var removed = new List<JobId>();
        foreach (var id in await store.ListWithFilesAsync(most, stopping))
        {
            try
            {
                await outputs.DeleteAsync(id, stopping);
                logs.Delete(id);
                removed.Add(id);
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                LogNotRemoved(id, refused.Message);
            }
        }

        if (removed.Count > 0) await store.NoteFilesRemovedAsync(removed, stopping);
        return removed.Count;
    }

    private string ReasonOf(TimeSpan? keepFor) => keepFor is { } own
        ? $"jobs of its process are kept for {Told(own)} after their end"
        : $"this server keeps jobs for {Told(_options.Jobs ?? TimeSpan.Zero)} after their end";

    private static string Told(TimeSpan span) => span switch
    {
        { TotalDays: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0.#} days"),
        { TotalHours: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.#} hours"),
        { TotalMinutes: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0.#} minutes"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.#} seconds"),
    };

    private async Task WhileSomeAsync(Func<int, Task<int>> removeBatch)
    {
        while (await removeBatch(_options.BatchSize) > 0)
        {
            // Between two batches others have their turn at the database.
        }
    }

    [LoggerMessage(LogLevel.Warning, "Files of the expired job {JobId} could not be removed; this is tried again: {Reason}")]
    private partial void LogNotRemoved(JobId jobId, string reason);
}
