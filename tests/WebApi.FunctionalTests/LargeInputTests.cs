using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>A link to a gibibyte, fetched by a server process whose memory is watched.</summary>
[Platform("Linux")]
internal sealed class LargeInputTests
{
    private const long Length = 1L << 30;
    private const long MostMoreMemory = 64L << 20;

    private string _folder = "";
    private ServerProcess _server = null!;
    private WebApplication _data = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _folder = Directory.CreateTempSubdirectory("ogcprocesses-test-").FullName;
        _server = new ServerProcess(_folder, "--Fetch:AllowedNetworks:0", "127.0.0.0/8");
        await _server.StartAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _data = builder.Build();
        _data.Run(SendAsync);
        await _data.StartAsync();
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _data.DisposeAsync();
        await _server.StopAsync();
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task Job_WithAnInputOfAGibibyte_TakesLessThan64MebibytesMore()
    {
        var package = Package.Running("stat -c %s \"$1\"")
            .Taking("file", """{ "type": "string", "contentMediaType": "application/octet-stream", "contentEncoding": "binary" }""")
            .Giving("size", """{ "type": "integer" }""")
            .Binding("inputBindings", "file", """{ "position": 1 }""")
            .Binding("outputBindings", "size", """{ "stdout": true }""");
        await _server.DeployAsync(package);
        Assert.That(await SizeAsync(package, 1), Is.EqualTo(1), "everything that a fetch needs is loaded");
        ForgetPeak();
        var before = Memory("VmHWM");

        Assert.That(await SizeAsync(package, Length), Is.EqualTo(Length));

        var more = Memory("VmHWM") - before;
        TestContext.Out.WriteLine($"1 GiB took {more >> 20} MiB more than {before >> 20} MiB.");
        Assert.That(more, Is.LessThan(MostMoreMemory));
    }

    private async Task<long> SizeAsync(Package package, long length)
    {
        var jobId = await _server.ExecuteAsync(package.Id, $$"""{ "inputs": { "file": { "href": "{{_data.Urls.Single()}}/{{length}}" } } }""");
        var ended = await _server.UntilAsync(jobId, status => status["status"]!.GetValue<string>() is "successful" or "failed");
        Assert.That(ended["status"]!.GetValue<string>(), Is.EqualTo("successful"), ended.ToJsonString());
        return (await _server.GetAsync($"/jobs/{jobId}/results"))["size"]!.GetValue<long>();
    }

    private static async Task SendAsync(HttpContext context)
    {
        var left = long.Parse(context.Request.Path.Value!.Trim('/'), CultureInfo.InvariantCulture);
        context.Response.ContentLength = left;
        for (var piece = new byte[1 << 16]; left > 0; left -= piece.Length)
            await context.Response.Body.WriteAsync(piece.AsMemory(0, (int)Math.Min(left, piece.Length)));
    }

    /// <summary>Lets the peak begin at what the process holds now; man 5 proc_pid_clear_refs.</summary>
    private void ForgetPeak() => File.WriteAllText($"/proc/{_server.ProcessId}/clear_refs", "5");

    /// <summary>A line of the process's status, in bytes.</summary>
    private long Memory(string name) => 1024 * long.Parse(
        File.ReadLines($"/proc/{_server.ProcessId}/status").Single(line => line.StartsWith(name + ":", StringComparison.Ordinal))
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);
}
