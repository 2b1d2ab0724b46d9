using System.Diagnostics;
using System.Text.Json.Nodes;
using OgcProcesses.WebApi.FunctionalTests.Security;

namespace OgcProcesses.WebApi.FunctionalTests.Clients;

/// <summary>The program <c>ogcp</c> as scripts call it, against a server that asks for keys and one that does not.</summary>
internal sealed class CliTests : ServerTests
{
    private static readonly string Ogcp = Path.Combine(AppContext.BaseDirectory, "ogcp.dll");

    private string _folder = null!;

    private static string Root => Server.Http.BaseAddress!.ToString();

    [OneTimeSetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("ogcprocesses-test-").FullName;

    [OneTimeTearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Run_WithAFileOfThisMachine_SavesResults_AndTellsLogAndProgressAside()
    {
        var scene = Path.Combine(_folder, "scene.txt");
        await File.WriteAllTextAsync(scene, "red\nnir\n");
        var program = Package.Running(
                """
                echo '::progress 50 Half way'; sleep 1.5; echo counting >&2; printf '{"lines":%s,"factor":%s}' $(wc -l < "$1") $2 > outputs.json; cp "$1" copy.bin
                """)
            .Taking("image", """{"type":"string","contentMediaType":"text/plain"}""").Taking("redBand", """{"type":"integer"}""")
            .Binding("inputBindings", "image", """{"position":1}""").Binding("inputBindings", "redBand", """{"position":2}""")
            .Giving("lines", """{"type":"integer"}""").Giving("factor", """{"type":"integer"}""")
            .Giving("copy", """{"type":"string","contentMediaType":"image/tiff"}""").Binding("outputBindings", "copy", """{"glob":"copy.bin"}""");
        var package = Path.Combine(_folder, "package.json");
        await File.WriteAllTextAsync(package, program.ToString());
        Assert.That((await RunAsync("deploy", package)).ExitCode, Is.Zero);
        var again = await RunAsync("deploy", package);
        Assert.That((again.ExitCode, again.Errors), Is.EqualTo((2, $"There is a process '{program.Id}' already: --replace puts this one in its place.\n")));
        Assert.That((await RunAsync("deploy", package, "--replace")).ExitCode, Is.Zero);
        var described = await RunAsync("describe", program.Id);
        Assert.That(described.Output, Does.Contain("--image    required  text/plain").And.Contain("--redBand  required  integer"));

        var results = Path.Combine(_folder, "results");
        var ran = await RunAsync("run", program.Id, "--image", $"@{scene}", "--red", "3", "--wait", "--to", results);

        Assert.That(ran.ExitCode, Is.Zero, ran.Errors);
        Assert.That(ran.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Path.GetFileName), Is.EquivalentTo(new[] { "lines.json", "factor.json", "copy.bin" }));
        Assert.That(await File.ReadAllTextAsync(Path.Combine(results, "lines.json")) + await File.ReadAllTextAsync(Path.Combine(results, "factor.json")), Is.EqualTo("23"));
        Assert.That(await File.ReadAllTextAsync(Path.Combine(results, "copy.bin")), Is.EqualTo("red\nnir\n"));
        Assert.That(ran.Errors, Does.Contain(" 50 % Half way\n").And.Contain("\ncounting\n"));

        var jobs = JsonNode.Parse((await RunAsync("jobs", "--process", program.Id, "--status", "successful", "--json")).Output)!.AsArray();
        var job = jobs.Single()!["jobID"]!.GetValue<string>();
        Assert.That((await RunAsync("logs", job)).Output, Is.EqualTo("::progress 50 Half way\ncounting\n"));
        Assert.That((await RunAsync("logs", "-f", job, "--json")).Output.Split('\n')[1], Does.Contain("\"text\":\"counting\""));
        Assert.That(JsonNode.Parse((await RunAsync("results", job, "--json")).Output)!["lines"]!.GetValue<int>(), Is.EqualTo(2));
        Assert.That((await RunAsync("dismiss", job)).ExitCode, Is.Zero);
        Assert.That((await RunAsync("status", job)).Output, Does.StartWith("dismissed "));
        Assert.That((await RunAsync("undeploy", program.Id)).ExitCode, Is.Zero);
        Assert.That((await RunAsync("processes")).Output, Does.Not.Contain(program.Id).And.Contain("echo"));
    }

    [Test]
    public async Task Run_WithoutAFolder_WritesEachOutput()
    {
        var program = Package.Running("""printf '{"text":"%s","number":2.5,"list":[1,"ä"]}' "$1" > outputs.json; echo x > file.bin""")
            .Taking("any", """{"oneOf":[{"type":"string"}]}""").Binding("inputBindings", "any", """{"position":1}""")
            .Giving("text", """{"type":"string"}""").Giving("number", """{"type":"number"}""").Giving("list", """{"type":"array"}""")
            .Giving("file", """{"type":"string","contentMediaType":"image/tiff"}""").Binding("outputBindings", "file", """{"glob":"file.bin"}""");
        await Server.DeployAsync(program);

        var ran = await RunAsync("run", program.Id, "--any", "123", "--wait");

        Assert.That(ran.ExitCode, Is.Zero, ran.Errors);
        var lines = ran.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines.Where(line => !line.StartsWith("file: ", StringComparison.Ordinal)), Is.SupersetOf(new[] { "text: 123", "number: 2.5", "list: [1,\"ä\"]" }));
        Assert.That(lines.Single(line => line.StartsWith("file: ", StringComparison.Ordinal)), Does.StartWith($"file: {Root}jobs/"));
    }

