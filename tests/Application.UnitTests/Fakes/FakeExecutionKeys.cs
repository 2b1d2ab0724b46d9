using OgcProcesses.Application.Jobs.Execute;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.UnitTests.Fakes;

/// <summary>Idempotency keys in memory.</summary>
internal sealed class FakeExecutionKeys(FakeJobStore jobs) : IExecutionKeyStore
{
    private readonly List<ExecutionKey> _keys = [];

    /// <summary>How often it was asked for anything.</summary>
    public int Calls { get; private set; }

    /// <summary>Comes between a look for a key and its use.</summary>
    public Func<Task> BeforeAdd { get; set; } = () => Task.CompletedTask;

    public Task<ExecutionKey?> FindAsync(string owner, string key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Calls++;
        return Task.FromResult(_keys.Find(known => (known.Owner, known.Key) == (owner, key) && known.Expires > now));
    }

    public async Task<bool> TryAddAsync(Job job, ExecutionKey key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await BeforeAdd();
        if (await FindAsync(key.Owner, key.Key, now, cancellationToken) is not null) return false;
        _keys.Add(key);
        await jobs.AddAsync(job, cancellationToken);
        return true;
    }

    public Task<int> ForgetAsync(DateTimeOffset now, int most, CancellationToken cancellationToken) =>
        Task.FromResult(_keys.Where(key => key.Expires <= now).Take(most).ToList().Count(_keys.Remove));
}
