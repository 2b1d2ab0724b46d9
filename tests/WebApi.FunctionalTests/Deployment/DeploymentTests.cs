using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;
using YamlDotNet.Serialization;

namespace OgcProcesses.WebApi.FunctionalTests.Deployment;

/// <summary>What the server is deployed with, as far as the programs that read it are here.</summary>
internal sealed partial class DeploymentTests
{
    private static readonly string Build = Path.Combine(Docs.SessionTests.Repository, "build");

    [GeneratedRegex(@"^ENV (?<all>(?:.*\\\n)*.*)", RegexOptions.Multiline)]
    private static partial Regex Variables { get; }

    [Test]
    public async Task Compose_WithTheVariablesOfTheExample_IsValid()
    {
        var (exitCode, told) = await RunAsync("docker-compose", "-f", Path.Combine(Build, "compose.yaml"), "--env-file", Path.Combine(Build, "compose.env.example"), "config", "--services");
        Assert.That(exitCode, Is.Zero, told);
        Assert.That(told.Split('\n', StringSplitOptions.RemoveEmptyEntries), Is.EquivalentTo(new[] { "server", "engine", "postgres", "sqlserver" }));
    }

    [Test]
    public async Task Settings_OfComposeAndImage_AreThoseOfTheServer()
    {
        var compose = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(await File.ReadAllTextAsync(Path.Combine(Build, "compose.yaml")));
        var server = (Dictionary<object, object>)((Dictionary<object, object>)compose["services"])["server"];
        var image = Variables.Match(await File.ReadAllTextAsync(Path.Combine(Build, "Dockerfile"))).Groups["all"].Value;
        var names = ((Dictionary<object, object>)server["environment"]).Keys.Select(name => $"{name}")
            .Concat(image.Split(['\\', '\n', ' '], StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')[0])).Where(name => name.Contains("__", StringComparison.Ordinal)).ToList();
        var readme = await File.ReadAllTextAsync(Path.Combine(Docs.SessionTests.Repository, "README.md"));

        Assert.That(names, Has.Count.EqualTo(9));
        Assert.That(names.Where(name => !readme.Contains($"| `{name.Replace("__", ":", StringComparison.Ordinal)}` |", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public async Task Unit_OfSystemd_IsValid()
    {
        // It wants the program that the unit starts.
        if (!File.Exists("/usr/bin/dotnet")) Assert.Ignore("There is no /usr/bin/dotnet.");
        var (exitCode, told) = await RunAsync("systemd-analyze", "verify", "--man=no", Path.Combine(Build, "ogcprocesses.service"));
        Assert.That((exitCode, told), Is.EqualTo((0, "")));
    }

    internal static async Task<(int ExitCode, string Told)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var run = Process.Start(start)!;
            var output = run.StandardOutput.ReadToEndAsync();
            var errors = await run.StandardError.ReadToEndAsync();
            await run.WaitForExitAsync();
            return (run.ExitCode, await output + errors);
        }
        catch (Win32Exception)
        {
            Assert.Ignore($"There is no {program}.");
            throw;
        }
    }
}
