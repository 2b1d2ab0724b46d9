using System.Net;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace OgcProcesses.WebApi.FunctionalTests.Security;

/// <summary>Somebody who looks at pages: keeps cookies, asks for HTML, sends the forms that they find. Follows no redirect, unless told to.</summary>
internal sealed class Visitor : IDisposable
{
    private readonly HttpClient _http;

    public Visitor(Server server, bool follows = false, params (string Name, string Value)[] headers)
    {
        _http = new(new HttpClientHandler { AllowAutoRedirect = follows, CookieContainer = Cookies }) { BaseAddress = server.Http.BaseAddress };
        foreach (var (name, value) in headers) _http.DefaultRequestHeaders.Add(name, value);
    }

    public CookieContainer Cookies { get; } = new();

    /// <summary>The cookie of the session; null for none.</summary>
    public string? Session
    {
        get => Cookies.GetCookies(_http.BaseAddress!)["ogc-session"]?.Value;
        set => Cookies.Add(new Cookie("ogc-session", value, "/", _http.BaseAddress!.Host));
    }

    public async Task<(HttpResponseMessage Response, IDocument Page)> GetAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        var response = await _http.SendAsync(request);
        return (response, await ReadAsync(response));
    }

    /// <summary>Asks as scripts and programs do.</summary>
    public async Task<Answer> AskAsync(string method, string path, string? json = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await _http.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    /// <summary>Opens the page of the login and sends its form.</summary>
    public async Task<(HttpResponseMessage Response, IDocument Page)> LogInAsync(string key, string query = "")
    {
        var (_, page) = await GetAsync($"login{query}");
        return await SubmitAsync(page, "form[action$=login]", ("key", key));
    }

    /// <summary>Sends a form of a page with what its fields hold, unless something else is given.</summary>
    public async Task<(HttpResponseMessage Response, IDocument Page)> SubmitAsync(IDocument page, string form, params (string Name, string Value)[] filled)
    {
        var found = page.QuerySelector(form) ?? throw new AssertionException($"The page has no {form}: {page.DocumentElement.OuterHtml}");
        var fields = found.QuerySelectorAll("input[name]").ToDictionary(input => input.GetAttribute("name")!, input => input.GetAttribute("value") ?? "");
        foreach (var (name, value) in filled) fields[name] = value;
        var response = await _http.PostAsync(found.GetAttribute("action"), new FormUrlEncodedContent(fields));
        return (response, await ReadAsync(response));
    }

    /// <summary>The token that scripts of a page send.</summary>
    public async Task<string> TokenAsync() =>
        (await GetAsync("")).Page.QuerySelector("meta[name=request-verification-token]")!.GetAttribute("content")!;

    public void Dispose() => _http.Dispose();

    private static async Task<IDocument> ReadAsync(HttpResponseMessage response) => await new HtmlParser().ParseDocumentAsync(await response.Content.ReadAsStringAsync());
}
