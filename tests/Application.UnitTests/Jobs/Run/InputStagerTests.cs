using System.Text;
using System.Text.Json;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;
using static Microsoft.Extensions.Options.Options;

namespace OgcProcesses.Application.UnitTests.Jobs.Run;

/// <summary>What a program finds of its inputs.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class InputStagerTests : IDisposable
{
    private const string Tiff = """{"schema": {"type": "string", "contentEncoding": "base64", "contentMediaType": "image/tiff"}, "maxOccurs": 3}""";
    private const string Gml = """{"schema": {"type": "string", "contentMediaType": "application/gml+xml"}}""";
    private const string Number = """{"schema": {"type": "number"}}""";

    private readonly FakeFetcher _fetcher = new();
    private readonly FakeFolders _folders = new();
    private readonly FakeUploads _uploads = new();
    private readonly Dictionary<string, string> _links = [];

    public void Dispose() => _folders.Dispose();

    [Test]
    public async Task Stage_OfValues_WritesThemAsOneObject()
    {
        var (json, _) = await StageAsync(
            $$"""{"n": {{Number}}, "many": {"schema": {"type": "string"}, "maxOccurs": 2} }""", """{"n": {"value": 2.5}, "many": "x"}""");
        Assert.That(json, Is.EqualTo("""{"n":2.5,"many":["x"]}"""));
    }

    [Test]
    public async Task Stage_OfFilesInLine_DecodesThem_AndNamesTheirPaths()
    {
        var (json, folder) = await StageAsync($$"""{"t": {{Tiff}}, "g": {{Gml}} }""", """{"t": ["SUkq", "TU0A"], "g": "<gml/>"}""");
        Assert.Multiple(() =>
        {
            Assert.That(json, Is.EqualTo("""{"t":["/job/inputs/t/0/t.tif","/job/inputs/t/1/t.tif"],"g":"/job/inputs/g/g.gml"}"""));
            Assert.That(File.ReadAllBytes(Path.Combine(folder, "inputs/t/0/t.tif")), Is.EqualTo("II*"u8.ToArray()));
            Assert.That(File.ReadAllBytes(Path.Combine(folder, "inputs/t/1/t.tif")), Is.EqualTo("MM\0"u8.ToArray()));
            Assert.That(File.ReadAllText(Path.Combine(folder, "inputs/g/g.gml")), Is.EqualTo("<gml/>"));
        });
    }

    [Test]
    [Requirement("/req/core/process-execute-inputs")]
    public async Task Stage_OfALinkToAFile_FetchesIt()
    {
        _fetcher.Files["https://a.example/scene.tif"] = [1, 2, 3];
        var (json, folder) = await StageAsync($$"""{"t": {{Tiff}} }""", """{"t": {"href": "https://a.example/scene.tif"} }""");
        Assert.That(json, Is.EqualTo("""{"t":["/job/inputs/t/0/scene.tif"]}"""));
        Assert.That(File.ReadAllBytes(Path.Combine(folder, "inputs/t/0/scene.tif")), Is.EqualTo(new byte[] { 1, 2, 3 }));
    }

    [Test]
    public async Task Stage_OfAnUpload_TakesItFromTheStore_BeItExpired()
    {
        var upload = _uploads.Keep("anna", "II*", "scene.tif", "image/tiff", expires: AJob.Now);
        _links["/uploads/x"] = upload.Id;
        var (json, folder) = await StageAsync($$"""{"t": {{Tiff}} }""", """{"t": {"href": "/uploads/x"} }""");
        Assert.That(json, Is.EqualTo("""{"t":["/job/inputs/t/0/scene.tif"]}"""));
        Assert.That(File.ReadAllText(Path.Combine(folder, "inputs/t/0/scene.tif")), Is.EqualTo("II*"));
    }

    [Test]
    public async Task Stage_OfAnUploadThatHoldsAValue_ReadsIt()
    {
        _links["/uploads/n"] = _uploads.Keep("anna", "42").Id;
        Assert.That((await StageAsync($$"""{"n": {{Number}} }""", """{"n": {"href": "/uploads/n"} }""")).Json, Is.EqualTo("""{"n":42}"""));
    }

    [Test]
    public void Stage_OfAnUploadThatIsGone_OrAnothers_SaysSo()
    {
        _links["/uploads/x"] = _uploads.Keep("berta", "42").Id;
        var failure = Failure($$"""{"n": {{Number}} }""", """{"n": {"href": "/uploads/x"} }""");
        Assert.That((failure.Kind, failure.Reason), Is.EqualTo((JobFailureKind.InputUnavailable, $"Input 'n': upload '{_links["/uploads/x"]}' is not there any more.")));
    }

    [Test]
    public async Task Stage_OfALinkToAValue_ReadsIt()
    {
        _fetcher.Files["https://a.example/n"] = "42"u8.ToArray();
        Assert.That((await StageAsync($$"""{"n": {{Number}} }""", """{"n": {"href": "https://a.example/n"} }""")).Json, Is.EqualTo("""{"n":42}"""));
    }

    [Test]
    [Requirement("/req/core/process-execute-input-validation")]
    public void Stage_OfALinkToAPageInsteadOfAFile_FailsTheJob()
    {
        (_fetcher.Files["https://a.example/scene.tif"], _fetcher.MediaType) = ("<html>"u8.ToArray(), "text/html");
        var failed = Failure($$"""{"t": {{Tiff}} }""", """{"t": {"href": "https://a.example/scene.tif"} }""");
        Assert.That((failed.Kind, failed.Reason), Is.EqualTo((
            JobFailureKind.InputInvalid,
            "What input 't' links to is a web page (text/html) and not 'image/tiff'; the link may lead to a page about the file, or to a login.")));
    }

    [TestCase("\"x\"", "must be of type number")]
    [TestCase("<html>", "is not JSON")]
    [Requirement("/req/core/process-execute-input-validation")]
    public void Stage_OfALinkToWhatDoesNotFit_FailsTheJob(string content, string told)
    {
        _fetcher.Files["https://a.example/n"] = Encoding.UTF8.GetBytes(content);
        var failed = Failure($$"""{"n": {{Number}} }""", """{"n": {"href": "https://a.example/n"} }""");
        Assert.That(failed.Kind, Is.EqualTo(JobFailureKind.InputInvalid));
        Assert.That(failed.Reason, Does.Contain("'n'").And.Contain(told));
    }

    [Test]
    public void Stage_OfALinkToAValueBeyondTheLimit_FailsTheJob()
    {
        _fetcher.Files["https://a.example/n"] = Encoding.UTF8.GetBytes(new string('1', 101));
        var failed = Failure($$"""{"n": {{Number}} }""", """{"n": {"href": "https://a.example/n"} }""");
        Assert.That(failed.Kind, Is.EqualTo(JobFailureKind.LimitExceeded));
    }

    [Test]
    public void Stage_OfALinkThatDoesNotAnswer_FailsTheJob()
    {
        var failed = Failure($$"""{"t": {{Tiff}} }""", """{"t": {"href": "https://a.example/scene.tif"} }""");
        Assert.That(failed.Kind, Is.EqualTo(JobFailureKind.InputUnavailable));
        Assert.That(failed.Reason, Does.StartWith("Input 't':").And.Contain("404 Not Found"));
    }

    [Test]
    public async Task ReadBack_GivesTheInputsAsTheyWereStaged()
    {
        var inputs = $$"""{"t": {{Tiff}}, "n": {{Number}} }""";
        var (_, folder) = await StageAsync(inputs, """{"t": "SUkq", "n": 1}""");
        var read = await InputStager.ReadBackAsync(AProcess.Taking(inputs).Describe(), folder, CancellationToken.None);
        Assert.Multiple(() =>
        {
            Assert.That((read["t"].IsArray, read["n"].IsArray), Is.EqualTo((true, false)));
            Assert.That(read["t"].Occurrences.Single().GetString(), Is.EqualTo("/job/inputs/t/0/t.tif"));
        });
    }

    private JobFailure Failure(string inputs, string given) => Assert.ThrowsAsync<JobFailedException>(() => StageAsync(inputs, given))!.Failure;

    private async Task<(string Json, string Folder)> StageAsync(string inputs, string given)
    {
        var folder = _folders.Create(JobId.New(), 1);
        var request = new ExecuteRequest(JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(given)!, null, null) { Uploads = _links };
        await new InputStager(_fetcher, _uploads, new FakeSchemas(), Create(new RunnerOptions { MaxValueBytes = 100 })).StageAsync(AProcess.Taking(inputs).Describe(), AJob.Accepted().Asking(request).Build(), folder, CancellationToken.None);
        return (await File.ReadAllTextAsync(Path.Combine(folder, "inputs.json")), folder);
    }
}
