using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OgcProcesses.Application.Access.Audit;

namespace OgcProcesses.WebApi.FunctionalTests.Security;

/// <summary>What the audit trail tells of requests, and how it is had.</summary>
internal sealed class AuditTests
{
    private Server _server = null!;
    private string _process = "";
    private string _job = "";

    [OneTimeSetUp]
    public async Task DoThingsAsync()
    {
        _server = new Server();
        var package = Package.Running("printf 0123456789 > file").Giving("file", """{"type":"string","contentMediaType":"image/tiff","contentEncoding":"base64"}""");
        _process = package.Id;
        await _server.DeployAsync(package);
        await _server.DeployAsync(package);
        var executed = await _server.ExecuteAsync(_process, "{}");
        Assert.That((int)executed.Status, Is.EqualTo(200), executed.Text);
        _job = $"{executed.ContentHeaders.ContentLocation}".Split("/jobs/")[1].Split('/')[0];
        for (var part = 0; part < 5; part++)
            await _server.AskAsync("GET", $"/jobs/{_job}/results/file", null, ("Range", $"bytes={part}-{part}"), ("User-Agent", "=cmd|' /C calc'!A0"));
        await _server.SendAsync(HttpMethod.Patch, $"/jobs/{_job}", """{"pinned":true}""", mediaType: "application/merge-patch+json");
        await _server.DeleteAsync($"/jobs/{_job}");
        await _server.DeleteAsync($"/processes/{_process}");
    }

    [OneTimeTearDown]
    public void Stop() => _server.Dispose();

    [Test]
    public async Task Audit_OfWhatWasDone_TellsEachThingOnce_NewestFirst()
    {
        var all = (await _server.GetAsync("/admin/audit")).Json["events"]!.AsArray();

        Assert.That(all.Select(Told), Is.EqualTo(new[]
        {
            ("process.undeploy", _process, _process, "done"),
            ("job.dismiss", _job, _process, "done"),
            ("job.pin", _job, _process, "done"),
            ("results.read", $"{_job}/file", null, "done"),
            ("process.execute", _job, _process, "done"),
            ("process.deploy", null, null, "refused"),
            ("process.deploy", _process, _process, "done"),
        }));
        Assert.That(all.Select(one => (one!["caller"]!.GetValue<string>(), one["means"]!.GetValue<string>(), one["address"]!.GetValue<string>())), Is.All.EqualTo(("anonymous", "open", "127.0.0.1")));
        Assert.That(all[5]!["reason"]!.GetValue<string>(), Does.Contain("deployed already"));
    }

    [TestCase("subject={0}", 3)]
    [TestCase("subject={0}&action=job.pin", 1)]
    [TestCase("caller=bert", 0)]
    [TestCase("datetime=../2020-01-01", 0)]
    [TestCase("datetime=2020-01-01/..&limit=2", 2)]
    public async Task Audit_ByFilters_TellsThose(string query, int count) =>
        Assert.That((await _server.GetAsync("/admin/audit?" + string.Format(null, query, _job))).Json["events"]!.AsArray(), Has.Count.EqualTo(count));

    [Test]
    public async Task Audit_InPages_LeadsOn()
    {
        var first = await _server.GetAsync("/admin/audit?limit=4");
        var second = await _server.GetAsync(new Uri(first.Links("next").Single()).PathAndQuery);
        Assert.That((second.Json["events"]!.AsArray().Count, second.Links("next")), Is.EqualTo((3, Array.Empty<string>())));
    }

    [TestCase("datetime=never", "datetime")]
    [TestCase("f=xml", "f")]
    [TestCase("limit=0", "limit")]
    public async Task Audit_AskedForWrongly_SaysWhere(string query, string parameter)
    {
        var answer = await _server.GetAsync("/admin/audit?" + query);
        Assert.That(((int)answer.Status, answer.Pointers()), Is.EqualTo((400, (string[])[parameter])));
    }

    [Test]
    public async Task Audit_AsCsv_HoldsNoFormulas()
    {
        var csv = await _server.GetAsync("/admin/audit?f=csv");
        var lines = csv.Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.That((csv.MediaType, lines.Length), Is.EqualTo(("text/csv", 8)));
        Assert.That(lines[0], Does.StartWith("id,at,caller,means,action,subject"));
        Assert.That(lines[4], Does.Contain("\"'=cmd|' /C calc'!A0\""));
    }

    [Test]
    public async Task Audit_AsLinesOfJson_HoldsAll()
    {
        var lines = (await _server.GetAsync($"/admin/audit?f=jsonl&subject={_job}")).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines.Select(line => Told(JsonNode.Parse(line)).Item1), Is.EqualTo((string[])["job.dismiss", "job.pin", "process.execute"]));
    }

    [Test]
    public async Task Audit_OfAFailedLogin_NamesItsAddress_AndOfNone_NothingIsTold()
    {
        using var closed = new Server(("Security:Mode", "ApiKeys"));
        await closed.AskAsync("GET", "/jobs");
        await RawRequest.SendAsync(closed, $"GET /jobs/{Guid.NewGuid()}/results/a?signature=1.1.1.a HTTP/1.1\nHost: localhost\nConnection: close\n\n");

        var told = (await closed.Services.GetRequiredService<IAuditStore>().ListAsync(new(), null, 10, CancellationToken.None)).Items.Single();
        Assert.That((told.Action, told.Means, told.Outcome, told.Address, told.Caller), Is.EqualTo(("login", "resultLink", AuditOutcome.Refused, "127.0.0.1", "")));
    }

    private static (string, string?, string?, string) Told(JsonNode? one) =>
        (one!["action"]!.GetValue<string>(), one["subject"]?.GetValue<string>(), one["process"]?.GetValue<string>(), one["outcome"]!.GetValue<string>());
}
