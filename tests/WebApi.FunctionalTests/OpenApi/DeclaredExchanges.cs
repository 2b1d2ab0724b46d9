using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace OgcProcesses.WebApi.FunctionalTests.OpenApi;

/// <summary>Holds every exchange of the tests against the API's definition: its status, media type and headers must be declared.</summary>
/// <remarks>
/// /req/oas30/completeness, /req/oas30/exceptions-codes. What is declared depends on no setting but how callers say who they are and
/// the profile of compatibility, so that servers which are alike in these share a definition. Pages and files outside the API are not in it.
/// </remarks>
internal sealed partial class DeclaredExchanges(Server server) : DelegatingHandler(new HttpClientHandler())
{
    private static readonly string[] Watched = ["Content-Location", "Content-Range", "ETag", "Link", "Location", "Preference-Applied"];

    private static readonly ConcurrentDictionary<(string, bool), Lazy<Task<JsonNode>>> Definitions = new();

    [GeneratedRegex("/{2,}")]
    private static partial Regex Slashes { get; }

    [GeneratedRegex(@"\\\{\w+}")]
    private static partial Regex Parameter { get; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        // Redirects have been followed.
        var sent = response.RequestMessage!;
        var path = sent.RequestUri!.AbsolutePath;
        // A name that is not the server's own is refused before there is any API, and so is a page of another origin.
        if (sent.Headers.Host is not null && response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.MisdirectedRequest) return response;
        if (sent.Headers.Contains("Origin") && response.StatusCode == HttpStatusCode.Forbidden) return response;
        if (sent.Method == HttpMethod.Options || !path.StartsWith(server.PathBase, StringComparison.Ordinal)) return response;
        path = Slashes.Replace(path[server.PathBase.Length..].TrimEnd('/'), "/");
        var definition = await Definitions.GetOrAdd(server.Declares, _ => new(ReadAsync)).Value;
        if (Find(definition["paths"]!.AsObject(), path.Length == 0 ? "/" : path) is { } item)
            Assert.That(Undeclared(definition, item, sent.Method, response), Is.Empty, $"{sent.Method} {sent.RequestUri} answers {(int)response.StatusCode}");
        return response;
    }

    private async Task<JsonNode> ReadAsync()
    {
        using var http = new HttpClient { BaseAddress = server.Http.BaseAddress };
        return JsonNode.Parse(await http.GetByteArrayAsync($"{server.PathBase}/api"))!;
    }

    /// <summary>The item of the general path that a request went to; null where there is none.</summary>
    private static JsonObject? Find(JsonObject paths, string path) => paths
        .Where(item => item.Key != "/{jobId}" || Guid.TryParse(path.Trim('/'), out _))
        .Where(item => !IsOfOneProcess(item.Key))
        .FirstOrDefault(item => Regex.IsMatch(path, $"^{Parameter.Replace(Regex.Escape(item.Key), "[^/]+")}$", RegexOptions.IgnoreCase))
        .Value?.AsObject();

    private static bool IsOfOneProcess(string path) =>
        path.StartsWith("/processes/", StringComparison.Ordinal) && !path.Contains('{', StringComparison.Ordinal);

    private static IEnumerable<string> Undeclared(JsonNode definition, JsonObject item, HttpMethod method, HttpResponseMessage response)
    {
        var name = method == HttpMethod.Head ? "get" : method.Method.ToLowerInvariant();
        if (item[name] is not { } operation)
        {
            if (response.StatusCode != HttpStatusCode.MethodNotAllowed) yield return "method";
            yield break;
        }

        var declared = operation["responses"]![$"{(int)response.StatusCode}"];
        if (declared is null)
        {
            yield return "status";
            yield break;
        }

        if (declared["$ref"] is { } reference) declared = definition["components"]!["responses"]![reference.GetValue<string>().Split('/')[^1]]!;
        var mediaTypes = declared["content"]?.AsObject().Select(content => content.Key.Split(';')[0]).ToList() ?? [];
        if (response.Content.Headers.ContentType?.MediaType is { } mediaType && !mediaTypes.Contains(mediaType) && !mediaTypes.Contains("*/*"))
            yield return $"media type {mediaType}";
        foreach (var header in response.Headers.Concat(response.Content.Headers).Select(header => header.Key).Intersect(Watched))
            if (declared["headers"]?[header] is null) yield return $"header {header}";
    }
}
