using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Logging;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>A reverse proxy that answers below /ogc, as operators put one before the server.</summary>
internal sealed class ReverseProxy : IAsyncDisposable
{
    public const string Prefix = "/ogc";

    private readonly WebApplication _app;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    private ReverseProxy(WebApplication app) => _app = app;

    /// <summary>The address of the API as its clients see it, without a slash at the end.</summary>
    public string Url => _app.Urls.Single() + Prefix;

    /// <param name="target">The server behind it.</param>
    /// <param name="strips">Whether it takes the prefix off the path.</param>
    /// <param name="announces">Whether it says so in X-Forwarded-Prefix.</param>
    public static async Task<ReverseProxy> StartAsync(Uri target, bool strips, bool announces)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var proxy = new ReverseProxy(builder.Build());
        proxy._app.Run(context => proxy.ForwardAsync(context, target, strips, announces));
        await proxy._app.StartAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    private async Task ForwardAsync(HttpContext context, Uri target, bool strips, bool announces)
    {
        var (from, to) = (context.Request, context.Response);
        var path = strips ? from.GetEncodedPathAndQuery()[Prefix.Length..] : from.GetEncodedPathAndQuery();
        using var request = new HttpRequestMessage(new HttpMethod(from.Method), target.GetLeftPart(UriPartial.Authority) + path);
        if (from.ContentLength > 0 || from.Headers.TransferEncoding.Count > 0) request.Content = new StreamContent(from.Body);
        foreach (var (name, values) in from.Headers.Where(header => header.Key is not ("Host" or "Transfer-Encoding")))
            if (!request.Headers.TryAddWithoutValidation(name, values.AsEnumerable())) request.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        request.Headers.Add("X-Forwarded-For", context.Connection.RemoteIpAddress!.ToString());
        request.Headers.Add("X-Forwarded-Proto", from.Scheme);
        request.Headers.Add("X-Forwarded-Host", from.Host.Value);
        if (announces) request.Headers.Add("X-Forwarded-Prefix", Prefix);

        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        to.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers).Where(header => header.Key is not "Transfer-Encoding"))
            to.Headers[name] = values.ToArray();
        if (!HttpMethods.IsHead(from.Method)) await response.Content.CopyToAsync(to.Body);
    }
}

/// <summary>nginx, set up as a document shows it.</summary>
internal sealed partial class Nginx : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ogcprocesses-test-").FullName;
    private readonly Process _process;

    private Nginx(string document, string path, IReadOnlyDictionary<string, Uri> targets)
    {
        var port = FreePort();
        Url = $"http://127.0.0.1:{port}{path}";
        var site = Example.Match(File.ReadAllText(Path.Combine(Repository(), document))).Groups["site"].Value
            .Replace("listen 80;", $"listen 127.0.0.1:{port};", StringComparison.Ordinal);
        foreach (var (shown, target) in targets) site = site.Replace(shown, target.Authority, StringComparison.Ordinal);
        var folders = string.Concat(new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }.Select(kind => $"{kind}_temp_path {_folder}/{kind}; "));
        File.WriteAllText(
            Path.Combine(_folder, "nginx.conf"),
            $"user root; daemon off; pid {_folder}/pid; events {{ }} http {{ access_log off; {folders} {site} }}");
        _process = Process.Start(new ProcessStartInfo("nginx", ["-p", _folder, "-e", "stderr", "-c", Path.Combine(_folder, "nginx.conf")])
        {
            RedirectStandardError = true,
        })!;
    }

    public string Url { get; }

    [GeneratedRegex("```nginx\n(?<site>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example { get; }

    public static bool IsAtHand { get; } = File.Exists("/usr/sbin/nginx");

    /// <summary>Starts it before one server, below /ogc, as the README shows it.</summary>
    public static Task<Nginx> StartAsync(Uri target) => StartAsync("README.md", "/ogc", new Dictionary<string, Uri> { ["127.0.0.1:8080"] = target });

    /// <param name="document">Where it is shown.</param>
    /// <param name="path">The path of the API there.</param>
    /// <param name="targets">The servers, by the names and ports that are shown.</param>
    public static async Task<Nginx> StartAsync(string document, string path, IReadOnlyDictionary<string, Uri> targets)
    {
        var nginx = new Nginx(document, path, targets);
        using var http = new HttpClient();
        for (var deadline = DateTime.UtcNow.AddSeconds(30); DateTime.UtcNow < deadline && !nginx._process.HasExited; await Task.Delay(50))
        {
            try
            {
                using var answer = await http.GetAsync(nginx.Url + "/health/live");
                return nginx;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
        }

        throw new InvalidOperationException($"nginx does not start: {(nginx._process.HasExited ? await nginx._process.StandardError.ReadToEndAsync() : "")}");
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "OgcProcesses.sln"))) folder = folder.Parent;
        return folder.FullName;
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
