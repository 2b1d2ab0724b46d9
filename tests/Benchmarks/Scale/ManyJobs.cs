using System.Runtime.CompilerServices;
using System.Text.Json;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;
using OgcProcesses.Infrastructure.Persistence;

namespace OgcProcesses.Benchmarks.Scale;

/// <summary>Jobs as years of use leave them, made by the domain itself; the same numbers give the same rows.</summary>
/// <remarks>
/// A tenth waits, a few run, the others have ended. Few processes and owners have most of the jobs. Each process takes its own time,
/// from seconds to an hour. The last process has no jobs.
/// </remarks>
internal sealed class ManyJobs
{
    public const string Node = "node-1";

    private const int Seed = 5;
    private const int Owners = 50;

    private static readonly TimeSpan Years = TimeSpan.FromDays(3 * 365);

    private readonly int _count;
    private readonly Random _random = new(Seed);
    private readonly List<ExecuteRequest> _requests = [];
    private readonly List<double> _seconds = [];
    private readonly List<string> _fingerprints = [];

    public ManyJobs(int count, int processes = 1_000)
    {
        _count = count;
        for (var i = 0; i < processes; i++)
        {
            Processes.Add(AProcess($"process-{i:0000}"));
            _requests.Add(new(JsonSerializer.Deserialize<Dictionary<string, JsonElement>>($$"""{"scene":{"href":"https://data.example/{{i}}.tif"},"threshold":0.{{i}}}""")!, null, null));
            _seconds.Add(2 * Math.Pow(1_500, _random.NextDouble()));
            _fingerprints.Add(Convert.ToHexStringLower([.. Id().ToByteArray(), .. Id().ToByteArray()]));
        }
    }

    /// <summary>When the first job was created.</summary>
    public static DateTimeOffset Begin { get; } = new(2023, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>After all of it.</summary>
    public static DateTimeOffset Now { get; } = Begin + Years + TimeSpan.FromDays(2);

    public List<Process> Processes { get; } = [];

    /// <summary>The owner with the most jobs, or one of the next.</summary>
    public static string Owner(int rank) => $"owner-{rank:00}";

    /// <summary>The rows of all jobs, oldest first, each after those it belongs to.</summary>
    public IEnumerable<object> Rows()
    {
        var running = Math.Clamp(_count / 50, 1, 10);
        var ended = _count - (_count / 10) - running;
        for (var i = 0; i < _count; i++)
        {
            var created = Begin + (Years / _count * (i + _random.NextDouble()));
            var process = Skewed(Processes.Count - 1, 3);
            var request = _requests[process];
            // The first one of all has a subscriber who is still to be told.
            if (i == 0 || _random.NextDouble() < 0.01) request = request with { Subscriber = new(new("https://hears.example/ok"), null, new("https://hears.example/no"), new("https://ogc.example/")) };
            var job = Job.Accept(Processes[process], request, Owner(Skewed(Owners, 2)), created, _random.NextDouble() < 0.1 ? 2 * Years : null);
            SetId(job, new(Id()));
            var claim = i < ended + running ? job.Start(Node, DateTimeOffset.MaxValue.AddDays(-1), created + Span(30)) : null;
            if (claim is not null && i < ended) End(job, claim, process, succeeds: i == 0);
            yield return job;
            yield return new JobRequestRow { JobId = job.Id, Request = StoredJson.Write(request) };
            for (var output = 0; output < job.Outputs.Count; output++) yield return JobOutputRow.Of(job.Id, output, job.Outputs[output]);
            foreach (var callback in Callback.Follow(job, []))
            {
                SetEventId(callback, Id());
                if (i > 0 && _random.NextDouble() < 0.95) Deliver(callback);
                yield return callback;
            }

            if (i > _count - (_count / 100)) yield return new ExecutionKey(job.Owner, $"key-{i}", _fingerprints[process], job.Id, Now.AddDays(1));
        }
    }

    private void End(Job job, Claim claim, int process, bool succeeds)
    {
        var lasted = TimeSpan.FromSeconds(_seconds[process] * Math.Exp(0.5 * Gaussian()));
        var finished = job.Started!.Value + lasted;
        job.UseImage(claim, "sha256:" + _fingerprints[process]);
        job.NoteUsage(claim, new(lasted * _random.NextDouble(), _random.Next(1 << 20, 1 << 30), _random.Next(1, 1 << 20)));
        if (_random.NextDouble() < 0.5) job.NoteFingerprint(claim, _fingerprints[process]);
        switch (succeeds ? 0 : _random.NextDouble())
        {
            case < 0.92: job.Succeed(claim, Outputs(job.Id), finished); break;
            case < 0.97: job.Fail(claim, new(JobFailureKind.ExitCode, "its program ended with exit code 1", 1, "no such scene\n"), finished); break;
            default: job.Dismiss(finished); break;
        }

        if (_random.NextDouble() < 0.01) job.Pin(true, finished);
    }

    private IEnumerable<JobOutput> Outputs(JobId id)
    {
        yield return new("statistics", 0, "application/json", $$"""{"mean":{{_random.NextDouble()}}}""", null);
        if (_random.NextDouble() < 0.5) yield return new("image", 0, "image/tiff", null, new($"{id}/image.tif", "image.tif", _random.Next(1 << 10, 1 << 26), _fingerprints[0]));
    }

    private static void Deliver(Callback callback)
    {
        callback.Take(callback.Raised.AddSeconds(30));
        callback.Acknowledge(new(callback.EventId, 1, callback.Raised.AddSeconds(1), 200, null));
    }

    private Process AProcess(string id)
    {
        var package = $$"""
            {"id":"{{id}}","title":"Process {{id}}","version":"1.0.0","inputs":{"scene":{"schema":{"type":"string"} },"threshold":{"schema":{"type":"number"} } },"outputs":{"image":{"schema":{"type":"string"} } } }
            """;
        var process = Process.Deploy(ProcessDescription.Read(JsonDocument.Parse(package).RootElement), new() { Image = "ndvi:1" }, package, Owner(0), mutable: true, Begin);
        SetRevision(process, process.Revision with { Id = Id() });
        return process;
    }

    /// <summary>A number below a bound, small ones more often the higher the power.</summary>
    private int Skewed(int bound, int power) => (int)(bound * Math.Pow(_random.NextDouble(), power));

    private TimeSpan Span(double mostSeconds) => TimeSpan.FromSeconds(mostSeconds * _random.NextDouble());

    private double Gaussian() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    private Guid Id()
    {
        var bytes = new byte[16];
        _random.NextBytes(bytes);
        return new(bytes);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Id")]
    private static extern void SetId(Job job, JobId id);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Revision")]
    private static extern void SetRevision(Process process, ProcessRevision revision);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_EventId")]
    private static extern void SetEventId(Callback callback, Guid id);
}
