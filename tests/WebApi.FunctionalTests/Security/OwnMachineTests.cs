using System.Diagnostics;
using static OgcProcesses.WebApi.FunctionalTests.RawRequest;

namespace OgcProcesses.WebApi.FunctionalTests.Security;

/// <summary>A server that asks nobody who they are, and the web pages that a browser on its machine has open.</summary>
internal sealed class OwnMachineTests : ServerTests
{
    private const string Execution = "/processes/echo/execution?validateOnly=true";
    private const string Body = """{"inputs":{"message":"m"}}""";

    [TestCase("localhost")]
    [TestCase("LocalHost:81")]
    [TestCase("127.0.0.1")]
    [TestCase("127.8.9.10:81")]
    [TestCase("[::1]:81")]
    public async Task Host_OfTheMachineItself_IsAnswered(string host) => Assert.That(StatusOf(await GetAsync("/jobs", host)), Is.EqualTo(200));

    [Test]
    public async Task Host_InHttp10_MayBeMissing() => Assert.That(StatusOf(await SendAsync(Server, "GET /jobs HTTP/1.0\n\n")), Is.EqualTo(200));

    [TestCase("evil.example")]
    [TestCase("evil.example:8080")]
    [TestCase("localhost.evil.example")]
    [TestCase("127.0.0.1.evil.example")]
    [TestCase("localhost.")]
    [TestCase("0.0.0.0")]
    [TestCase("192.0.2.7")]
    [TestCase("[2001:db8::1]")]
    public async Task Host_OfAnybodyElse_IsRefused(string host)
    {
        var answer = await GetAsync("/jobs", host);
        Assert.That(StatusOf(answer), Is.EqualTo(421));
        Assert.That(BodyOf(answer), Does.Contain("AllowedHosts").And.Not.Contain("links"));
    }

    [TestCase("GET", "/")]
    [TestCase("GET", "/health/live")]
    [TestCase("GET", "/api?f=html")]
    [TestCase("GET", "/nowhere")]
    [TestCase("POST", "/processes")]
    [TestCase("DELETE", "/processes/echo")]
    [TestCase("GET", "http://evil.example/processes")]
    public async Task Host_OfAnybodyElse_IsRefusedEverywhere(string method, string target) => Assert.That(
        StatusOf(await SendAsync(Server, $"{method} {target} HTTP/1.1\nHost: evil.example\nConnection: close\n\n")), Is.EqualTo(421));

    [Test]
    public async Task Host_OfThePublicUrl_IsAnswered()
    {
        using var server = new Server(("Api:PublicUrl", "https://ogc.example/processing"));
        var own = await server.AskAsync("POST", Execution, Body, ("Host", "OGC.example"), ("Origin", "https://ogc.example"));
        var other = await SendAsync(server, "GET / HTTP/1.1\nHost: ogc.example.evil.example\nConnection: close\n\n");
        Assert.That(((int)own.Status, StatusOf(other)), Is.EqualTo((200, 421)));
    }

    [TestCase("Security:AllowOpenOnNetwork", "true")]
    [TestCase("Security:Mode", "ApiKeys")]
    public async Task Network_WhereTheOperatorSaysSo_IsListenedTo_AndAnsweredUnderAnyName(string setting, string value)
    {
        var folder = Directory.CreateTempSubdirectory("ogcprocesses-test-").FullName;
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        foreach (var argument in (string[])[typeof(Program).Assembly.Location, "--urls", "http://0.0.0.0:0", "--Data:Directory", folder, $"--{setting}", value])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        try
        {
            using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{await PortAsync(process)}") };
            using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = "ogc.example" } };
            using var answer = await http.SendAsync(request);
            Assert.That((int)answer.StatusCode, Is.EqualTo(200));
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    [TestCase("http://evil.example")]
    [TestCase("https://{0}")]
    [TestCase("http://{0}0")]
    [TestCase("http://localhost.evil.example")]
    [TestCase("null")]
    public async Task Origin_OfAnotherPage_ChangesNothing(string origin)
    {
        var sent = ("Origin", string.Format(null, origin, Server.Http.BaseAddress!.Authority));
        var executed = await Server.AskAsync("POST", Execution, Body, sent);
        var undeployed = await Server.AskAsync("DELETE", "/processes/none", null, sent);
        var dismissed = await Server.AskAsync("DELETE", "/jobs?status=accepted&validateOnly=true", null, sent);
        Assert.That(new[] { executed, undeployed, dismissed }.Select(answer => (int)answer.Status), Is.All.EqualTo(403));
        Assert.That(executed.Json["detail"]!.GetValue<string>(), Does.Contain("Cors:AllowedOrigins"));
    }

    [Test]
    public async Task Origin_OfAnotherPage_ReadsAsBefore() =>
        Assert.That((int)(await Server.AskAsync("GET", "/jobs", null, ("Origin", "http://evil.example"))).Status, Is.EqualTo(200));

    [TestCase(true)]
    [TestCase(false)]
    public async Task Origin_OfTheServersOwnPages_OrNone_Executes(bool isPage)
    {
        var answer = await Server.AskAsync("POST", Execution, Body, isPage ? [("Origin", Server.Http.BaseAddress!.GetLeftPart(UriPartial.Authority))] : []);
        Assert.That((int)answer.Status, Is.EqualTo(200), answer.Text);
    }

    [Test]
    public async Task Origin_OfAnotherPage_IsRefusedInEveryMode()
    {
        using var server = new Server(("Security:Mode", "ApiKeys"));
        Assert.That((int)(await server.AskAsync("POST", Execution, Body, ("Origin", "http://evil.example"))).Status, Is.EqualTo(403));
    }

    /// <summary>The port that a server says it listens at, on all addresses.</summary>
    private static async Task<string> PortAsync(Process server)
    {
        const string said = "Now listening on: http://0.0.0.0:";
        while (await server.StandardOutput.ReadLineAsync() is { } line)
            if (line.IndexOf(said, StringComparison.Ordinal) is >= 0 and var at) return line[(at + said.Length)..];
        throw new InvalidOperationException("The server ended without listening on all addresses.");
    }

    private static Task<string> GetAsync(string path, string host) =>
        SendAsync(Server, $"GET {path} HTTP/1.1\nHost: {host}\nConnection: close\n\n");
}
