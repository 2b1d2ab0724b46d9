using System.Runtime.InteropServices;
using Microsoft.Playwright;

namespace OgcProcesses.WebApi.FunctionalTests.Html;

/// <summary>Debian's Chromium, without a window, and what it complains of.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _chromium;
    private readonly List<string> _complaints = [];

    private Browser(IPlaywright playwright, IBrowser chromium) => (_playwright, _chromium) = (playwright, chromium);

    /// <summary>Errors and warnings of pages, and requests to other hosts, since the last look; a refused request is told by status.</summary>
    public IReadOnlyList<string> Complaints
    {
        get
        {
            List<string> all = [.. _complaints];
            _complaints.Clear();
            return all;
        }
    }

    /// <summary>Starts it; where there is none, the tests that need it are skipped.</summary>
    public static async Task<Browser> StartAsync()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "chromium")).FirstOrDefault(File.Exists);
        if (path is null) Assert.Ignore("Needs Chromium: apt-get install chromium.");
        var playwright = await Playwright.CreateAsync();
        var isRoot = RuntimeInformation.IsOSPlatform(OSPlatform.Linux) && Environment.UserName == "root";
        return new(playwright, await playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = isRoot ? ["--no-sandbox"] : [] }));
    }

    /// <summary>A page of its own session.</summary>
    public async Task<IPage> OpenAsync(string url, bool scripts = true, bool dark = false, int width = 1200)
    {
        var context = await _chromium.NewContextAsync(new()
        {
            JavaScriptEnabled = scripts,
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            ViewportSize = new() { Width = width, Height = 800 },
        });
        context.SetDefaultTimeout(60_000);
        var page = await context.NewPageAsync();
        var host = new Uri(url).Authority;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") _complaints.Add($"{page.Url}: {message.Text}");
        };
        page.PageError += (_, error) => _complaints.Add($"{page.Url}: {error}");
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith("data:", StringComparison.Ordinal) && new Uri(request.Url).Authority != host) _complaints.Add($"{page.Url} asks {request.Url}");
        };
        await page.GotoAsync(url);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await _chromium.DisposeAsync();
        _playwright.Dispose();
    }
}
