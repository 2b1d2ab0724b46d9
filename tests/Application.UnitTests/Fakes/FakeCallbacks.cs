using System.Text;
using OgcProcesses.Application.Callbacks;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.UnitTests.Fakes;

/// <summary>Callbacks in memory, a subscriber who answers what the test says, and bodies that name job and kind.</summary>
internal sealed class FakeCallbacks : ICallbackStore, ICallbackSender, ICallbackContent
{
    private readonly List<Callback> _all = [];

    /// <summary>What the subscriber answers, try by try; 200 when there is no more.</summary>
    public Queue<CallbackAnswer> Answers { get; } = new();

    /// <summary>Comes between a callback's way and its answer.</summary>
    public Func<CancellationToken, Task> OnTheWay { get; set; } = _ => Task.CompletedTask;

    /// <summary>What making a body throws.</summary>
    public Exception? Unmakeable { get; set; }

    public List<(CallbackMessage Message, string Body)> Sent { get; } = [];

    public Callback Add(Callback callback)
    {
        _all.Add(callback);
        return callback;
    }

    public Task<IReadOnlyList<Callback>> TakeDueAsync(int most, DateTimeOffset now, DateTimeOffset leaseUntil, CancellationToken cancellationToken)
    {
        var due = _all.Where(callback => callback.Due <= now).Take(most).ToList();
        due.ForEach(callback => callback.Take(leaseUntil));
        return Task.FromResult<IReadOnlyList<Callback>>(due);
    }

    public Task UpdateAsync(JobId jobId, CallbackKind kind, Action<Callback> change, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_all.Find(callback => (callback.JobId, callback.Kind) == (jobId, kind)) is { } found) change(found);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<Callback>> ListAsync(JobId jobId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Callback>>([.. _all.Where(callback => callback.JobId == jobId)]);

    public async Task<CallbackAnswer> PostAsync(CallbackMessage message, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await message.WriteBodyAsync(body, cancellationToken);
        Sent.Add((message, Encoding.UTF8.GetString(body.ToArray())));
        await OnTheWay(cancellationToken);
        return Answers.TryDequeue(out var answer) ? answer : new(200, null);
    }

    public Task WriteAsync(Job job, CallbackKind kind, Stream body, CancellationToken cancellationToken) =>
        Unmakeable is null ? body.WriteAsync(Encoding.UTF8.GetBytes($"{kind} {job.Id}"), cancellationToken).AsTask() : throw Unmakeable;

    public Uri StatusOf(Job job) => new($"https://ogc.example/jobs/{job.Id}");
}
