using System.Globalization;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Application.Uploads;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Quotas;

/// <summary>Refuses jobs where too many wait already, or where their caller has used up what one may have.</summary>
/// <remarks>Jobs that are accepted at the same moment don't see each other: there may be a few more than a limit says, never many.</remarks>
public sealed class QuotaCheck(
    IJobStore jobs, IUsageStore usage, IUploadStore uploads, IOptions<QuotaOptions> quotas, IOptions<RunnerOptions> runner, TimeProvider clock)
{
    /// <summary>Long enough for some jobs to end, short enough for a script that waits.</summary>
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(10);

    private static readonly JobFilter Waiting = new(Statuses: [JobStatus.Accepted]);

    /// <summary>Makes sure that a caller may have another job.</summary>
    /// <exception cref="OgcException">There are too many, or too much was used.</exception>
    public async Task EnsureRoomAsync(string caller, CancellationToken cancellationToken)
    {
        var quota = quotas.Value.Of(caller);
        await EnsureQueueAsync(caller, quota, cancellationToken);
        await EnsureCpuTimeAsync(caller, quota, cancellationToken);
        await EnsureStorageAsync(caller, 1, cancellationToken);
    }

    private async Task EnsureCpuTimeAsync(string caller, Quota quota, CancellationToken cancellationToken)
    {
        if (quota.CpuHoursPerDay is not { } most) return;
        var now = clock.GetUtcNow();
        var used = await usage.GetCpuTimeAsync(caller, UtcDay.Of(now), cancellationToken);
        if (used.TotalHours < most) return;
        var renews = UtcDay.EndOf(now);
        throw new OgcException(
            OgcError.CpuTimeUsedUp,
            string.Create(CultureInfo.InvariantCulture, $"Your jobs have used {used.TotalHours:0.##} hours of CPU time today, of {most:0.##} (Quotas:CpuHoursPerDay). There is more from {renews:u} on."))
        {
            RetryAfter = renews - now,
        };
    }

    /// <summary>Makes sure that a caller may have so many bytes more.</summary>
    /// <exception cref="OgcException">They may not.</exception>
    internal async Task EnsureStorageAsync(string caller, long bytes, CancellationToken cancellationToken)
    {
        if (await FindRoomAsync(caller, cancellationToken) < bytes) throw await TooMuchAsync(caller, cancellationToken);
    }

    /// <summary>How many bytes more a caller may have.</summary>
    internal async Task<long> FindRoomAsync(string caller, CancellationToken cancellationToken) =>
        quotas.Value.Of(caller).MaxStoredBytes is { } most ? most - await SumStoredBytesAsync(caller, cancellationToken) : long.MaxValue;

    /// <summary>What to tell a caller who would have more bytes than one may have.</summary>
    internal async Task<OgcException> TooMuchAsync(string caller, CancellationToken cancellationToken) => new(
        OgcError.TooMuchStored,
        $"The results of your jobs and your uploads take {await SumStoredBytesAsync(caller, cancellationToken)} bytes, of {quotas.Value.Of(caller).MaxStoredBytes} (Quotas:MaxStoredBytes). "
        + "Dismiss jobs whose results you don't need (DELETE /jobs/{id}), or unpin them, so that they may expire; delete uploads (DELETE /uploads/{id}).");

    /// <summary>Bytes that output files of a caller's jobs and their uploads take.</summary>
    internal async Task<long> SumStoredBytesAsync(string caller, CancellationToken cancellationToken) =>
        await usage.SumStoredBytesAsync(caller, cancellationToken) + uploads.List(caller).Sum(upload => upload.Received);

    private async Task EnsureQueueAsync(string caller, Quota quota, CancellationToken cancellationToken)
    {
        var most = runner.Value.MaxQueuedJobs;
        // Who has too many is looked for only when all together are too many for one.
        var all = await jobs.CountAsync(Waiting, most, cancellationToken);
        if (all >= most) throw TooMany($"{all} jobs are waiting, which is the most that this server takes (Runner:MaxQueuedJobs).");
        if (quota.MaxQueuedJobs is not { } mostOwn || all < mostOwn) return;
        var own = await jobs.CountAsync(Waiting with { Owner = caller }, mostOwn, cancellationToken);
        if (own >= mostOwn) throw TooMany($"{own} of your jobs are waiting, which is the most for one caller (Quotas:MaxQueuedJobs).");
    }

    private static OgcException TooMany(string detail) => new(OgcError.TooManyJobs, detail) { RetryAfter = Later };
}
