using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>What programs write, and how clients read it.</summary>
internal sealed class LogsTests : ServerTests
{
    private string _log = "";

    [OneTimeSetUp]
    public async Task RunAsync()
    {
        var package = Package.Running(@"echo one; sleep 0.2; echo two >&2; sleep 0.2; printf 'three\033[31m\007\n'; sleep 0.2; printf '\377four' >&2");
        await Server.DeployAsync(package);
        var job = (await Server.RunAsync(package.Id, "{}")).Json["jobID"]!.GetValue<string>();
        _log = $"/jobs/{job}/logs";
    }

    [TestCase("", "1 stdout one|2 stderr two|3 stdout three\u001b[31m\u0007|4 stderr \uFFFDfour")]
    [TestCase("?skip=2", "3 stdout three\u001b[31m\u0007|4 stderr \uFFFDfour")]
    [TestCase("?stream=stderr", "2 stderr two|4 stderr \uFFFDfour")]
    [TestCase("?limit=2", "1 stdout one|2 stderr two")]
    [TestCase("?limit=1&skip=1", "2 stderr two")]
    [TestCase("?limit=1&stream=stdout&skip=1", "3 stdout three\u001b[31m\u0007")]
    [TestCase("?tail=1", "4 stderr \uFFFDfour")]
    [TestCase("?tail=9&stream=stdout", "1 stdout one|3 stdout three\u001b[31m\u0007")]
    [TestCase("?attempt=1&tail=1", "4 stderr \uFFFDfour")]
    [TestCase("?since=2026-01-01T00:00:00Z&limit=1", "1 stdout one")]
    [TestCase("?since=2999-01-01", "")]
    [TestCase("?skip=9", "")]
    public async Task Logs_WithParameters_HoldTheLinesThatTheyLeave(string query, string lines)
    {
        var log = await Server.GetAsync(_log + query);
        Assert.That(log.MediaType, Is.EqualTo("application/json"));
        Assert.That(string.Join('|', log.Json.AsArray().Select(Text)), Is.EqualTo(lines));
    }

    [Test]
    public async Task Logs_SinceALine_BeginWithIt()
    {
        var third = (await Server.GetAsync(_log)).Json[2]!["at"]!.GetValue<string>();
        Assert.That((await Server.GetAsync($"{_log}?since={third}")).Json.AsArray().Select(line => line!["line"]!.GetValue<int>()), Does.Contain(3).And.No.Member(1));
    }

    [TestCase("attempt=0", "attempt")]
    [TestCase("attempt=2", "attempt")]
    [TestCase("skip=-1", "skip")]
    [TestCase("skip=x", "skip")]
    [TestCase("since=noon", "since")]
    [TestCase("since=2026-01-01T00:00:00Z/..", "since")]
    [TestCase("stream=both", "stream")]
    [TestCase("limit=0", "limit")]
    [TestCase("tail=0", "tail")]
    [TestCase("tail=1&limit=1", "tail")]
    [TestCase("f=yaml", "f")]
    public async Task Logs_BadParameter_IsRefusedByName(string query, string parameter)
    {
        var refused = await Server.GetAsync($"{_log}?{query}");
        Assert.That((int)refused.Status, Is.EqualTo(400), refused.Text);
        Assert.That(refused.Pointers(), Is.EqualTo(new[] { parameter }));
    }

    [TestCase("", "text/plain")]
    [TestCase("?f=text", null)]
    [TestCase("?f=text", "text/html")]
    public async Task Logs_AsText_AreHarmlessLines(string query, string? accept)
    {
        var log = await Server.GetAsync(_log + query, accept);
        Assert.That(log.ContentHeaders.ContentType!.ToString(), Is.EqualTo("text/plain; charset=utf-8"));
        var lines = log.Text.Split('\n');
        Assert.That(lines, Has.Length.EqualTo(5));
        Assert.That(lines[0], Does.Match(@"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z stdout one\z"));
        Assert.That(lines[2], Does.EndWith(" stdout three␛[31m␇"));
        Assert.That(log.Text.Where(char.IsControl), Is.All.EqualTo('\n'));
    }

    [TestCase("application/json, text/plain;q=0.9", "application/json")]
    [TestCase("text/plain, text/html;q=0.9", "text/plain")]
    [TestCase("text/html, text/plain;q=0.9", "text/html")]
    [TestCase("*/*", "application/json")]
    public async Task Logs_ByAccept_ComeInTheBestForm(string accept, string mediaType) =>
        Assert.That((await Server.GetAsync(_log, accept)).MediaType, Is.EqualTo(mediaType));

    /// <summary>A log above its limit keeps its head and its tail, and the lines between them are counted.</summary>
    [Test]
    public async Task Logs_OfAProgramThatWritesTooMuch_TellWhatIsMissing()
    {
        using var server = new Server(("Logs:MaxBytes", "20000"));
        var package = Package.Running("i=1; while [ $i -le 5000 ]; do echo line $i; i=$((i+1)); done; sleep 0.5; echo end >&2");
        await server.DeployAsync(package);
        var job = (await server.RunAsync(package.Id, "{}")).Json["jobID"]!.GetValue<string>();

        var log = (await server.GetAsync($"/jobs/{job}/logs")).Json.AsArray();
        var cut = log.Single(line => line!["missing"] is not null)!;
        var text = (await server.GetAsync($"/jobs/{job}/logs?f=text")).Text.TrimEnd('\n').Split('\n');

        Assert.That(log.Sum(line => line!["missing"]?["lines"]!.GetValue<int>() ?? 1), Is.EqualTo(5001));
        Assert.That(cut["missing"]!["bytes"]!.GetValue<long>(), Is.InRange(150_000, 250_000));
        Assert.That(cut["source"]!.GetValue<string>(), Is.EqualTo("server"));
        Assert.That(log.Select(Text).First(), Is.EqualTo("1 stdout line 1"));
        Assert.That(log.Select(Text).Last(), Is.EqualTo("5001 stderr end"));
        Assert.That(text, Has.Length.EqualTo(log.Count));
        Assert.That(text, Has.One.Contain($" server {cut["missing"]!["lines"]!.GetValue<int>():N0} lines are missing here"));
    }

    private static string Text(JsonNode? line) => $"{line!["line"]} {line["source"]} {line["text"]}";
}
