using OgcProcesses.Application.Jobs.Quotas;

namespace OgcProcesses.Application.UnitTests.Fakes;

/// <summary>Knows what one caller has used.</summary>
internal sealed class FakeUsage : IUsageStore
{
    public string Owner { get; init; } = "anna";

    public Dictionary<DateOnly, TimeSpan> CpuTime { get; } = [];

    public long StoredBytes { get; set; }

    public Task<TimeSpan> GetCpuTimeAsync(string owner, DateOnly day, CancellationToken cancellationToken) =>
        Task.FromResult(owner == Owner ? CpuTime.GetValueOrDefault(day) : TimeSpan.Zero);

    public Task<long> SumStoredBytesAsync(string owner, CancellationToken cancellationToken) => Task.FromResult(owner == Owner ? StoredBytes : 0);
}
