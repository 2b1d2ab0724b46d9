namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>docs/container-contract.md, from a program's point of view.</summary>
internal sealed class ContainerContractTests : ServerTests
{
    private const string Text = """{"type":"string"}""";
    private const string Number = """{"type":"number"}""";

    [Test]
    public async Task InputsFile_HoldsEveryInput_AndOutputsFileGivesValues()
    {
        var package = Package.Running("cp /job/inputs.json outputs.json").Taking("a", Number).Giving("a", Number);
        Assert.That((await ResultsOfAsync(package, """{"inputs":{"a":1.5}}""")).Json["a"]!.GetValue<double>(), Is.EqualTo(1.5));
    }

    [Test]
    public async Task InputBindings_MakeArguments_ThatNoShellReads()
    {
        var package = Package.Running("for a; do echo \"[$a]\"; done > arguments")
            .Taking("name", Text).Taking("count", Number).Giving("arguments", Text)
            .Binding("inputBindings", "name", """{"position":2,"prefix":"--name"}""")
            .Binding("inputBindings", "count", """{"position":1,"prefix":"-n","separate":false}""");
        var results = await ResultsOfAsync(package, """{"inputs":{"name":"a b; $(rm -rf /) \"'","count":3}}""");
        Assert.That(results.Json["arguments"]!.GetValue<string>(), Is.EqualTo("[-n3]\n[--name]\n[a b; $(rm -rf /) \"']"));
    }

    [Test]
    public async Task OutputBinding_GlobWithReference_FindsTheFile()
    {
        var package = Package.Running("mkdir sub && echo 1 > sub/scene_ndvi.tif")
            .Taking("scene", """{"type":"string","contentMediaType":"image/tiff","contentEncoding":"base64"}""")
            .Giving("ndvi", """{"type":"string","contentMediaType":"image/tiff"}""")
            .Binding("outputBindings", "ndvi", """{"glob":"sub/$(inputs.scene.nameroot)_n?v[hi].tif"}""");
        var results = await ResultsOfAsync(package, """{"inputs":{"scene":"SUkqAAgAAAA="}}""");
        Assert.That(results.Json["ndvi"]!["type"]!.GetValue<string>(), Is.EqualTo("image/tiff"));
    }

    [Test]
    public async Task Inputs_OfAJobThatWasGivenAFile_TellItsChecksum()
    {
        var package = Package.Running("sha256sum /job/inputs/scene/* | tr -s ' ' > text")
            .Taking("scene", """{"type":"string","contentMediaType":"image/tiff","contentEncoding":"base64"}""").Giving("text", Text);
        await Server.DeployAsync(package);
        var ended = await Server.RunAsync(package.Id, """{"inputs":{"scene":"SUkqAAgAAAA="}}""");
        var results = await Server.GetAsync($"/jobs/{ended.Json["jobID"]}/results");
        var seen = results.Json["text"]!.GetValue<string>().Trim().Split(' ');
        var inputs = await Server.GetAsync($"/jobs/{ended.Json["jobID"]}/inputs");
        Assert.That(inputs.Json["files"]![seen[1]]!.GetValue<string>(), Is.EqualTo(seen[0]));
    }

    [Test]
    public async Task OutputBinding_Stdout_IsTheOutput()
    {
        var package = Package.Running("echo 42").Giving("answer", Number).Binding("outputBindings", "answer", """{"stdout":true}""");
        Assert.That((await ResultsOfAsync(package, "{}")).Json["answer"]!.GetValue<double>(), Is.EqualTo(42));
    }

    [Test]
    public async Task ProgressLine_SetsProgressAndMessage()
    {
        var package = Package.Running("echo '::progress 42 Reading band 4'; sleep 600");
        await Server.DeployAsync(package);
        var job = await Server.ExecuteAsync(package.Id, "{}", "respond-async");
        var status = await Server.UntilAsync(job.Json["jobID"]!.GetValue<string>(), status => status["progress"]!.GetValue<int>() == 42);
        await Server.DeleteAsync($"/jobs/{job.Json["jobID"]}");
        Assert.That(status.Json["message"]!.GetValue<string>(), Is.EqualTo("Reading band 4"));
    }

    [Test]
    public async Task Environment_TellsTheJob_AndWhatTheUnitDeclares()
    {
        var package = Package.Running("echo \"$OGC_PROCESS_ID $OGC_INPUTS $OGC_OUTPUTS $COLOUR\" > text").Giving("text", Text);
        package.Unit["environment"] = new System.Text.Json.Nodes.JsonObject { ["COLOUR"] = "red" };
        Assert.That(
            (await ResultsOfAsync(package, "{}")).Json["text"]!.GetValue<string>(),
            Is.EqualTo($"{package.Id} /job/inputs.json /job/outputs red"));
    }

    [Test]
    public async Task Sandbox_IsNotRoot_HasNoNetworkAndCanNotWriteElsewhere()
    {
        var package = Package.Running("id -u > user; ls /sys/class/net > network; touch /elsewhere 2>/dev/null && echo yes > written || echo no > written")
            .Giving("user", """{"type":"integer","minimum":1}""").Giving("network", Text).Giving("written", Text);
        var results = await ResultsOfAsync(package, "{}");
        Assert.That(results.Json["network"]!.GetValue<string>(), Is.EqualTo("lo"));
        Assert.That(results.Json["written"]!.GetValue<string>(), Is.EqualTo("no"));
    }