    [Test]
    public async Task Deploy_OfAFolder_WhereThereIsNoDocker_SaysSo()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "algorithm")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "Dockerfile"), "FROM scratch\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "package.json"), Package.Running("true").ToString());

        var ran = await RunAsync(Root, ["deploy", folder], path: _folder);

        Assert.That((ran.ExitCode, ran.Errors.Contains("There is no 'docker' to build the image with.", StringComparison.Ordinal)), Is.EqualTo((2, true)), ran.Errors);
    }

    [Test]
    public async Task Run_OfAProgramThatFails_Ends3_AndTellsWhy()
    {
        var program = Package.Running("echo 'no such band' >&2; exit 4");
        await Server.DeployAsync(program);

        var ran = await RunAsync("run", program.Id, "--wait");

        Assert.That(ran.ExitCode, Is.EqualTo(3), ran.Errors);
        Assert.That(ran.Errors, Does.Contain("no such band").And.Contain("failed: "));
        Assert.That(ran.Output, Is.Empty);
    }

    [Test]
    public async Task Deploy_OfACwlDocument_IsRun_AndReplaced()
    {
        var id = $"cwl-{Guid.NewGuid():N}";
        var document = Path.Combine(_folder, "tool.cwl");
        await File.WriteAllTextAsync(document, $"""
            cwlVersion: v1.2
            class: CommandLineTool
            id: {id}
            requirements:
              DockerRequirement: {"{"}dockerPull: "debian:bookworm-slim"{"}"}
            baseCommand: [echo, Hello]
            inputs:
              output: {"{"}type: string, inputBinding: {"{"}position: 1{"}}"}
            outputs:
              greeting: stdout
            """);
        var deployed = await RunAsync("deploy", document);
        Assert.That(deployed.ExitCode, Is.Zero, deployed.Errors);
        Assert.That((await RunAsync("deploy", document)).Errors, Is.EqualTo($"There is a process '{id}' already: --replace puts this one in its place.\n"));
        Assert.That((await RunAsync("deploy", document, "--replace")).ExitCode, Is.Zero);

        // After '--' a name is that of an input, also where the command has an option of it.
        var results = Path.Combine(_folder, "results");
        var ran = await RunAsync("run", id, "--to", results, "--", "--output", "Ada");
        Assert.That(ran.ExitCode, Is.Zero, ran.Errors);
        Assert.That(await File.ReadAllTextAsync(Directory.GetFiles(results).Single()), Is.EqualTo("Hello Ada\n"));

        await File.WriteAllTextAsync(document, "class: CommandLineTool");
        Assert.That((await RunAsync("deploy", document)).Errors, Does.Contain("cwlVersion: is required in a CWL document"));
        Assert.That((await RunAsync("undeploy", id)).ExitCode, Is.Zero);
    }

    [TestCase("'echo' has no input 'mesage'. Its inputs are --message", "run", "echo", "--mesage", "a")]
    [TestCase("--message has no value.", "run", "echo", "--message")]
    [TestCase("there is no file 'missing.tif'", "run", "echo", "--message", "@missing.tif")]
    [TestCase("'hello' belongs to no input", "run", "echo", "hello")]
    [TestCase("There is no file 'missing.json'.", "deploy", "missing.json")]
    [TestCase("Required command was not provided.")]
    [TestCase("Argument 'nothing' not recognized. Must be one of:", "jobs", "--status", "nothing")]
    public async Task CommandLine_ThatCanNotBeMeant_Ends2_AndSaysHow(string told, params string[] arguments)
    {
        var ran = await RunAsync(arguments);
        Assert.That((ran.ExitCode, ran.Errors.Contains(told, StringComparison.Ordinal)), Is.EqualTo((2, true)), ran.Errors);
    }

    [Test]
    public async Task Deploy_OfAPackageThatNoServerTakes_SendsNothing()
    {
        var package = Path.Combine(_folder, "wrong.json");
        await File.WriteAllTextAsync(package, """
            { "processDescription": { "inputs": { "a": {} }, "outputs": { "b": { "schema": {} } } }, "executionUnit": { "bindings": { "inputBindings": { "c": {} }, "outputBindings": { "b": {} } } } }
            """);
        var ran = await RunAsync("http://127.0.0.1:1", ["deploy", package]);
        Assert.That((ran.ExitCode, ran.Errors), Is.EqualTo((2, """
            The package can't be deployed:
              /processDescription/id: is required, as a text
              /processDescription/inputs/a/schema: is required: what its values are
              /executionUnit/bindings/inputBindings/c: the process has no such input

            """)));
    }

    [Test]
    public async Task Server_ThatRefusesOrIsAway_IsToldByTheExitCode()
    {
        var refused = await RunAsync("status", $"{Guid.NewGuid()}");
        var away = await RunAsync("http://127.0.0.1:1", ["processes"]);
        Assert.That((refused.ExitCode, away.ExitCode), Is.EqualTo((1, 5)), refused.Errors + away.Errors);
        Assert.That(refused.Errors, Does.StartWith("No such job: "));
    }

    [Test]
    public async Task Login_KeepsTheKeyForItsOwnerAlone_AndTheServer()
    {
        using var callers = new Callers();
        var server = callers.Server.Http.BaseAddress!.ToString();
        var key = await callers.KeyOfAsync("anna", "executor");

        Assert.That((await RunAsync(server, ["processes"])).ExitCode, Is.EqualTo(4), "without a key");
        var wrong = await RunAsync(null, ["login", "--server", server], "ogcp_nonsense\n");
        Assert.That(wrong.ExitCode, Is.EqualTo(4), wrong.Errors);
        var login = await RunAsync(null, ["login", "--server", server], key + "\n");
        Assert.That((login.ExitCode, login.Output), Is.EqualTo((0, "")), login.Errors);
        Assert.That(login.Errors, Does.StartWith("You are 'anna', executor."));

        // No server is named: it is that of the login.
        Assert.That((await RunAsync(null, ["processes"])).ExitCode, Is.Zero);
        var file = Path.Combine(_folder, "ogcp", "logins.json");
        if (!OperatingSystem.IsWindows()) Assert.That(File.GetUnixFileMode(file), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        var refused = await RunAsync(null, ["undeploy", "echo"]);
        Assert.That((refused.ExitCode, refused.Errors), Is.EqualTo((4, "You may not do this: This needs the role 'deployer'; yours is 'executor'.\n")));
    }

    [Test]
    public async Task Completion_Bash_KnowsCommandsAndOptions()
    {
        var script = Path.Combine(_folder, "complete.sh");
        await File.WriteAllTextAsync(script, (await RunAsync("completion", "bash")).Output + $$"""
            ogcp() { dotnet "{{Ogcp}}" "$@"; }
            COMP_LINE='ogcp de' COMP_POINT=7 COMP_WORDS=(ogcp de) COMP_CWORD=1
            _ogcp
            echo "${COMPREPLY[@]}"
            """);
        using var bash = Process.Start(new ProcessStartInfo("bash", script) { RedirectStandardOutput = true })!;
        var told = await bash.StandardOutput.ReadToEndAsync();
        Assert.That(told.Trim().Split(' '), Is.EquivalentTo(new[] { "deploy", "describe" }));
    }

    /// <summary>What docs/cli.md says of each command is what the program says of itself.</summary>
    [Test]
    public async Task Document_HasTheHelpOfEachCommand()
    {
        var document = Path.Combine(Docs.SessionTests.Repository, "docs", "cli.md");
        const string Begin = "## Commands\n";
        var help = new List<string>();
        var names = (await RunAsync("[suggest:5]", "ogcp ")).Output.Split('\n').Where(word => word.Length > 0 && char.IsLetter(word[0])).Order();
        foreach (var name in names) help.Add($"\n```text\n{(await RunAsync(name, "--help")).Output.Trim().Replace("  ogcp", "ogcp", StringComparison.Ordinal)}\n```\n");
        var before = (await File.ReadAllTextAsync(document)).Split(Begin)[0];
        var expected = before + Begin + string.Concat(help);
        if (Environment.GetEnvironmentVariable("OGC_UPDATE_DOCS") is not null) await File.WriteAllTextAsync(document, expected);
        Assert.That(await File.ReadAllTextAsync(document), Is.EqualTo(expected), "OGC_UPDATE_DOCS=1 writes it anew");
    }

    private Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) => RunAsync(Root, arguments);

    private async Task<(int ExitCode, string Output, string Errors)> RunAsync(string? server, string[] arguments, string input = "", string? path = null)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet", [Ogcp, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["XDG_CONFIG_HOME"] = _folder;
        if (path is not null) start.Environment["PATH"] = path;
        if (server is not null) start.Environment["OGCP_SERVER"] = server;
        using var ogcp = Process.Start(start)!;
        await ogcp.StandardInput.WriteAsync(input);
        ogcp.StandardInput.Close();
        var output = ogcp.StandardOutput.ReadToEndAsync();
        var errors = await ogcp.StandardError.ReadToEndAsync();
        await ogcp.WaitForExitAsync();
        return (ogcp.ExitCode, await output, errors);
    }
}
