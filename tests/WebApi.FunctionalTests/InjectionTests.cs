using System.Text.Json.Nodes;
using static OgcProcesses.WebApi.FunctionalTests.RawRequest;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>Paths that lead elsewhere, and text that would be a header: in identifiers, names, queries and headers.</summary>
internal sealed class InjectionTests : ServerTests
{
    private const string SomeJob = "00000000-0000-4000-8000-000000000000";

    private static readonly string[] Tricks =
    [
        "..", "../..", "%2e%2e", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%5c..%5cboot.ini", "..%252f..%252fetc%252fpasswd", "....//....//", "%00", "a%00.json",
        "%c0%ae%c0%ae%c0%af", "%ff", "%0d%0aX-Evil:%201", "%e5%98%8d%e5%98%8aX-Evil:1", "con", "nul.tif", "C:%5c", "file:%2f%2f%2fetc%2fpasswd", "~root", "$HOME",
        "%d0%b5cho", "ech%ef%bd%8f", "echo%e2%80%8b", "echo%20", "echo.", "-rf", "{id}", "%7bjobId%7d", "*", ";", "'", "%22", "<script>",
    ];

    [TestCaseSource(nameof(Tricks))]
    public async Task Path_WithATrickForAnIdentifier_NamesNothing(string trick)
    {
        foreach (var path in (string[])[$"/processes/{trick}", $"/processes/{trick}/package", $"/jobs/{trick}", $"/jobs/{trick}/results", $"/jobs/{SomeJob}/results/{trick}", $"/{trick}"])
        {
            var answer = await RawRequest.SendAsync(Server, $"GET {path} HTTP/1.1\nHost: localhost\nConnection: close\n\n");
            Assert.Multiple(() =>
            {
                // What is left once dots and slashes are folded may be a list or the landing page.
                Assert.That(StatusOf(answer), Is.EqualTo(404).Or.EqualTo(400).Or.EqualTo(200), path);
                Assert.That(HeaderOf(answer, "X-Evil"), Is.Null, path);
                Assert.That(answer, Does.Not.Contain("root:").And.Not.Contain(Server.Folder).And.Not.Contain("at OgcProcesses"), path);
            });
        }
    }

    [TestCase("..")]
    [TestCase("../evil")]
    [TestCase("..\\evil")]
    [TestCase("a/b")]
    [TestCase(".hidden")]
    [TestCase("-rf")]
    [TestCase("a\u0000b")]
    [TestCase("a\r\nX-Evil: 1")]
    [TestCase("еcho")]
    [TestCase("echo\u200b")]
    [TestCase("%2e%2e")]
    public async Task Deploy_WithATrickForAnIdentifier_IsRefusedAtItsPlace(string id)
    {
        var process = Package.Running("true");
        process.Process["id"] = id;
        var input = Package.Running("true").Taking(id, """{ "type": "string" }""");
        var output = Package.Running("true").Giving(id, """{ "type": "string" }""");
        foreach (var (package, place) in ((Package, string)[])[(process, "/id"), (input, "/inputs/"), (output, "/outputs/")])
        {
            var answer = await Server.DeployAsync(package);
            Assert.That((int)answer.Status, Is.EqualTo(400), answer.Text);
            Assert.That(answer.Pointers(), Has.Some.Contains(place));
        }
    }

    [Test]
    public async Task Deploy_WithAnIdentifierWithoutEnd_IsRefused()
    {
        var package = Package.Running("true").Giving(new string('x', 100_000), """{ "type": "string" }""");
        Assert.That((int)(await Server.DeployAsync(package)).Status, Is.EqualTo(400));
    }

    [TestCase("/jobs?limit=1&status=%0d%0aX-Evil:%201")]
    [TestCase("/jobs?limit=1&x=%0d%0aX-Evil:%201")]
    [TestCase("/jobs?cursor=%0d%0aX-Evil:%201")]
    [TestCase("/processes?limit=1&%0d%0aX-Evil:1")]
    [TestCase("/processes?limit=1&x=%3e;rel=%22next%22,%3chttp://evil.example")]
    [TestCase("/processes/echo?f=%0d%0aX-Evil:1")]
    [TestCase("/api/ui/%0d%0aX-Evil:1.html")]
    public async Task Query_WithLineBreaks_AddsNoHeader(string path)
    {
        var answer = await RawRequest.SendAsync(Server, $"GET {path} HTTP/1.1\nHost: localhost\nConnection: close\n\n");
        Assert.That(StatusOf(answer), Is.EqualTo(200).Or.EqualTo(302).Or.EqualTo(400));
        Assert.That(HeaderOf(answer, "X-Evil"), Is.Null);
        Assert.That(HeaderOf(answer, "Link") ?? "", Does.Not.Contain("<http://evil"));
    }

    [TestCase("Prefer: respond-async, wait=1\u000bX-Evil: 1")]
    [TestCase("Prefer: respond-async; x=\"\u00e9\u00fc\", wait=0")]
    [TestCase("X-Forwarded-Host: evil.example\nX-Forwarded-Prefix: /evil\nX-Forwarded-Proto: javascript")]
    [TestCase("Accept: text/html;x=\"<script>\"")]
    public async Task Header_WithWhatIsNoneOfItsBusiness_IsNotRepeated(string header)
    {
        var body = """{ "inputs": { "message": "m" } }""";
        var answer = await RawRequest.SendAsync(
            Server, $"POST /processes/echo/execution?validateOnly=true HTTP/1.1\nHost: localhost\nContent-Type: application/json\nContent-Length: {body.Length}\n{header}\nConnection: close\n\n{body}");
        Assert.That(StatusOf(answer), Is.EqualTo(200).Or.EqualTo(400));
        Assert.That(answer, Does.Not.Contain("evil").IgnoreCase.And.Not.Contain("<script>"));
    }

    [TestCase("text/html\\r\\nX-Evil: 1")]
    [TestCase("text/plain; charset=\\\"utf-8\\r\\nX-Evil: 1\\\"")]
    [TestCase("text/plain\\u0000")]
    [TestCase("tëxt/plain")]
    public async Task Deploy_WithAMediaTypeThatIsNone_IsRefused(string mediaType)
    {
        var package = Package.Running("true")
            .Giving("out", $$"""{ "type": "string", "contentMediaType": "{{mediaType}}", "contentEncoding": "binary" }""");
        var answer = await Server.DeployAsync(package);
        Assert.That((int)answer.Status, Is.EqualTo(400), answer.Text);
        Assert.That(answer.Pointers(), Has.Some.EndsWith("/outputs/out/schema/contentMediaType"));
    }

    [Test]
    public async Task Schema_ThatRefersToAnotherServer_IsNotFetched()
    {
        await using var other = await Subscriber.StartAsync();
        var reference = $$"""{ "$ref": "http://127.0.0.1:{{other.Port}}/schema.json" }""";
        var package = Package.Running("echo '\"x\"' > out.json").Taking("in", reference, minOccurs: 0).Giving("out", reference);
        package.Process["links"] = new JsonArray(new JsonObject { ["href"] = $"http://127.0.0.1:{other.Port}/", ["rel"] = "about" });
        package.Process["metadata"] = new JsonArray(new JsonObject { ["href"] = $"http://127.0.0.1:{other.Port}/", ["title"] = "m" });
        Assert.That((int)(await Server.DeployAsync(package)).Status, Is.EqualTo(201));
        await Server.RunAsync(package.Id, """{ "inputs": { "in": "x" } }""");
        await Server.GetAsync($"/api?process={package.Id}");
        Assert.That(other.All, Is.Empty);
    }
}
