using System.Diagnostics;
using System.IO.Compression;

namespace OgcProcesses.WebApi.FunctionalTests.Clients;

/// <summary>The packages as people get them.</summary>
internal sealed class PackageTests
{
    private string _folder = null!;

    private static string Configuration => AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Debug{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Debug" : "Release";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("ogcprocesses-test-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Client_Packed_HasDocumentationLicenceAndLittleElse()
    {
        await PackAsync("Client");

        using var package = await ZipFile.OpenReadAsync(Directory.GetFiles(_folder, "OgcProcesses.Client.*.nupkg").Single());
        Assert.That(package.Entries.Select(entry => entry.FullName), Is.SupersetOf(new[] { "lib/net10.0/OgcProcesses.Client.dll", "lib/net10.0/OgcProcesses.Client.xml", "README.md" }));
        using var reader = new StreamReader(await package.Entries.Single(entry => entry.Name.EndsWith(".nuspec", StringComparison.Ordinal)).OpenAsync());
        var told = await reader.ReadToEndAsync();
        Assert.That(told, Does.Contain("""<license type="expression">Apache-2.0</license>""").And.Contain("<readme>README.md</readme>"));
        Assert.That(told.Split("<dependency ").Skip(1).Select(one => one.Split('"')[1]), Is.EqualTo(new[] { "Microsoft.Extensions.Http" }));
        Assert.That(Directory.GetFiles(_folder, "*.snupkg"), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task Cli_Packed_IsInstalledAsATool()
    {
        await PackAsync("Cli");
        var version = Path.GetFileNameWithoutExtension(Directory.GetFiles(_folder, "OgcProcesses.Cli.*.nupkg").Single())["OgcProcesses.Cli.".Length..];
        var tools = Path.Combine(_folder, "tools");
        await RunAsync("dotnet", "tool", "install", "OgcProcesses.Cli", "--version", version, "--tool-path", tools, "--source", _folder, "--no-http-cache");

        Assert.That(await RunAsync(Path.Combine(tools, "ogcp"), "--version"), Does.StartWith(version));
    }

    private Task<string> PackAsync(string project) =>
        RunAsync("dotnet", "pack", Path.Combine(Docs.SessionTests.Repository, "src", project), "-c", Configuration, "--no-build", "-o", _folder);

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var run = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var told = await run.StandardOutput.ReadToEndAsync();
        await run.WaitForExitAsync();
        Assert.That(run.ExitCode, Is.Zero, told);
        return told;
    }
}
