using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests.Hostile;

/// <summary>What the operator allows processes to run and to reach, over HTTP.</summary>
internal sealed class AllowedTests
{
    private const string Text = """{"type":"string"}""";

    [Test]
    public async Task Deploy_OfWhatIsNotAllowed_IsRefusedWithEveryReason()
    {
        using var server = new Server(("Runner:AllowedImages:0", "ogcprocesses/*"));
        var package = Package.Running("true").With("gpus", 1);
        package.Unit["image"] = "docker.io.evil.example/ogcprocesses/echo:1";
        package.Unit["network"] = "bridge";

        var refused = await server.DeployAsync(package);

        Assert.That((int)refused.Status, Is.EqualTo(400), refused.Text);
        Assert.That(refused.Pointers(), Is.EquivalentTo(new[] { "/executionUnit/image", "/executionUnit/network", "/executionUnit/config/gpus" }));
        foreach (var setting in (string[])["Runner:AllowedImages", "Runner:Networks", "Runner:Gpus"]) Assert.That(refused.Text, Does.Contain(setting));
    }

    [Test]
    public async Task Deploy_HeldToDigests_RunsTheSameImageWhenTheTagHasMoved()
    {
        var name = $"ogcprocesses-test/moving-{Guid.NewGuid():N}";
        using var server = new Server(("Runner:ImagePinning", "OnDeploy"), ("Runner:AllowedImages:0", "ogcprocesses-test/*"), ("Runner:AllowedImages:1", "ogcprocesses/*"));
        try
        {
            await Engine.TagAsync("ogcprocesses/echo:1", name, "first", """["/bin/busybox"]""");
            await Engine.TagAsync("ogcprocesses/echo:1", name, "second", """["/bin/false"]""");
            await Engine.MoveTagAsync($"{name}:first", name, "1");
            var package = Package.Running("").Giving("out", Text).Binding("outputBindings", "out", """{"stdout":true}""");
            package.Unit["image"] = $"{name}:1";
            package.Unit["keepEntrypoint"] = true;
            package.Unit["command"] = new JsonArray("echo", "as deployed");
            var deployed = await server.DeployAsync(package);
            Assert.That((int)deployed.Status, Is.EqualTo(201), deployed.Text);

            await Engine.MoveTagAsync($"{name}:second", name, "1");
            var ended = await server.RunAsync(package.Id, "{}");

            Assert.That(ended.Json["status"]!.GetValue<string>(), Is.EqualTo("successful"), ended.Text);
            Assert.That((await server.GetAsync($"/jobs/{ended.Json["jobID"]}/results")).Text, Does.Contain("as deployed"));
        }
        finally
        {
            foreach (var tag in (string[])["1", "first", "second"]) await Engine.RemoveImageAsync($"{name}:{tag}");
        }
    }

    [Test]
    public async Task Deploy_DigestsAreRequired_RefusesTags()
    {
        using var server = new Server(("Runner:ImagePinning", "Required"));
        var refused = await server.DeployAsync(Package.Running("true"));
        Assert.That((int)refused.Status, Is.EqualTo(400), refused.Text);
        Assert.That(refused.Text, Does.Contain("by digest"));
    }
}
