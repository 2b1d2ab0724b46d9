using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using OgcProcesses.WebApi.FunctionalTests.Conformance;

namespace OgcProcesses.WebApi.FunctionalTests.Docs;

/// <summary>The sessions that documents show, run as their readers run them; what the documents say of the answers is held against them.</summary>
internal sealed class SessionTests
{
    internal static readonly string Repository = FindRepository();

    private static readonly string[] Documents = [.. Directory
        .EnumerateFiles(Path.Combine(Repository, "docs"), "*.md", SearchOption.AllDirectories).Append(Path.Combine(Repository, "README.md"))
        .Select(path => Path.GetRelativePath(Repository, path)).Order(StringComparer.Ordinal)];

    /// <summary>Blocks that ask a server and are no session, by what they begin with.</summary>
    private static readonly Dictionary<string, string> Elsewhere = new()
    {
        ["# C#, by NSwag"] = "GeneratedClientTests and TypeScriptClientTests run what the tools make",
        ["admin=$(dotnet OgcProcesses.WebApi.dll keys create"] = "docs/tutorials/curl.md has the same as a session",
        ["curl -X PUT $server/processes/ndvi/access"] = "docs/tutorials/curl.md has the same as a session",
    };

    internal static readonly string? Scene = Environment.GetEnvironmentVariable("OGC_TEST_SCENE");

    private Server _server = null!;
    private Server? _keys;
    private WebApplication _files = null!;

    private static IEnumerable<string> InShell => Documents.Where(document => Read(document).Session("sh").Count > 0);

