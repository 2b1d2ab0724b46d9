using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Quotas;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.UnitTests.Fakes;

/// <summary>A server node, real but for its seams: what dispatches, runs and reconciles jobs, on fakes.</summary>
internal sealed class ANode : IDisposable
{
    private readonly JobSignals _signals = new();
    private readonly CancellationTokenSource _stopping = new();

    public ANode(Action<RunnerOptions>? configure = null, ReuseOptions? reuse = null)
    {
        configure?.Invoke(Options);
        var options = Microsoft.Extensions.Options.Options.Create(Options);
        var node = new ThisNode(AJob.Node);
        Jobs = new(_signals);
        Watch = new(Jobs, _signals, node, options, Clock);
        Admission = new(options, Outputs, Folders);
        var remains = new AttemptRemains(Jobs, Runner, Folders, Outputs, Logs, options, Clock, NullLogger<AttemptRemains>.Instance);
        var recovery = new JobRecovery(Jobs, Processes, Runner, remains, node, options, Clock);
        JobRunner = new(
            Jobs, Processes, Runner, new(Fetcher, new FakeUploads(), new FakeSchemas(), options), Folders, Folders, Outputs, Logs,
            new(Jobs, Outputs, Microsoft.Extensions.Options.Options.Create(reuse ?? new() { Enabled = true }), Clock, NullLogger<ResultReuse>.Instance),
            new FakeSchemas(), new(Folders, Folders, options, Clock), recovery, remains, options, Clock,
            NullLogger<JobRunner>.Instance);
        var line = new WaitingLine(Jobs, Processes, Admission, options, Microsoft.Extensions.Options.Options.Create(Quotas), Clock);
        Dispatcher = new(Jobs, Processes, Admission, line, JobRunner, recovery, _signals, node, options, Clock, NullLogger<JobDispatcher>.Instance);
        Reconciler = new(Jobs, Runner, Folders, Dispatcher, node, options, Clock, NullLogger<Reconciler>.Instance);
    }

    public RunnerOptions Options { get; } = new()
    {
        CpuBudget = 4, MemoryBudget = 8L << 30, MaxConcurrentJobs = 10, MaxAttempts = 3, EngineRecovery = TimeSpan.FromHours(1),
    };

    public QuotaOptions Quotas { get; } = new();

    public FakeTimeProvider Clock { get; } = new(AJob.Now);

    public FakeJobStore Jobs { get; }

    public FakeProcessStore Processes { get; } = new();

    public FakeRunner Runner { get; } = new();

    public FakeFetcher Fetcher { get; } = new();

    public FakeFolders Folders { get; } = new();

    public FakeOutputStore Outputs { get; } = new();

    public FakeLogStore Logs { get; } = new();

    public Admission Admission { get; }

    public JobRunner JobRunner { get; }

    public JobDispatcher Dispatcher { get; }

    public Reconciler Reconciler { get; }

    public JobSignals Signals => _signals;

    public JobWatch Watch { get; }

    /// <summary>A job that waits for its turn.</summary>
    public Job Accept(Process process, string inputs = "{}", string owner = "anna") => Accept(process, AJob.Asked(inputs), owner);

    public Job Accept(Process process, ExecuteRequest request, string owner = "anna") =>
        Jobs.Add(AJob.Accepted().For(Known(process)).Asking(request).By(owner).At(Clock.GetUtcNow()).Build());

    /// <summary>A job that this node, or another, held when it was last heard of.</summary>
    public Job Abandon(Process process, string inputs = "{}") => Jobs.Add(AJob.Running().For(Known(process)).Asking(inputs).Build());

    public Task DispatchAsync() => Dispatcher.DispatchAsync(_stopping.Token);

    public Task ReconcileAsync() => Reconciler.ReconcileAsync(_stopping.Token);

    /// <summary>Lets the clock go on until something has happened in the background; by forty minutes at most, which no limit here is.</summary>
    public bool InTime(Func<bool> happened)
    {
        for (var step = 0; step < 10_000; step++)
        {
            if (SpinWait.SpinUntil(happened, TimeSpan.FromMilliseconds(1))) return true;
            Clock.Advance(TimeSpan.FromMilliseconds(250));
        }

        return false;
    }

    public Task StopServerAsync() => _stopping.CancelAsync();

    public Task WhenIdleAsync() => Dispatcher.WhenIdleAsync().WaitAsync(TimeSpan.FromSeconds(10));

    /// <summary>Dispatches a job, waits for its end and gives it.</summary>
    public async Task<Job> RunToTheEndAsync(Job job)
    {
        await DispatchAsync();
        await WhenIdleAsync();
        return Jobs.Get(job.Id);
    }

    public void Dispose()
    {
        _stopping.Cancel();
        WhenIdleAsync().GetAwaiter().GetResult();
        _stopping.Dispose();
        Watch.Dispose();
        _signals.Dispose();
        Folders.Dispose();
    }

    private Process Known(Process process)
    {
        if (Processes.FindAsync(process.Id, CancellationToken.None).Result is null) Processes.Add(process);
        return process;
    }
}
