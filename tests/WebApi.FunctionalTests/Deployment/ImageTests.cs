using System.Formats.Tar;
using System.Reflection;
using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests.Deployment;

/// <summary>The server's image, built by build/Dockerfile and run as docs/deployment.md runs it.</summary>
/// <remarks>
/// There may be no registry: the base images are made here (Deployment/image), and the one with the SDK gives what the build beside
/// the tests has made, where the real one compiles. All else of the Dockerfile is as it is.
/// </remarks>
internal sealed class ImageTests
{
    private const string Runtime = "ogcprocesses/test-runtime:1";

    private static readonly string Run = Guid.NewGuid().ToString("N");
    private static readonly string Image = $"ogcprocesses/test-server:{Run}";
    private static readonly string Sdk = $"ogcprocesses/test-sdk:{Run}";

    [OneTimeSetUp]
    public async Task BuildAsync()
    {
        if ((await DeploymentTests.RunAsync("docker", "image", "inspect", Runtime)).ExitCode != 0)
            Assert.Ignore($"There is no {Runtime}; build/test.sh makes it.");
        var folder = Directory.CreateTempSubdirectory("ogc-image-").FullName;
        try
        {
            await PublishAsync(folder, [], "-p:UseAppHost=false", "-o", Path.Combine(folder, "published"));
            var standIn = Path.Combine(Docs.SessionTests.Repository, "tests", "WebApi.FunctionalTests", "Deployment", "image", "sdk");
            foreach (var file in (string[])["Dockerfile", "dotnet"]) File.Copy(Path.Combine(standIn, file), Path.Combine(folder, file));
            // The label goes over to what is made of the image, and there finds what the build leaves without a name.
            await ServerContainer.DoAsync("docker", "build", "--label", $"org.ogcprocesses.test={Run}", "-t", Sdk, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        await ServerContainer.DoAsync("docker", "build", "-f", Path.Combine(Docs.SessionTests.Repository, "build", "Dockerfile"), "--network", "host",
            "--build-arg", $"SDK={Sdk}", "--build-arg", $"RUNTIME={Runtime}", "-t", Image, Docs.SessionTests.Repository);
    }

    [OneTimeTearDown]
    public async Task RemoveAsync()
    {
        await DeploymentTests.RunAsync("docker", "rmi", Image);
        var (_, left) = await DeploymentTests.RunAsync("docker", "images", "-q", "--filter", $"label=org.ogcprocesses.test={Run}", "--filter", "dangling=true");
        foreach (var id in left.Split('\n', StringSplitOptions.RemoveEmptyEntries)) await DeploymentTests.RunAsync("docker", "rmi", id);
        await DeploymentTests.RunAsync("docker", "rmi", Sdk);
    }

    [Test]
    public async Task Container_RunAsDocumented_IsNotRootAndExchangesFilesWithItsJobs()
    {
        await using var server = await ServerContainer.StartAsync(Image);
        Assert.That(await server.DoWithinAsync("id", "-u"), Is.EqualTo("1654"));

        await server.CreateKeyAsync();
        var package = Package.Running("cat \"$OGC_INPUTS\" > said").Taking("word", """{"type":"string"}""").Giving("said", """{"type":"string"}""");
        await server.DeployAsync(package);
        var results = await server.PostAsync($"/processes/{package.Id}/execution", """{"inputs":{"word":"carried over"}}""", "application/json");
        Assert.That(results["said"]!.GetValue<string>(), Does.Contain("carried over"));

        Assert.That(await server.StopAsync(), Is.Zero);
    }

    [Test]
    public async Task Container_InPlaceOfAnother_GoesOnWithItsJobs()
    {
        await using var server = await ServerContainer.StartAsync(Image);
        await server.CreateKeyAsync();
        var package = Package.Running("echo '::progress 42 Waiting'; sleep 600");
        await server.DeployAsync(package);
        var job = (await server.PostAsync($"/processes/{package.Id}/execution", "{}", "application/json", "respond-async"))["jobID"]!.GetValue<string>();
        await server.UntilAsync(job, status => status["progress"]?.GetValue<int>() == 42);
        var before = (await Engine.ContainersOfAsync(job)).Single();

        await server.ReplaceAsync();
        await server.UntilAsync(job, status => status["status"]!.GetValue<string>() == "running");
        Assert.That((await Engine.ContainersOfAsync(job)).Single().ID, Is.EqualTo(before.ID));
        await server.DeleteAsync($"/jobs/{job}");
        await server.UntilAsync(job, status => status["status"]!.GetValue<string>() == "dismissed");
        Assert.That(await Engine.ContainersOfAsync(job), Is.Empty);
    }

    [Test]
    public async Task Image_PublishedByTheSdk_IsSetUpAsTheDockerfiles()
    {
        await using var registry = await Registry.StartAsync();
        registry.Go();
        var folder = Directory.CreateTempSubdirectory("ogc-image-").FullName;
        try
        {
            var archive = Path.Combine(folder, "server.tar");
            await PublishAsync(folder, [$"DOTNET_CONTAINER_INSECURE_REGISTRIES={registry.Host}"],
                "-t:PublishContainer", $"-p:ContainerBaseImage={registry.Image}", $"-p:ContainerArchiveOutputPath={archive}");
            var (name, published) = await LoadAsync(archive);
            var built = JsonNode.Parse(await ServerContainer.DoAsync("docker", "inspect", "-f", "{{json .Config}}", Image))!;

            Assert.That(name, Is.EqualTo("ogcprocesses/server:0.1.0"));
            Assert.That(published["User"]!.GetValue<string>(), Is.EqualTo(built["User"]!.GetValue<string>()));
            Assert.That($"{published["Entrypoint"]}", Is.EqualTo($"{built["Entrypoint"]}"));
            Assert.That($"{published["ExposedPorts"]}", Is.EqualTo($"{built["ExposedPorts"]}"));
            Assert.That(Settings(published), Is.SupersetOf(Settings(built).Where(setting => setting != "Data__Directory=/data")));
            Assert.That(Labels(published), Is.SupersetOf(Labels(built).Where(label => label.StartsWith("org.opencontainers.", StringComparison.Ordinal))));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        static IEnumerable<string> Settings(JsonNode config) =>
            config["Env"]!.AsArray().Select(variable => $"{variable}").Where(variable => !variable.StartsWith("PATH=", StringComparison.Ordinal));

        static IEnumerable<string> Labels(JsonNode config) => config["Labels"]!.AsObject().Select(label => $"{label.Key}={label.Value}");
    }

    /// <summary>Publishes what has been built beside the tests.</summary>
    /// <remarks>What the SDK keeps of images goes to the folder, too.</remarks>
    private static Task PublishAsync(string folder, string[] variables, params string[] options)
    {
        var configuration = typeof(ImageTests).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
        var project = Path.Combine(Docs.SessionTests.Repository, "src", "WebApi");
        return ServerContainer.DoAsync("env", [$"TMPDIR={folder}", .. variables, "dotnet", "publish", project, "-c", configuration, "--no-build", "-m:1", .. options]);
    }

    /// <summary>Name and configuration of the image in an archive, as "docker load" reads them.</summary>
    private static async Task<(string Name, JsonNode Config)> LoadAsync(string archive)
    {
        var entries = new Dictionary<string, JsonNode>();
        await using var file = File.OpenRead(archive);
        await using var reader = new TarReader(file);
        while (await reader.GetNextEntryAsync() is { } entry)
        {
            if (entry.Name.EndsWith(".json", StringComparison.Ordinal)) entries[entry.Name] = (await JsonNode.ParseAsync(entry.DataStream!))!;
        }

        var image = entries["manifest.json"][0]!;
        return (image["RepoTags"]![0]!.GetValue<string>(), entries[image["Config"]!.GetValue<string>()]["config"]!);
    }
}
