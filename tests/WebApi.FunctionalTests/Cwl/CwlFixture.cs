using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace OgcProcesses.WebApi.FunctionalTests.Cwl;

/// <summary>What tests of CWL share: an image whose entrypoint runs whatever it is given, and a server of files.</summary>
[SetUpFixture]
internal sealed class CwlFixture
{
    /// <summary>The busybox of ogcprocesses/echo:1, as general tools are packed.</summary>
    public const string Image = "ogcprocesses/test-tools:1";

    private static readonly Dictionary<string, byte[]> Files = [];
    private static WebApplication? _host;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        await Engine.TagAsync("ogcprocesses/echo:1", "ogcprocesses/test-tools", "1", """["/bin/busybox", "env"]""");
        _host = WebApplication.CreateSlimBuilder().Build();
        _host.Urls.Add("http://127.0.0.1:0");
        _host.MapGet("/{folder}/{name}", (string folder, string name) =>
            Files.TryGetValue($"{folder}/{name}", out var content) ? Results.Bytes(content) : Results.NotFound());
        await _host.StartAsync();
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await _host!.DisposeAsync();

    /// <summary>Serves a file in a folder of its own and gives its URL.</summary>
    public static string Serve(string name, string content)
    {
        var path = $"{Guid.NewGuid():N}/{name}";
        Files[path] = System.Text.Encoding.UTF8.GetBytes(content);
        return $"{_host!.Urls.First()}/{path}";
    }
}
