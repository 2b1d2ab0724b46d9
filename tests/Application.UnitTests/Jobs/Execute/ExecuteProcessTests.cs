using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Execute;
using OgcProcesses.Application.Jobs.Quotas;
using OgcProcesses.Application.Jobs.Retention;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;
using static Microsoft.Extensions.Options.Options;

namespace OgcProcesses.Application.UnitTests.Jobs.Execute;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ExecuteProcessTests : IDisposable
{
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(60);

    private readonly JobSignals _signals = new();
    private readonly FakeTimeProvider _clock = new(AJob.Now);
    private readonly StoreQuota _quota = new();
    private readonly FakeUploads _uploads = new();
    private FakeProcessStore _processes = null!;
    private FakeOutputStore _outputs = null!;
    private FakeJobStore _jobs = null!;
    private JobWatch _watch = null!;
    private FakeExecutionKeys _keys = null!;
    private FakeShutdown _shutdown = null!;

    [SetUp]
    public void Begin()
    {
        (_processes, _outputs, _jobs) = (new(), new(), new(_signals));
        _watch = new(_jobs, _signals, new(AJob.Node), Create(new RunnerOptions()), _clock);
        _keys = new(_jobs);
        _shutdown = new();
    }

    public void Dispose()
    {
        _watch.Dispose();
        _signals.Dispose();
    }

    [TearDown]
    public void End() => _shutdown.Dispose();

