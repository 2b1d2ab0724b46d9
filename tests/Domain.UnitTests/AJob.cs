using System.Text.Json;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Domain.UnitTests;

/// <summary>Builds a job in any state, by the moves that lead there.</summary>
internal sealed class AJob
{
    public const string Node = "node-1";

    /// <summary>When it was accepted, and everything else happened to it.</summary>
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Until when its node holds it.</summary>
    public static readonly DateTimeOffset LeaseEnd = Now.AddSeconds(30);

    /// <summary>Why an attempt ends without a fault of its program.</summary>
    public static readonly JobFailure Lost = new(JobFailureKind.EngineFailed, "its node was lost");

    private readonly JobStatus _status;
    private Process? _process;
    private ExecuteRequest _request = Asked("{}");
    private JobFailure _failure = new(JobFailureKind.ExitCode, "The program ended with exit code 3: no such band", 3, "no such band");
    private JobOutput[] _outputs = [];
    private string _owner = "anna";
    private DateTimeOffset _at = Now;

    private AJob(JobStatus status) => _status = status;

    /// <summary>What the job's first attempt is held by.</summary>
    public static Claim FirstClaim { get; } = new(Node, 1);

    public static AJob Accepted() => new(JobStatus.Accepted);

    public static AJob Running() => new(JobStatus.Running);

    public static AJob Successful() => new(JobStatus.Successful);

    public static AJob Failed() => new(JobStatus.Failed);

    public static AJob Dismissed() => new(JobStatus.Dismissed);

    public static Job In(JobStatus status) => new AJob(status).Build();

    public static ExecuteRequest Asked(string inputs) =>
        new(JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(inputs)!, null, null);

    public AJob For(string processId) => For(AProcess.Named(processId).Deploy());

    public AJob For(Process process)
    {
        _process = process;
        return this;
    }

    public AJob By(string owner)
    {
        _owner = owner;
        return this;
    }

    public AJob Asking(string inputs) => Asking(Asked(inputs));

    public AJob Asking(ExecuteRequest request)
    {
        _request = request;
        return this;
    }

    /// <summary>A subscriber who wants to hear everything, or what is named.</summary>
    public AJob Telling(params CallbackKind[] kinds)
    {
        _request = _request with { Subscriber = Listening(kinds) };
        return this;
    }

    public static Subscriber Listening(params CallbackKind[] kinds)
    {
        if (kinds.Length == 0) kinds = Enum.GetValues<CallbackKind>();
        return new(To(CallbackKind.Success), To(CallbackKind.InProgress), To(CallbackKind.Failed), new("https://ogc.example/"));

        Uri? To(CallbackKind kind) => kinds.Contains(kind) ? new($"https://subscriber.example/{kind}?token=secret") : null;
    }

    public AJob Because(JobFailure failure)
    {
        _failure = failure;
        return this;
    }

    public AJob With(params JobOutput[] outputs)
    {
        _outputs = outputs;
        return this;
    }

    public AJob At(DateTimeOffset at)
    {
        _at = at;
        return this;
    }

    public Job Build()
    {
        var job = Job.Accept(_process ?? AProcess.Named("echo").Deploy(), _request, _owner, _at);
        if (_status is JobStatus.Running or JobStatus.Successful or JobStatus.Failed) job.Start(Node, _at + (LeaseEnd - Now), _at);
        if (_status is JobStatus.Successful) job.Succeed(FirstClaim, _outputs, _at);
        if (_status is JobStatus.Failed) job.Fail(FirstClaim, _failure, _at, _outputs);
        if (_status is JobStatus.Dismissed) job.Dismiss(_at);
        return job;
    }
}