    private static IEnumerable<string> InPython => Documents.Where(document => Read(document).Session("python").Count > 0);

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        Assert.That(Scene, Is.Not.Null, "OGC_TEST_SCENE names the scene; build/test.sh sets it.");
        _server = new();
        _files = WebApplication.CreateSlimBuilder().Build();
        _files.Urls.Add("http://127.0.0.1:0");
        _files.MapGet("/L7_ETMs.tif", () => Microsoft.AspNetCore.Http.Results.File(Scene!, "image/tiff"));
        await _files.StartAsync();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _keys?.Dispose();
        _server.Dispose();
        await _files.DisposeAsync();
    }

    [TearDown]
    public async Task UndeployAsync()
    {
        var processes = (await _server.GetAsync("/processes")).Json["processes"]!.AsArray().Select(process => process!["id"]!.GetValue<string>());
        foreach (var id in processes.Where(id => id is not ("echo" or "echo-types"))) await _server.DeleteAsync($"/processes/{id}");
    }

    [TestCaseSource(nameof(InShell))]
    public async Task Shell_OfADocument_IsAnsweredAsTheDocumentSays(string document)
    {
        var (exitCode, told) = await RunShellAsync(Read(document));
        Assert.That(exitCode, Is.Zero, told);
    }

    [TestCaseSource(nameof(InPython))]
    public async Task Python_OfADocument_PrintsWhatTheDocumentSays(string document)
    {
        var text = Read(document).Python();
        if (text.Contains("owslib", StringComparison.Ordinal) && !Python.Has("owslib")) Assert.Ignore($"{Python.Interpreter} has no owslib.");
        if (!File.Exists(Python.Interpreter)) Assert.Ignore($"There is no {Python.Interpreter}.");
        var (exitCode, told) = await RunAsync("session.py", text, Read(document).Files, (script, prelude) => new(Python.Interpreter, [prelude, script]));
        Assert.That(exitCode, Is.Zero, told);
    }

    [Test]
    public void Blocks_ThatAskAServer_BelongToASession()
    {
        var unproved = Documents.SelectMany(document => Read(document).Unproved.Select(block => (Where: $"{document}:{block.Line}", block.Text))).ToList();
        Assert.That(unproved.Where(block => !Elsewhere.Keys.Any(begin => block.Text.StartsWith(begin, StringComparison.Ordinal))).Select(block => block.Where), Is.Empty);
        Assert.That(Elsewhere.Keys.Where(begin => !unproved.Exists(block => block.Text.StartsWith(begin, StringComparison.Ordinal))), Is.Empty);
        Assert.That(InShell, Does.Contain("README.md"));
    }

    [TestCase("# 201, it is deployed.\ncurl $server/conformance", "201, it is deployed.")]
    [TestCase("# 200 and Location.\ncurl $server/conformance", "There is no header Location")]
    [TestCase("curl $server/processes/none", "is answered by 404")]
    [TestCase("curl $server/processes/echo/execution -H 'Content-Type: application/json' -d '{ \"inputs\": { \"message\": \"a\" } }'\n# {\"message\":\"b\"}", "It is: {\"message\":\"a\"}")]
    [TestCase("id=$(curl $server/processes/none | tr -d '\\r')\necho $id", "is answered by 404")]
    public async Task Shell_DocumentIsWrong_IsTold(string block, string told)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, $"# A document\n\n```sh\nserver=http://127.0.0.1:8080\n{block}\n```\n".Replace("8080\n#", "8080\n\n#", StringComparison.Ordinal));
        var (exitCode, errors) = await RunShellAsync(new(file));
        File.Delete(file);
        Assert.That(exitCode, Is.Not.Zero);
        Assert.That(errors, Does.Contain(told));
    }

    private static Document Read(string document) => new(Path.Combine(Repository, document));

    private Task<(int ExitCode, string Told)> RunShellAsync(Document document) => RunAsync(
        "session.sh", document.Shell(), document.Files, (script, prelude) => new("bash", ["-euc", ". \"$1\"; . \"$2\"; [ ! -e \"$scratch/broken\" ]", "session", prelude, script]));

    /// <summary>Runs a session in a folder of its own, with this server, its files and its program where the document names others.</summary>
    private async Task<(int ExitCode, string Told)> RunAsync(
        string prelude, string text, IReadOnlyDictionary<string, string> files, Func<string, string, ProcessStartInfo> command)
    {
        var folder = Directory.CreateTempSubdirectory("ogcprocesses-test-").FullName;
        try
        {
            var (work, scratch) = (Directory.CreateDirectory(Path.Combine(folder, "work")).FullName, Directory.CreateDirectory(Path.Combine(folder, "scratch")).FullName);
            foreach (var used in new[] { "build", "docs" }) Directory.CreateSymbolicLink(Path.Combine(work, used), Path.Combine(Repository, used));
            File.Copy(Scene!, Path.Combine(work, "L7_ETMs.tif"));
            foreach (var (name, content) in files) await File.WriteAllTextAsync(Path.Combine(work, name), content);
            if (text.Contains("127.0.0.1:8082", StringComparison.Ordinal)) _keys ??= new(("Security:Mode", "ApiKeys"));
            text = text.Replace("http://127.0.0.1:8080", Root(_server), StringComparison.Ordinal)
                .Replace("http://127.0.0.1:8081", _files.Urls.Single(), StringComparison.Ordinal)
                .Replace("http://127.0.0.1:8082", _keys is null ? "" : Root(_keys), StringComparison.Ordinal)
                .Replace("OgcProcesses.WebApi.dll", typeof(Program).Assembly.Location, StringComparison.Ordinal);
            var script = Path.Combine(scratch, "session");
            await File.WriteAllTextAsync(script, text);
            var start = command(script, Path.Combine(AppContext.BaseDirectory, "Docs", prelude));
            (start.WorkingDirectory, start.RedirectStandardError, start.RedirectStandardOutput) = (work, true, true);
            start.Environment["scratch"] = scratch;
            // Of the program: the settings of the server that asks for keys.
            (start.Environment["Data__Directory"], start.Environment["Logging__LogLevel__Default"]) = (_keys?.Folder, "Error");
            using var session = Process.Start(start)!;
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            try
            {
                var output = session.StandardOutput.ReadToEndAsync(limit.Token);
                var errors = await session.StandardError.ReadToEndAsync(limit.Token);
                await session.WaitForExitAsync(limit.Token);
                var broken = Path.Combine(scratch, "broken");
                return (session.ExitCode, (File.Exists(broken) ? await File.ReadAllTextAsync(broken) : "") + errors + await output);
            }
            finally
            {
                if (!session.HasExited) session.Kill(entireProcessTree: true);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Root(Server server) => server.Http.BaseAddress!.ToString().TrimEnd('/');

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "OgcProcesses.sln"))) folder = folder.Parent;
        return folder.FullName;
    }
}
