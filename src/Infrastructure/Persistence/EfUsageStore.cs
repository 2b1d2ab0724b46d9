using Microsoft.EntityFrameworkCore;
using OgcProcesses.Application.Jobs.Quotas;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Infrastructure.Persistence;

/// <summary>What callers have used, in the database.</summary>
internal sealed class EfUsageStore(IDbContextFactory<OgcDbContext> contexts) : IUsageStore
{
    public async Task<TimeSpan> GetCpuTimeAsync(string owner, DateOnly day, CancellationToken cancellationToken)
    {
        await using var context = contexts.CreateDbContext();
        return TimeSpan.FromMicroseconds(await context.OwnerCpu.Where(row => row.Owner == owner && row.Day == day)
            .Select(row => row.Microseconds).SingleOrDefaultAsync(cancellationToken));
    }

    public async Task<long> SumStoredBytesAsync(string owner, CancellationToken cancellationToken)
    {
        await using var context = contexts.CreateDbContext();
        return await context.Jobs.Where(job => job.Owner == owner && job.StoredBytes > 0).SumAsync(job => job.StoredBytes, cancellationToken);
    }
}

/// <summary>Counts CPU time where a job's change notes it.</summary>
internal static class OwnerCpu
{
    /// <summary>Adds to the day's row, by the database itself: jobs of one owner end on several nodes at once.</summary>
    /// <remarks>A row that two want to add is one's; the other's change meets a duplicate, and is done again on the row.</remarks>
    public static async Task CountCpuAsync(this OgcDbContext context, Job job, CancellationToken cancellationToken)
    {
        var (day, noted) = (DateOnly.FromDateTime(job.Updated.UtcDateTime), (long)job.CpuNoted.TotalMicroseconds);
        var counted = await context.OwnerCpu.Where(row => row.Owner == job.Owner && row.Day == day)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Microseconds, row => row.Microseconds + noted), cancellationToken);
        if (counted == 0 && !context.ChangeTracker.Entries<OwnerCpuRow>().Any())
            context.Add(new OwnerCpuRow { Owner = job.Owner, Day = day, Microseconds = noted });
    }
}
