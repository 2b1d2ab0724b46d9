using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests.Conformance;

/// <summary>A client that knows nothing of us: OWSLib, Debian's python3-owslib.</summary>
internal sealed class OwsLibTests : ConformanceTests
{
    [Test]
    public async Task OwsLib_ListsDescribesExecutesWatchesAndFetches()
    {
        if (!Python.Has("owslib")) Assert.Ignore($"{Python.Interpreter} has no owslib.");
        using var python = Python.Start("owslib_client.py", Server.Http.BaseAddress!.ToString());
        var errors = python.StandardError.ReadToEndAsync();
        var output = await python.StandardOutput.ReadToEndAsync();
        await python.WaitForExitAsync();
        Assert.That(python.ExitCode, Is.Zero, await errors);

        var found = JsonNode.Parse(output)!;
        Assert.That(found["links"]!.AsArray().Select(link => link!.GetValue<string>()), Does.Contain(Relation + "processes"));
        Assert.That(found["openapi"]!.GetValue<string>(), Does.StartWith("3.0."));
        Assert.That(found["conformsTo"]!.AsArray(), Is.Not.Empty);
        Assert.That(found["processes"]!.AsArray().Select(id => id!.GetValue<string>()), Does.Contain("echo"));
        Assert.That(found["title"]!.GetValue<string>(), Is.EqualTo("Echo"));
        Assert.That(found["sync"]!.ToJsonString(), Is.EqualTo("""[200,{"message":"teststring","pause":1}]"""));
        Assert.That(found["async"]!.GetValue<int>(), Is.EqualTo(201));
        Assert.That(found["statuses"]!.AsArray().Select(status => status!.GetValue<string>()), Is.SupersetOf(new[] { "running", "successful" }));
        Assert.That(found["results"]!["message"]!.GetValue<string>(), Is.EqualTo("teststring"));
        Assert.That(found["jobs"]!.ToJsonString(), Is.EqualTo(new JsonArray(found["job"]!.DeepClone()).ToJsonString()));
        Assert.That(found["none"]!.GetValue<string>(), Is.EqualTo(Part1 + "no-such-process"));
    }
}