    [Test]
    public async Task Failure_ExitCode_IsToldWithTheLastErrors()
    {
        var exception = await FailureOfAsync(Package.Running("echo 'band 9 is not there' >&2; exit 3"));
        Assert.That(exception["type"]!.GetValue<string>(), Is.EqualTo("exitCode"));
        Assert.That(exception["exitCode"]!.GetValue<int>(), Is.EqualTo(3));
        Assert.That(exception["stderr"]!.GetValue<string>(), Is.EqualTo("band 9 is not there"));
    }

    [Test]
    [Requirement("/req/core/job-results-failed")]
    public async Task Failure_IsWhatItsResultsAnswer()
    {
        var package = Package.Running("exit 3");
        await Server.DeployAsync(package);
        var failed = await Server.RunAsync(package.Id, "{}");
        var results = await Server.GetAsync($"/jobs/{failed.Json["jobID"]}/results");
        var sync = await Server.ExecuteAsync(package.Id, "{}");
        Assert.That((int)results.Status, Is.EqualTo(500));
        Assert.That(results.Json["kind"]!.GetValue<string>(), Is.EqualTo("exitCode"));
        Assert.That((int)sync.Status, Is.EqualTo(500));
    }

    [Test]
    public async Task Failure_OutOfMemory_IsToldApart() => Assert.That(
        (await FailureOfAsync(Package.Running("exec tail /dev/zero").With("memoryMax", 0.03)))["type"]!.GetValue<string>(), Is.EqualTo("outOfMemory"));

    [Test]
    public async Task Failure_TimeOut_IsToldAndTheContainerIsGone()
    {
        var package = Package.Running("trap '' TERM; sleep 600").With("jobTimeout", 1);
        await Server.DeployAsync(package);
        var failed = await Server.RunAsync(package.Id, "{}");
        Assert.That(failed.Json["exception"]!["type"]!.GetValue<string>(), Is.EqualTo("timeout"));
    }

    [Test]
    public async Task Failure_MissingOutput_SaysWhereItLooked()
    {
        var exception = await FailureOfAsync(Package.Running("echo 1 > other").Giving("index", Number));
        Assert.That(exception["type"]!.GetValue<string>(), Is.EqualTo("outputMissing"));
        Assert.That(exception["detail"]!.GetValue<string>(), Does.Contain("'index'").And.Contain("'other'"));
    }

    [Test]
    public async Task Failure_OutputBreaksItsSchema_SaysHow() => Assert.That(
        (await FailureOfAsync(Package.Running("echo abc > index").Giving("index", Number)))["type"]!.GetValue<string>(), Is.EqualTo("outputInvalid"));

    [Test]
    public async Task Failure_OutputIsALink_IsRefused() => Assert.That(
        (await FailureOfAsync(Package.Running("ln -s /etc/passwd index").Giving("index", Text)))["type"]!.GetValue<string>(), Is.EqualTo("outputInvalid"));

    [Test]
    public async Task Failure_UnpullableImage_IsTold()
    {
        var package = Package.Running("true");
        package.Unit["image"] = "docker://registry.invalid/none:1";
        var exception = await FailureOfAsync(package);
        Assert.That(exception["type"]!.GetValue<string>(), Is.EqualTo("imageUnavailable"));
        Assert.That(exception["detail"]!.GetValue<string>(), Does.Contain("registry.invalid/none:1"));
    }

    [Test]
    public async Task Failure_ProgramNotInTheImage_IsTold()
    {
        var package = Package.Running("true");
        package.Unit["command"] = new System.Text.Json.Nodes.JsonArray("/no/such/program");
        Assert.That((await FailureOfAsync(package))["detail"]!.GetValue<string>(), Does.Contain("/no/such/program"));
    }

    [Test]
    public async Task Failure_InputThatCanNotBeFetched_IsTold()
    {
        var package = Package.Running("true").Taking("scene", """{"type":"string","contentMediaType":"image/tiff"}""");
        await Server.DeployAsync(package);
        var failed = await Server.RunAsync(package.Id, """{"inputs":{"scene":{"href":"http://127.0.0.1:9/scene.tif?signature=secret"}}}""");
        Assert.That(failed.Json["exception"]!["type"]!.GetValue<string>(), Is.EqualTo("inputUnavailable"));
        Assert.That(failed.Text, Does.Not.Contain("secret"));
    }

    private static async Task<Answer> ResultsOfAsync(Package package, string request)
    {
        var deployed = await Server.DeployAsync(package);
        Assert.That((int)deployed.Status, Is.EqualTo(201), deployed.Text);
        var ended = await Server.RunAsync(package.Id, request);
        Assert.That(ended.Json["status"]!.GetValue<string>(), Is.EqualTo("successful"), ended.Text);
        return await Server.GetAsync($"/jobs/{ended.Json["jobID"]}/results");
    }

    private static async Task<System.Text.Json.Nodes.JsonNode> FailureOfAsync(Package package)
    {
        var deployed = await Server.DeployAsync(package);
        Assert.That((int)deployed.Status, Is.EqualTo(201), deployed.Text);
        var ended = await Server.RunAsync(package.Id, "{}");
        Assert.That(ended.Json["status"]!.GetValue<string>(), Is.EqualTo("failed"), ended.Text);
        return ended.Json["exception"]!;
    }
}