    // What the process offers, what the client prefers, and how long its end is waited for.
    [TestCase("sync-execute async-execute", false, null, 60)]
    [TestCase("sync-execute async-execute", true, null, 0)]
    [TestCase("sync-execute async-execute", false, 5, 5)]
    [TestCase("sync-execute async-execute", true, 5, 5)]
    [TestCase("sync-execute async-execute", false, 3600, 60)]
    [TestCase("sync-execute async-execute", false, 0, 0)]
    [TestCase("sync-execute", false, null, 60)]
    [TestCase("sync-execute", true, null, 60)]
    [TestCase("sync-execute", true, 5, 5)]
    [TestCase("async-execute", false, null, 0)]
    [TestCase("async-execute", true, null, 0)]
    [TestCase("async-execute", false, 5, 5)]
    [TestCase("async-execute", true, 3600, 60)]
    [Requirement("/req/core/process-execute-default-execution-mode")]
    [Requirement("/req/core/process-execute-auto-execution-mode")]
    public async Task Execute_WaitsAsLongAsModeAndPreferenceSay(string offers, bool prefersAsync, int? wait, int seconds)
    {
        var executing = ExecuteAsync(offers, new(prefersAsync, wait is { } whole ? TimeSpan.FromSeconds(whole) : null));
        if (seconds > 0)
        {
            _clock.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            Assert.That(executing.IsCompleted, Is.False);
            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        var execution = await executing.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.That((execution.HasEnded, execution.Status.Status), Is.EqualTo((false, "accepted")), "over its time the job is the answer");
    }

    [TestCase(false, null)]
    [TestCase(true, 30)]
    [TestCase(false, 30)]
    public async Task Execute_OfAJobThatEndsInTime_AnswersWithItsEnd(bool prefersAsync, int? wait)
    {
        var executing = ExecuteAsync("sync-execute async-execute", new(prefersAsync, wait is { } whole ? TimeSpan.FromSeconds(whole) : null));
        var id = _jobs.Single().Id;
        await _jobs.UpdateAsync(id, job => job.Start(AJob.Node, AJob.LeaseEnd, AJob.Now), CancellationToken.None);
        await _jobs.UpdateAsync(id, job => job.Succeed(AJob.FirstClaim, [], AJob.Now), CancellationToken.None);
        var execution = await executing.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.That((execution.HasEnded, execution.JobId, execution.Status.Status), Is.EqualTo((true, id, "successful")));
    }

    [Test]
    public async Task Execute_WithAnUpload_KeepsItForTheJob()
    {
        var upload = _uploads.Keep("anna", "II*");
        var process = AProcess.Taking("""{"t": {"schema": {"type": "string", "contentEncoding": "binary"}}}""").Deploy();
        _processes.Add(process);
        var inputs = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>($$"""{"t": {"href": "/uploads/{{upload.Id}}"} }""");
        await Handler().Handle(new(process.Id, new() { Inputs = inputs }, new(true, null)), CancellationToken.None);
        var job = _jobs.Single();
        Assert.That(_uploads.JobsOf(upload), Is.EqualTo(new[] { job.Id }));
        Assert.That(job.Request.Uploads, Is.EqualTo(new Dictionary<string, string> { [$"/uploads/{upload.Id}"] = upload.Id }));
    }

    [Test]
    public async Task Execute_WhenTheServerStops_AnswersWithTheJob()
    {
        var executing = ExecuteAsync("sync-execute", new(false, null));
        _shutdown.Begin();
        var execution = await executing.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.That((execution.HasEnded, execution.Status.Status, execution.JobId), Is.EqualTo((false, "accepted", _jobs.Single().Id)));
    }

    [TestCase("sync-execute async-execute", true, null, "respond-async")]
    [TestCase("sync-execute async-execute", true, 0, "respond-async,wait=0")]
    [TestCase("async-execute", true, null, "respond-async")]
    [TestCase("async-execute", false, null, "")]
    [TestCase("sync-execute", true, 0, "wait=0")]
    public async Task Execute_TellsThePreferencesItHonoured(string offers, bool prefersAsync, int? wait, string applied)
    {
        var execution = await ExecuteAsync(offers, new(prefersAsync, wait is { } whole ? TimeSpan.FromSeconds(whole) : null));
        Assert.That(string.Join(',', execution.Applied), Is.EqualTo(applied));
    }

    [TestCase(false, 60, "wait=60")]
    [TestCase(true, 60, "respond-async,wait=60")]
    [TestCase(false, 61, "")]
    [TestCase(true, 3600, "respond-async")]
    public async Task Execute_WithAWaitBeyondTheLongest_DoesNotTellItAsHonoured(bool prefersAsync, int wait, string applied)
    {
        var executing = ExecuteAsync("sync-execute async-execute", new(prefersAsync, TimeSpan.FromSeconds(wait)));
        var id = _jobs.Single().Id;
        await _jobs.UpdateAsync(id, job => job.Dismiss(AJob.Now), CancellationToken.None);
        var execution = await executing.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.That(string.Join(',', execution.Applied), Is.EqualTo(applied));
    }

    [Test]
    [Requirement("/req/core/process-execute-success-async")]
    public async Task Execute_CommitsTheJobBeforeItAnswers()
    {
        var execution = await ExecuteAsync("async-execute", new(true, null));
        var job = _jobs.Get(execution.JobId);
        Assert.That((job.Status, job.Owner, job.ProcessId.Value, job.Created), Is.EqualTo((JobStatus.Accepted, "anna", "echo", AJob.Now)));
    }

    [Test]
    public void Execute_OfAnUnknownProcess_SaysSo() =>
        Assert.That(Refusal(() => Handler().Handle(Request("gone"), CancellationToken.None)), Is.EqualTo(OgcError.NoSuchProcess));

    [Test]
    public void Execute_OfARequestThatIsWrong_MakesNoJob()
    {
        _processes.Add(AProcess.Taking("""{"a": {"schema": {"type": "string"}}}""").Deploy());
        Assert.That(Refusal(() => Handler().Handle(Request("echo"), CancellationToken.None)), Is.EqualTo(OgcError.InvalidParameterValue));
        Assert.That(_jobs.All, Is.Empty);
    }

    [Test]
    public void Execute_WhenTheDiskIsFull_IsRefused()
    {
        _outputs.AvailableBytes = 100;
        Assert.That(Refusal(() => ExecuteAsync("async-execute", new(true, null))), Is.EqualTo(OgcError.InsufficientStorage));
        Assert.That(_jobs.All, Is.Empty);
    }

    [Test]
    public void Execute_WhileTheStoreIsBeyondItsBound_IsRefused()
    {
        _quota.IsExceeded = true;
        Assert.That(Refusal(() => ExecuteAsync("async-execute", new(true, null))), Is.EqualTo(OgcError.InsufficientStorage));
    }

    [Test]
    public async Task Execute_WithAKey_MakesOneJobHoweverOftenItIsSent()
    {
        var first = await ExecuteAsync("async-execute", new(true, null), "k");
        var again = await Handler().Handle(Request("echo") with { Key = "k" }, CancellationToken.None);
        Assert.That((again.JobId, _jobs.All.Count), Is.EqualTo((first.JobId, 1)));
    }

    [Test]
    public async Task Execute_WithTheKeyOfAJobWhoseProcessIsGone_FindsItAllTheSame()
    {
        var first = await ExecuteAsync("async-execute", new(true, null), "k");
        await _processes.RemoveAsync(new("echo"), _ => { }, CancellationToken.None);
        Assert.That((await Handler().Handle(Request("echo") with { Key = "k" }, CancellationToken.None)).JobId, Is.EqualTo(first.JobId));
    }

    [Test]
    public async Task Execute_WithAKeyThatAnotherRequestUsesAtTheSameTime_AnswersWithItsJob()
    {
        Execution? winner = null;
        _keys.BeforeAdd = async () =>
        {
            _keys.BeforeAdd = () => Task.CompletedTask;
            winner = await Handler().Handle(Request("echo") with { Key = "k" }, CancellationToken.None);
        };
        var loser = await ExecuteAsync("async-execute", new(true, null), "k");
        Assert.That(loser.JobId, Is.EqualTo(winner!.JobId));
    }

    [Test]
    public async Task Execute_WithAKeyOfAnotherRequest_IsRefused()
    {
        await ExecuteAsync("async-execute", new(true, null), "k");
        var other = Request("echo") with { Key = "k", Request = new() { Response = "raw" } };
        Assert.That(Refusal(() => Handler().Handle(other, CancellationToken.None)), Is.EqualTo(OgcError.KeyReused));
    }

    [Test]
    public async Task Execute_WithTheSameKeyOfAnotherCaller_IsAnotherExecution()
    {
        var annas = await ExecuteAsync("async-execute", new(true, null), "k");
        var bertas = await Handler("berta").Handle(Request("echo") with { Key = "k" }, CancellationToken.None);
        Assert.That(bertas.JobId, Is.Not.EqualTo(annas.JobId));
    }

    [Test]
    public async Task Execute_WithAKeyThatIsForgotten_MakesAnotherJob()
    {
        var first = await ExecuteAsync("async-execute", new(true, null), "k");
        _clock.Advance(TimeSpan.FromDays(1));
        var second = await Handler().Handle(Request("echo") with { Key = "k", Request = new() { Response = "raw" } }, CancellationToken.None);
        Assert.That(second.JobId, Is.Not.EqualTo(first.JobId));
    }

    [Test]
    public async Task Execute_WithoutAKey_AsksForNone()
    {
        await ExecuteAsync("async-execute", new(true, null));
        Assert.That(_keys.Calls, Is.Zero);
    }

    private static OgcError Refusal(Func<Task> act) => Assert.ThrowsAsync<OgcException>(act)!.Error;

    private static ExecuteProcess Request(string process) => new(new(process), new(), new(false, null));

    private Task<Execution> ExecuteAsync(string offers, Preference preference, string? key = null)
    {
        var options = string.Join(", ", offers.Split(' ').Select(option => $"\"{option}\""));
        _processes.Add(AProcess.Named("echo").Saying($"\"jobControlOptions\": [{options}]").Deploy());
        return Handler().Handle(Request("echo") with { Preference = preference, Key = key }, CancellationToken.None);
    }

    private ExecuteProcessHandler Handler(string caller = "anna") => new(
        _processes, _jobs, _keys, _outputs, _quota, new(_jobs, new FakeUsage(), _uploads, Create(new QuotaOptions()), Create(new RunnerOptions()), _clock), new FakeSchemas(), new FakeFetcher(), _uploads.Of(caller, _clock), _watch,
        Create(new RunnerOptions { MaxSyncWait = Most, MinFreeBytes = 101 }), Create(new RetentionOptions()), AMapper.WithAllMaps, new FakeCaller(caller), new FakeLinks(), _shutdown, _clock);
}
