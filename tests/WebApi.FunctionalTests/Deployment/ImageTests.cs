using System.Reflection;

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
            var configuration = typeof(ImageTests).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
            await ServerContainer.DoAsync("dotnet", "publish", Path.Combine(Docs.SessionTests.Repository, "src", "WebApi"), "-c", configuration,
                "--no-build", "-p:UseAppHost=false", "-o", Path.Combine(folder, "published"));
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
}
