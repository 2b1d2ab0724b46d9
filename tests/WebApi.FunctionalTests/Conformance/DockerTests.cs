using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests.Conformance;

/// <summary>Part 2, docker.</summary>
internal sealed class DockerTests : ConformanceTests
{
    [TestCase("ogcprocesses/echo:1")]
    [TestCase("docker://ogcprocesses/echo:1")]
    [Requirement("/req/docker/execution-unit")]
    [AbstractTest("/conf/docker/deploy-body")]
    public async Task Image_Deployed_IsWhatRuns(string image)
    {
        var package = Package.Running("echo ran > text").Giving("text", """{"type":"string"}""");
        package.Unit["image"] = image;
        await DeployedAsync(package);
        Assert.That((await ResultsAsync(package.Id, "{}")).Json["text"]!.GetValue<string>(), Is.EqualTo("ran"));
    }

    [Test]
    [Requirement("/req/docker/execution-unit")]
    [AbstractTest("/conf/docker/replace-body")]
    public async Task Image_Replaced_IsWhatRuns()
    {
        var package = await DeployedAsync(Package.Running("echo first > text").Giving("text", """{"type":"string"}"""));
        package.Unit["command"] = new JsonArray("/bin/sh", "-c", "echo second > text");
        var replaced = await Server.SendAsync(HttpMethod.Put, $"/processes/{package.Id}", package.ToString(), mediaType: "application/ogcapppkg+json");
        Assert.That((int)replaced.Status, Is.EqualTo(204), replaced.Text);
        Assert.That((await ResultsAsync(package.Id, "{}")).Json["text"]!.GetValue<string>(), Is.EqualTo("second"));
    }

    [Test]
    [Requirement("/req/docker/schema")]
    public async Task ExecutionUnit_WithEveryMemberOfTheSchema_IsTakenAndObeyed()
    {
        var package = Package.Running("echo \"$*\" > text.txt").Taking("name", """{"type":"string"}""").Giving("text", """{"type":"string"}""")
            .With("cpuMin", 1).With("cpuMax", 1).With("memoryMin", 0.02).With("memoryMax", 0.1).With("storageTempMin", 0.01).With("storageOutputsMin", 0.01).With("jobTimeout", 60)
            .Binding("inputBindings", "name", """{"prefix":"--name","position":1,"valueFrom":"$(self)","shellQuote":true}""")
            .Binding("outputBindings", "text", """{"glob":["none.txt","*.txt"]}""");
        package.Unit["deployment"] = "local";
        await DeployedAsync(package);
        Assert.That((await ResultsAsync(package.Id, """{"inputs":{"name":"Ada"}}""")).Json["text"]!.GetValue<string>(), Is.EqualTo("--name Ada"));
    }

    [TestCase("type", null)]
    [TestCase("image", null)]
    [TestCase("image", "7")]
    [TestCase("config", """{"cpuMax":0}""")]
    [Requirement("/req/docker/schema")]
    public async Task ExecutionUnit_AgainstTheSchema_IsRefusedAtItsPlace(string member, string? value)
    {
        var package = Package.Running("true");
        package.Unit[member] = value is null ? null : JsonNode.Parse(value);
        var refused = await Server.DeployAsync(package);
        Assert.That((int)refused.Status, Is.EqualTo(400), refused.Text);
        Assert.That(refused.Pointers(), Has.Some.StartsWith($"/executionUnit/{member}"));
    }
}
