using System.Formats.Tar;
using Docker.DotNet;
using Docker.DotNet.Models;
using OgcProcesses.Infrastructure.Docker;

namespace OgcProcesses.Infrastructure.IntegrationTests.Docker;

/// <summary>Makes sure of an engine and of a small image, for all tests of this folder.</summary>
[SetUpFixture]
internal sealed class EngineFixture
{
    private const string Repository = "ogcprocesses-test/busybox";

    public const string Image = Repository + ":1";

    /// <summary>A bare client, to look at the engine past the runner.</summary>
    public static DockerClient Client { get; private set; } = null!;

    public static string ImageId { get; private set; } = "";

    [OneTimeSetUp]
    public async Task MakeImage()
    {
        Client = new DockerClientConfiguration(new DockerOptions().EndpointUri).CreateClient();
        try
        {
            await Client.System.PingAsync();
        }
        catch (Exception e)
        {
            Assert.Fail($"These tests need a container engine, and none answers at {Client.Configuration.EndpointBaseUri}: {e.Message}");
        }

        using var rootFileSystem = BusyBox();
        var import = new ImagesCreateParameters { Repo = Repository, Tag = "1", Changes = ["ENTRYPOINT [\"/bin/sh\", \"-c\"]", "CMD [\"echo by default\"]"] };
        await Client.Images.CreateImageAsync(import, rootFileSystem, null, new Progress<JSONMessage>());
        ImageId = (await Client.Images.InspectImageAsync(Image)).ID;
    }

    [OneTimeTearDown]
    public void Close() => Client.Dispose();

    private static MemoryStream BusyBox()
    {
        const string program = "/bin/busybox";
        if (!File.Exists(program)) Assert.Fail($"{program} is missing; apt-get install busybox-static");

        var content = new MemoryStream();
        using (var tar = new TarWriter(content, leaveOpen: true))
        {
            foreach (var folder in new[] { "bin/", "etc/", "proc/", "sys/", "dev/" }) tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, folder) { Mode = WorkFolder.ReadableFolder });
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "tmp/") { Mode = WorkFolder.WritableFolder });
            using var busybox = File.OpenRead(program);
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "bin/busybox") { Mode = WorkFolder.ReadableFolder, DataStream = busybox });
            foreach (var tool in "sh cat echo id ls sleep dd tail head printf kill mkdir ln mkfifo touch pwd env seq yes tr df sync chmod".Split(' '))
                tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, $"bin/{tool}") { LinkName = "busybox" });
        }

        content.Position = 0;
        return content;
    }
}
