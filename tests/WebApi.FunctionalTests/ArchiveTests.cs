using System.IO.Compression;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>All outputs of a job as one zip archive.</summary>
internal sealed class ArchiveTests : ServerTests
{
    private const string File = """{ "type": "string", "contentMediaType": "application/octet-stream", "contentEncoding": "binary" }""";

    private static readonly string[] Names = ["map.bin", "tiles/x.bin", "tiles/x-2.bin", "statistics.json", "title.txt"];

    private string _job = "";

    [OneTimeSetUp]
    public async Task RunAsync()
    {
        var package = Package.Running("""
                mkdir a b; printf one > a/x.bin; printf two > b/x.bin; printf map > map.bin
                printf '{"statistics":{"mean":5},"title":"Grüße"}' > outputs.json
                """)
            .Giving("map", File).Giving("tiles", File).Giving("statistics", """{ "type": "object" }""").Giving("title", """{ "type": "string" }""")
            .Binding("outputBindings", "tiles", """{ "glob": "*/x.bin" }""");
        package.Process["outputs"]!["tiles"]!["maxOccurs"] = "unbounded";
        await Server.DeployAsync(package);
        var ended = await Server.RunAsync(package.Id, "{}");
        Assert.That(ended.Json["status"]!.GetValue<string>(), Is.EqualTo("successful"), ended.Text);
        _job = $"/jobs/{ended.Json["jobID"]}";
    }

    [TestCase("?f=zip", null)]
    [TestCase("?f=zip", "text/html")]
    [TestCase("", "application/zip")]
    [TestCase("", "application/zip, */*;q=0.8")]
    [TestCase("", "application/json;q=0.5, application/zip")]
    public async Task Results_AskedForAsAnArchive_HoldEveryValue(string query, string? accept)
    {
        var answer = await Server.GetAsync($"{_job}/results{query}", accept);
        using var archive = new ZipArchive(new MemoryStream(answer.Body));
        Assert.Multiple(() =>
        {
            Assert.That(answer.MediaType, Is.EqualTo("application/zip"));
            Assert.That(answer.ContentHeaders.ContentDisposition!.ToString(), Does.StartWith($"attachment; filename={_job.Split('/')[^1]}.zip"));
            Assert.That(answer.Headers.Vary, Does.Contain("Accept"));
            Assert.That(archive.Entries.Select(entry => entry.FullName), Is.EqualTo(Names));
            Assert.That(archive.Entries.Select(Text), Is.EqualTo(new[] { "map", "one", "two", """{"mean":5}""", "Grüße" }));
        });
    }

    [TestCase("", null)]
    [TestCase("", "*/*")]
    [TestCase("", "application/json, application/zip")]
    [TestCase("?f=json", "application/zip")]
    public async Task Results_NotAskedForAsAnArchive_AreTheDocument(string query, string? accept) =>
        Assert.That((await Server.GetAsync($"{_job}/results{query}", accept)).MediaType, Is.EqualTo("application/json"));

    [Test]
    public async Task Results_InAnUnknownForm_AreRefused()
    {
        var answer = await Server.GetAsync($"{_job}/results?f=tar");
        Assert.That(((int)answer.Status, answer.Pointers()), Is.EqualTo((400, new[] { "f" })));
    }

    [Test]
    public async Task Archive_ByHead_HasTheHeadersOnly()
    {
        var head = await Server.SendAsync(HttpMethod.Head, $"{_job}/results?f=zip");
        Assert.That(((int)head.Status, head.MediaType, head.Body.Length), Is.EqualTo((200, "application/zip", 0)));
    }

    [Test]
    public async Task Archive_IsLinkedFromTheStatusAndThePage()
    {
        var status = await Server.GetAsync(_job);
        Assert.That(status.Links("enclosure"), Is.EqualTo(new[] { $"{Server.Http.BaseAddress}{_job[1..]}/results?f=zip" }));
        Assert.That((await Server.GetAsync($"{_job}/results", "text/html")).Text, Does.Contain("/results?f=zip"));
        Assert.That((await Server.Http.GetAsync(status.Links("enclosure").Single())).Content.Headers.ContentType!.MediaType, Is.EqualTo("application/zip"));
    }

    [Test]
    public async Task Archive_IsDeclared()
    {
        var definition = (await Server.GetAsync("/api")).Json;
        var operation = definition["paths"]!["/jobs/{jobId}/results"]!["get"]!;
        var form = operation["parameters"]!.AsArray().Single(parameter => parameter!["name"]!.GetValue<string>() == "f")!;
        Assert.That(form["schema"]!["$ref"]!.GetValue<string>(), Is.EqualTo("#/components/schemas/resultsForm"));
        Assert.That(definition["components"]!["schemas"]!["resultsForm"]!["enum"]!.AsArray().Select(word => word!.GetValue<string>()), Is.EqualTo(new[] { "json", "html", "zip" }));
        Assert.That(operation["responses"]!["200"]!["content"]!["application/zip"], Is.Not.Null);
    }

    [Test]
    public async Task Archive_OfRawResults_HoldsTheSame()
    {
        var ended = await Server.RunAsync("echo", """{ "inputs": { "message": "m" }, "response": "raw" }""");
        var answer = await Server.GetAsync($"/jobs/{ended.Json["jobID"]}/results?f=zip");
        using var archive = new ZipArchive(new MemoryStream(answer.Body));
        Assert.That(archive.Entries.Select(Text), Is.EqualTo(new[] { "m" }));
    }

    [Test]
    public async Task Archive_OfAJobWithoutResults_IsAProblemThatSaysWhy()
    {
        var package = Package.Running("sleep 1; echo broken >&2; exit 3").Giving("x", """{ "type": "string" }""");
        await Server.DeployAsync(package);
        var accepted = await Server.ExecuteAsync(package.Id, "{}", "respond-async");
        var results = $"/jobs/{accepted.Json["jobID"]}/results?f=zip";
        var early = await Server.GetAsync(results);
        await Server.EndOfAsync(accepted.Json["jobID"]!.GetValue<string>());
        var failed = await Server.GetAsync(results);
        await Server.DeleteAsync($"/jobs/{accepted.Json["jobID"]}");
        var dismissed = await Server.GetAsync(results, "application/zip");
        Assert.Multiple(() =>
        {
            Assert.That(((int)early.Status, early.Json["title"]!.GetValue<string>()), Is.EqualTo((404, "The results are not ready")));
            Assert.That(((int)failed.Status, failed.Json["exitCode"]!.GetValue<int>()), Is.EqualTo((500, 3)));
            Assert.That(((int)dismissed.Status, dismissed.MediaType), Is.EqualTo((410, "application/problem+json")));
            Assert.That(failed.ContentHeaders.ContentDisposition, Is.Null);
        });
    }

    private static string Text(ZipArchiveEntry entry)
    {
        using var reader = new StreamReader(entry.Open());
        return reader.ReadToEnd();
    }
}
