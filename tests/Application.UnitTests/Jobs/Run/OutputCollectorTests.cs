using System.Text;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.UnitTests.Jobs.Run;

/// <summary>What becomes of the files that a program leaves.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class OutputCollectorTests : IDisposable
{
    private const string Text = """{"out": {"schema": {"type": "string"}}}""";
    private const string Number = """{"out": {"schema": {"type": "number"}}}""";
    private const string Tiff = """{"out": {"schema": {"type": "string", "contentEncoding": "base64", "contentMediaType": "image/tiff; application=geotiff"}}}""";
    private const string Gml = """{"out": {"schema": {"type": "string", "contentMediaType": "application/gml+xml"}}}""";

    private const string Image = """
        {"out": {"schema": {"oneOf": [
          {"type": "string", "contentEncoding": "base64", "contentMediaType": "image/tiff"},
          {"type": "string", "contentEncoding": "base64", "contentMediaType": "image/png"},
          {"type": "string", "contentMediaType": "image/svg+xml"}]}}}
        """;

    private readonly ANode _node = new();

    public void Dispose() => _node.Dispose();

    [TestCase("outputs.json", "{\"out\": 5}", "5")]
    [TestCase("out", "5", "5")]
    [TestCase("out.json", " 5 ", "5")]
    public async Task Collect_OfAValue_FindsIt(string file, string content, string value)
    {
        var job = await CollectAsync(Number, (file, content));
        Assert.That(job.Outputs, Is.EqualTo(new[] { new JobOutput("out", 0, "application/json", value, null) }), job.Message);
    }

    [Test]
    public async Task Collect_OfAFile_StoresIt()
    {
        var job = await CollectAsync(Tiff, ("out.tif", "II*"));
        var output = job.Outputs.Single();
        Assert.That((output.MediaType, output.File!.Name, output.File.Length), Is.EqualTo(("image/tiff; application=geotiff", "out.tif", 3L)));
    }

    [Test]
    public async Task Collect_OfAFileInLine_WritesItAsAFile()
    {
        var job = await CollectAsync(Tiff, ("outputs.json", "{\"out\": \"SUkq\"}"));
        Assert.That(job.Outputs.Single().File!.Name, Is.EqualTo("out.tif"), job.Message);
        Assert.That(_node.Outputs.Files.Values.Single(), Is.EqualTo("II*"u8.ToArray()));
    }

    [Test]
    public async Task Collect_OfTextOfAMediaTypeInLine_KeepsItsCharacters()
    {
        await CollectAsync(Gml, ("outputs.json", "{\"out\": \"<größe/>\"}"));
        Assert.That(Encoding.UTF8.GetString(_node.Outputs.Files.Values.Single()), Is.EqualTo("<größe/>"));
    }

    [Test]
    public async Task Collect_ByGlob_TakesAllThatMatch_InOrder()
    {
        var job = await CollectAsync(Tiff, Globs("b*.tif", "sub/*.tif"), ("b2.tif", "2"), ("b1.tif", "1"), ("sub/x.tif", "x"), ("other.tif", "o"));
        Assert.That(
            job.Outputs.Select(output => (output.Index, output.File!.Name)), Is.EqualTo(new[] { (0, "b1.tif"), (1, "b2.tif"), (2, "x.tif") }), job.Message);
    }

    [Test]
    public async Task Collect_ByGlobOfAnInput_FillsItIn()
    {
        _node.Runner.Program = container => container.Write("scene.tif", "1").Write("other.tif", "2").Exit();
        var process = AProcess.Taking("""{"name": {"schema": {"type": "string"}}}""").Giving(Tiff).Running(Globs("$(inputs.name).tif"));
        var job = await _node.RunToTheEndAsync(_node.Accept(process.Deploy(), """{"name": "scene"}"""));
        Assert.That(job.Outputs.Single().File!.Name, Is.EqualTo("scene.tif"));
    }

    [TestCase("*")]
    [TestCase("sc?ne")]
    [TestCase("[a-z]*")]
    [TestCase("[z-a]")]
    public async Task Collect_ByGlobOfAnInputThatLooksLikeAPattern_TakesItAsItStands(string name)
    {
        _node.Runner.Program = container => container.Write("scene.tif", "1").Write($"{name}.tif", "2").Exit();
        var process = AProcess.Taking("""{"name": {"schema": {"type": "string"}}}""").Giving(Tiff).Running(Globs("$(inputs.name).tif"));
        var job = await _node.RunToTheEndAsync(_node.Accept(process.Deploy(), $$"""{"name": "{{name}}"}"""));
        Assert.That(job.Outputs.Single().File!.Name, Is.EqualTo($"{name}.tif"), job.Message);
    }

    [Test]
    public async Task Collect_OfAFileWithTwoExtensions_FindsIt()
    {
        var job = await CollectAsync(
            """{"out": {"schema": {"type": "string", "contentMediaType": "application/gzip"}}}""", ("out.tar.gz", "x"));
        Assert.That(job.Outputs.Single().File?.Name, Is.EqualTo("out.tar.gz"), job.Message);
    }

    [Test]
    public async Task Collect_OfAFileThatTwoOutputsCouldBeNamedAfter_GivesItToTheLongerName()
    {
        const string file = """{"schema": {"type": "string", "contentMediaType": "image/tiff"}, "minOccurs": 0}""";
        var job = await CollectAsync($$"""{"a": {{file}}, "a.b": {{file}} }""", ("a.b.tif", "x"));
        Assert.That(job.Outputs.Select(output => output.OutputId), Is.EqualTo(new[] { "a.b" }), job.Message);
    }

    [Test]
    public async Task Collect_OfOutputsWhoseNamesBeginAlike_GivesEachItsOwnFile()
    {
        const string file = """{"schema": {"type": "string", "contentMediaType": "image/tiff"}}""";
        var job = await CollectAsync($$"""{"a": {{file}}, "a.b": {{file}} }""", ("a.b.tif", "x"), ("a.tif", "y"));
        Assert.That(
            job.Outputs.Select(output => (output.OutputId, output.File?.Name)), Is.EqualTo(new[] { ("a", "a.tif"), ("a.b", "a.b.tif") }), job.Message);
    }

    [Test]
    public async Task Collect_OfStdout_TakesWhatTheProgramWrote()
    {
        _node.Runner.Program = container =>
        {
            container.StandardOutput = "hello\n";
            container.Exit();
        };
        var unit = new ExecutionUnit { Image = "a", OutputBindings = new Dictionary<string, OutputBinding> { ["out"] = new() { Stdout = true } } };
        var job = await _node.RunToTheEndAsync(_node.Accept(AProcess.Named("echo").Giving(Text).Running(unit).Deploy()));
        Assert.That(job.Outputs.Single().Value, Is.EqualTo("\"hello\""), job.Message);
    }

    [Test]
    public async Task Collect_OfAMixedType_LetsTheFilesKindDecide()
    {
        const string mixed = """{"out": {"schema": {"oneOf": [{"type": "string", "contentMediaType": "image/png"}, {"type": "object"}]}}}""";
        var file = await CollectAsync(mixed, ("out.png", "png"));
        Assert.That(file.Outputs.Single().File, Is.Not.Null, file.Message);
        var value = await CollectAsync(mixed, ("out.json", "{\"a\": 1}"));
        Assert.That(value.Outputs.Single().Value, Is.EqualTo("{\"a\": 1}"), value.Message);
    }

    [Test]
    public async Task Collect_WithoutARequiredOutput_TellsWhatWasThere()
    {
        var job = await CollectAsync(Text, ("result.txt", "x"));
        Assert.That(job.Failure?.Kind, Is.EqualTo(JobFailureKind.OutputMissing));
        Assert.That(job.Message, Does.Contain("'out'").And.Contain("'result.txt'"));
    }

    [Test]
    public async Task Collect_WithoutAnOptionalOutput_Succeeds()
    {
        var job = await CollectAsync("""{"out": {"schema": {"type": "string"}, "minOccurs": 0}}""");
        Assert.That((job.Status, job.Outputs.Count), Is.EqualTo((JobStatus.Successful, 0)));
    }

    [Test]
    public async Task Collect_OfOutputsNobodyAskedFor_LeavesThem()
    {
        _node.Runner.Program = container => container.Write("a", "1").Exit();
        var request = new ExecuteRequest(AJob.Asked("{}").Inputs, new Dictionary<string, OutputSelection> { ["a"] = new(null, null) }, null);
        var process = AProcess.Named("echo").Giving("""{"a": {"schema": {"type": "number"}}, "b": {"schema": {"type": "number"}}}""");
        var job = await _node.RunToTheEndAsync(_node.Accept(process.Deploy(), request));
        Assert.That(job.Outputs.Select(output => output.OutputId), Is.EqualTo(new[] { "a" }), job.Message);
    }

    [TestCase(Number, "out", "\"x\"", "must be of type number")]
    [TestCase(Number, "out", "{", "is not JSON")]
    [TestCase(Number, "outputs.json", "{\"out\": \"x\"}", "must be of type number")]
    [TestCase(Number, "outputs.json", "[1]", "must hold an object")]
    [TestCase(Number, "outputs.json", "{", "outputs.json is not JSON")]
    [TestCase(Tiff, "outputs.json", "{\"out\": \"not base64\"}", "must be base64")]
    public async Task Collect_OfWhatDoesNotFit_FailsWithTheReason(string outputs, string file, string content, string told)
    {
        var job = await CollectAsync(outputs, (file, content));
        Assert.That(job.Failure?.Kind, Is.EqualTo(JobFailureKind.OutputInvalid), job.Message);
        Assert.That(job.Message, Does.Contain(told));
    }

    [TestCase(Number, "out", "\"x\"", "text/plain", "\"x\"")]
    [TestCase(Number, "out.json", "{", "application/json", null)]
    [TestCase(Number, "outputs.json", "{\"out\": \"x\"}", "text/plain", "\"x\"")]
    [TestCase(Tiff, "outputs.json", "{\"out\": \"not base64\"}", "text/plain", "\"not base64\"")]
    public async Task Collect_OfWhatDoesNotFit_KeepsIt(string outputs, string file, string content, string mediaType, string? value)
    {
        var kept = (await CollectAsync(outputs, (file, content))).Outputs.Single();
        Assert.That((kept.OutputId, kept.MediaType, kept.Value), Is.EqualTo(("out", mediaType, value)));
        if (value is null) Assert.That(Encoding.UTF8.GetString(_node.Outputs.Files[kept.File!.Key]), Is.EqualTo(content));
    }

    [TestCase("out.png")]
    [TestCase("out")]
    public async Task Collect_OfAFormatThatWasAskedFor_TakesTheFileOfIt(string file)
    {
        var job = await CollectAsync(Image, Asking("image/png"), ("out.tif", "II*"), (file, "png"));
        Assert.That((job.Outputs.Single().File!.Name, job.Outputs.Single().MediaType), Is.EqualTo((file, "image/png")), job.Message);
    }

    [Test]
    public async Task Collect_ByGlobOfAFormatThatWasAskedFor_TakesOnlyFilesOfIt()
    {
        var job = await CollectAsync(Image, Asking("image/png"), Globs("*"), ("a.tif", "II*"), ("a.png", "png"));
        Assert.That(job.Outputs.Select(output => output.File!.Name), Is.EqualTo(new[] { "a.png" }), job.Message);
    }

    [Test]
    public async Task Collect_OfAnotherFormatThanWasAskedFor_FailsAndKeepsIt()
    {
        var job = await CollectAsync(Image, Asking("image/png"), ("out.tif", "II*"));
        Assert.That(job.Message, Is.EqualTo("Output 'out' was asked for as 'image/png', and the program gave 'out.tif', which is 'image/tiff'"));
        Assert.That(job.Outputs.Single().File!.Name, Is.EqualTo("out.tif"));
    }

    [Test]
    public async Task Collect_OfAFormatInLine_UsesItsEncoding()
    {
        var job = await CollectAsync(Image, Asking("image/svg+xml"), ("outputs.json", "{\"out\": \"<svg/>\"}"));
        Assert.That(Encoding.UTF8.GetString(_node.Outputs.Files.Values.Single()), Is.EqualTo("<svg/>"), job.Message);
        Assert.That((job.Outputs.Single().File!.Name, job.Outputs.Single().MediaType), Is.EqualTo(("out.svg", "image/svg+xml")));
    }

    [TestCase("out")]
    [TestCase("outputs.json")]
    public async Task Collect_OfAValueBeyondTheLimit_FailsWithTheLimit(string file)
    {
        _node.Options.MaxValueBytes = 10;
        var job = await CollectAsync(Text, (file, "{\"out\": \"12345678901\"}"));
        Assert.That(job.Failure?.Kind, Is.EqualTo(JobFailureKind.LimitExceeded));
        Assert.That(job.Message, Does.Contain("at most 10"));
    }

    [Test]
    public async Task Collect_OfTooMuch_FailsWithTheLimit()
    {
        _node.Folders.Refused = new OutputRefusedException("more than 1000 files", JobFailureKind.LimitExceeded);
        Assert.That((await CollectAsync(Text)).Failure?.Kind, Is.EqualTo(JobFailureKind.LimitExceeded));
    }

    [Test]
    public async Task Collect_OfAFileThatIsRefused_FailsWithTheReason()
    {
        _node.Folders.Refused = new OutputRefusedException("'out' is a symbolic link");
        var job = await CollectAsync(Text);
        Assert.That((job.Failure?.Kind, job.Message), Is.EqualTo(((JobFailureKind?)JobFailureKind.OutputInvalid, "'out' is a symbolic link")));
    }

    private static ExecutionUnit Globs(params string[] globs) => new()
    {
        Image = "a",
        OutputBindings = new Dictionary<string, OutputBinding> { ["out"] = new() { Glob = [.. globs.Select(Expression.Parse)] } },
    };

    private static ExecuteRequest Asking(string mediaType) =>
        new(AJob.Asked("{}").Inputs, new Dictionary<string, OutputSelection> { ["out"] = new(mediaType, null) }, null);

    private Task<Job> CollectAsync(string outputs, params (string Name, string Content)[] files) =>
        CollectAsync(outputs, AJob.Asked("{}"), new() { Image = "a" }, files);

    private Task<Job> CollectAsync(string outputs, ExecutionUnit unit, params (string Name, string Content)[] files) =>
        CollectAsync(outputs, AJob.Asked("{}"), unit, files);

    private Task<Job> CollectAsync(string outputs, ExecuteRequest request, params (string Name, string Content)[] files) =>
        CollectAsync(outputs, request, new() { Image = "a" }, files);

    private Task<Job> CollectAsync(string outputs, ExecuteRequest request, ExecutionUnit unit, params (string Name, string Content)[] files)
    {
        _node.Runner.Program = container =>
        {
            foreach (var (name, content) in files) container.Write(name, content);
            container.Exit();
        };
        return _node.RunToTheEndAsync(_node.Accept(AProcess.Named($"echo-{_node.Jobs.All.Count}").Giving(outputs).Running(unit).Deploy(), request));
    }

    [TestCase("[$(inputs.name)].tif", "z-a")]
    [TestCase("[$(inputs.name)-z].tif", "~")]
    public async Task Collect_ByGlobThatAnInputMakesWrong_IsToldAsSuch(string glob, string name)
    {
        using var node = new ANode();
        node.Runner.Program = container => container.Write("a.tif", "1").Exit();
        var unit = new ExecutionUnit { Image = "a", OutputBindings = new Dictionary<string, OutputBinding> { ["out"] = new() { Glob = [Expression.Parse(glob)] } } };
        var process = AProcess.Taking("""{"name": {"schema": {"type": "string"}}}""")
            .Giving("""{"out": {"schema": {"type": "string", "contentMediaType": "image/tiff"}}}""").Running(unit);
        var job = await node.RunToTheEndAsync(node.Accept(process.Deploy(), $$"""{"name": "{{name}}"}"""));
        Assert.That(job.Failure!.Kind, Is.EqualTo(JobFailureKind.OutputInvalid), job.Message);
        Assert.That(job.Message, Does.Contain("backwards"));
    }
}
