using Microsoft.Extensions.Options;
using OgcProcesses.Application.Access.Links;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Inputs;
using OgcProcesses.Application.Jobs.Results;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.UnitTests.Jobs.Results;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ResultsTests : IDisposable
{
    private static readonly JobOutput Value = new("n", 0, "application/json", "5", null);
    private static readonly JobOutput First = new("img", 0, "image/tiff", null, new("k0", "a.tif", 3, ""));
    private static readonly JobOutput Second = new("img", 1, "image/tiff", null, new("k1", "b.tif", 3, ""));

    private readonly JobSignals _signals = new();
    private readonly FakeProcessStore _processes = new();
    private readonly ResultLinks _links = new(new FakeResultLinkKeys(), Options.Create(new ResultLinkOptions()), TimeProvider.System);
    private FakeJobStore _jobs = null!;

    [SetUp]
    public void Begin() => _jobs = new(_signals);

    public void Dispose() => _signals.Dispose();

    // Response, the transmission asked of 'img', and what becomes of it: form, then how 'n' and 'img' travel.
    [TestCase(null, null, ResponseForm.Document, TransmissionMode.Value, TransmissionMode.Reference)]
    [TestCase(ResponseForm.Document, null, ResponseForm.Document, TransmissionMode.Value, TransmissionMode.Reference)]
    [TestCase(ResponseForm.Document, TransmissionMode.Value, ResponseForm.Document, TransmissionMode.Value, TransmissionMode.Value)]
    [TestCase(ResponseForm.Raw, null, ResponseForm.Raw, TransmissionMode.Value, TransmissionMode.Value)]
    [TestCase(ResponseForm.Raw, TransmissionMode.Reference, ResponseForm.Raw, TransmissionMode.Value, TransmissionMode.Reference)]
    [TestCase(null, TransmissionMode.Reference, ResponseForm.Raw, TransmissionMode.Value, TransmissionMode.Reference)]
    [Requirement("/req/core/job-results")]
    [Requirement("/req/core/process-execute-sync-document")]
    public async Task Results_ArePutAsTheRequestAsked(
        ResponseForm? response, TransmissionMode? asked, ResponseForm form, TransmissionMode ofValue, TransmissionMode ofFile)
    {
        var request = new ExecuteRequest(
            AJob.Asked("{}").Inputs, new Dictionary<string, OutputSelection> { ["n"] = new(null, null), ["img"] = new(null, asked) }, response);
        var job = _jobs.Add(AJob.Successful().Asking(request).With(Value, Second, First).Build());
        var results = await GetAsync(job.Id);
        Assert.Multiple(() =>
        {
            Assert.That((results.Form, results.Requested), Is.EqualTo((form, 2)));
            Assert.That(results.Results.Select(result => (result.OutputId, result.Transmission)), Is.EqualTo(new[] { ("n", ofValue), ("img", ofFile) }));
            Assert.That(results.Results[1].Values, Is.EqualTo(new[] { First, Second }));
            Assert.That(results.Results[1].Url, Is.EqualTo($"https://ogc.example/jobs/{job.Id}/results/img"));
        });
    }

    [Test]
    [Requirement("/req/core/process-execute-default-outputs")]
    public async Task Results_OfARequestWithoutOutputs_CountAllThatTheProcessHas() =>
        Assert.That((await GetAsync(Finished().Id)).Requested, Is.EqualTo(2));

    [Test]
    public async Task Results_ByReference_AreSignedEachByItself()
    {
        var image = (await GetAsync(Finished().Id)).Results[1];
        foreach (var value in image.Values)
        {
            var url = new Uri(image.UrlOf(value));
            var signature = url.Query["?signature=".Length..];
            Assert.That(url.AbsolutePath, Does.EndWith(value.Index == 0 ? "/results/img" : "/results/img/1"));
            Assert.That(await _links.CheckAsync(url.AbsolutePath, signature, CancellationToken.None), Is.EqualTo(SignatureState.Valid));
        }
    }

    [Test]
    public async Task Results_InBase64_AreInLine()
    {
        var request = new ExecuteRequest(AJob.Asked("{}").Inputs, new Dictionary<string, OutputSelection> { ["img"] = new(null, null, Base64: true) }, null);
        var job = _jobs.Add(AJob.Successful().Asking(request).With(First).Build());
        var result = (await GetAsync(job.Id)).Results.Single();
        Assert.That((result.Transmission, result.Base64), Is.EqualTo((TransmissionMode.Value, true)));
    }

    [Test]
    public async Task Results_WhenNoOutputsWereAskedFor_AreOnlyAnEmptyAnswer()
    {
        var request = new ExecuteRequest(AJob.Asked("{}").Inputs, new Dictionary<string, OutputSelection>(), null);
        var job = _jobs.Add(AJob.Successful().Asking(request).Build());
        var answer = await new GetResultsHandler(_jobs, _processes, new FakeLinks(), _links).Handle(new(job.Id, AreTheAnswer: true), CancellationToken.None);
        Assert.That(answer.Requested, Is.Zero);
        Assert.That(Assert.ThrowsAsync<OgcException>(() => GetAsync(job.Id))!.Error, Is.EqualTo(OgcError.ResultNotAvailable));
    }

    [Test]
    public async Task Result_ThatAFailedJobHasKept_IsGiven()
    {
        var process = _processes.Add(AProcess.Named("echo").Giving("""{"n": {"schema": {}}, "img": {"schema": {}}}""").Deploy());
        var job = _jobs.Add(AJob.Failed().For(process).With(Value).Build());
        Assert.That(await OneAsync(job, "n", 0), Is.EqualTo(Value));
        Assert.That(Assert.ThrowsAsync<OgcException>(() => OneAsync(job, "img", 0))!.Error, Is.EqualTo(OgcError.JobFailed));
    }

    [TestCase(JobStatus.Accepted)]
    [TestCase(JobStatus.Running)]
    [Requirement("/req/core/job-results-exception/results-not-ready")]
    public void Results_BeforeTheEnd_AreNotReady(JobStatus status) => Assert.That(Refusal(AJob.In(status)).Error, Is.EqualTo(OgcError.ResultNotReady));

    [Test]
    public void Results_AfterDismissal_AreGone() =>
        Assert.That(Refusal(AJob.In(JobStatus.Dismissed)).Error.Status, Is.EqualTo(410));

    [TestCase(JobFailureKind.ExitCode, 500)]
    [TestCase(JobFailureKind.InputUnavailable, 400)]
    [TestCase(JobFailureKind.InputInvalid, 400)]
    [Requirement("/req/core/job-results-failed")]
    public void Results_OfAFailedJob_TellWhy(JobFailureKind kind, int status)
    {
        var refusal = Refusal(AJob.Failed().Because(new(kind, "the reason", 3, "last words")).Build());
        Assert.Multiple(() =>
        {
            Assert.That((refusal.Error.Status, refusal.Message), Is.EqualTo((status, "the reason")));
            Assert.That(refusal.Extensions["kind"], Is.EqualTo(JobMapping.Word(kind)));
            Assert.That(refusal.Extensions["remedy"], Is.EqualTo(Remedy.Of(new(kind, "", 3))));
            Assert.That((refusal.Extensions["exitCode"], refusal.Extensions["stderr"]), Is.EqualTo(((object)3L, (object)"last words")));
        });
    }

    [Test]
    [Requirement("/req/core/job-results-exception/no-such-job")]
    public void Results_OfNoJob_SaySo() =>
        Assert.That(Assert.ThrowsAsync<OgcException>(() => GetAsync(JobId.New()))!.Error, Is.EqualTo(OgcError.NoSuchJob));

    [Test]
    public async Task Result_IsTheValueOfAnIndex()
    {
        var job = Finished();
        Assert.That((await OneAsync(job, "img", 1), await OneAsync(job, "n", 0)), Is.EqualTo((Second, Value)));
    }

    [Test]
    public void Result_OfAnOutputTheProcessDoesNotDefine_SaysSo() =>
        Assert.That(Assert.ThrowsAsync<OgcException>(() => OneAsync(Finished(), "other", 0))!.Error, Is.EqualTo(OgcError.NoSuchOutput));

    [Test]
    [Requirement("/req/core/job-results-exception/results-not-available")]
    public void Result_ThatTheJobDidNotGive_IsNotAvailable() =>
        Assert.That(Assert.ThrowsAsync<OgcException>(() => OneAsync(Finished(), "n", 1))!.Error, Is.EqualTo(OgcError.ResultNotAvailable));

    [Test]
    public async Task Inputs_AreWhatWasAskedFor()
    {
        var request = new ExecuteRequest(
            AJob.Asked("""{"a": 1}""").Inputs,
            new Dictionary<string, OutputSelection> { ["x"] = new("image/png", TransmissionMode.Reference, Base64: true) }, ResponseForm.Document);
        var job = _jobs.Add(AJob.Accepted().For("echo").Asking(request).Build());
        var inputs = await new GetInputsHandler(_jobs).Handle(new(job.Id), CancellationToken.None);
        Assert.Multiple(() =>
        {
            Assert.That((inputs.Process, inputs.Inputs["a"].GetInt32(), inputs.Response), Is.EqualTo(("echo", 1, "document")));
            Assert.That(inputs.Outputs!["x"], Is.EqualTo(new WantedOutput("image/png", "base64", "reference")));
        });
    }

    private Job Finished()
    {
        var process = _processes.Add(AProcess.Named("echo").Giving("""{"n": {"schema": {}}, "img": {"schema": {}}}""").Deploy());
        return _jobs.Add(AJob.Successful().For(process).With(Value, First, Second).Build());
    }

    private OgcException Refusal(Job job)
    {
        _jobs.Add(job);
        return Assert.ThrowsAsync<OgcException>(() => GetAsync(job.Id))!;
    }

    private Task<JobResults> GetAsync(JobId id) => new GetResultsHandler(_jobs, _processes, new FakeLinks(), _links).Handle(new(id), CancellationToken.None);

    private Task<JobOutput> OneAsync(Job job, string output, int index) =>
        new GetResultHandler(_jobs, _processes).Handle(new(job.Id, output, index), CancellationToken.None);
}
