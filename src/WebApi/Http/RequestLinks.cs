using System.Net;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Common.Links;

namespace OgcProcesses.WebApi.Http;

/// <summary>Makes links from the operator's public URL, else from a given root, else from the address that the current request was sent to.</summary>
internal sealed class RequestLinks(IHttpContextAccessor accessor, IOptions<ApiOptions> api) : ILinks
{
    // Follows the flow of control as the current request does, so that whatever makes links need not be told where it runs.
    private readonly AsyncLocal<Uri?> _given = new();

    public Uri Root => Fixed ?? (Uri.TryCreate(OfRequest(""), UriKind.Absolute, out var root)
        ? root
        : throw new BadHttpRequestException("The Host header names no host that links could lead to."));

    public bool AnswersPage => accessor.HttpContext is { Request: var request } && Representation.IsPage(request);

    private Uri? Fixed => api.Value.PublicUrl ?? _given.Value;

    private HttpRequest Request => accessor.HttpContext?.Request ?? throw new InvalidOperationException("Links are made within a request, or from a given root.");

    public string Url(string path) => Fixed is { } root
        ? UriHelper.BuildAbsolute(root.Scheme, HostString.FromUriComponent(root), PathString.FromUriComponent(root.AbsolutePath.TrimEnd('/')), "/" + path)
        : OfRequest(path);

    public string Current(params IEnumerable<KeyValuePair<string, string>> query)
    {
        var all = QueryHelpers.ParseQuery(Request.QueryString.Value);
        foreach (var (name, value) in query) all[name] = value;
        return QueryHelpers.AddQueryString(Url(Request.Path.Value!.TrimStart('/')), all);
    }

    public IDisposable From(Uri root)
    {
        _given.Value = root;
        return new Given(_given);
    }

    private string OfRequest(string path) => UriHelper.BuildAbsolute(Request.Scheme, HostOf(Request), Request.PathBase, "/" + path);

    /// <remarks>HTTP/1.0 needs no Host; then only the address that the request came in at is known.</remarks>
    private static HostString HostOf(HttpRequest request)
    {
        if (request.Host.HasValue) return request.Host;
        var connection = request.HttpContext.Connection;
        return new(MappedToIPv4(connection.LocalIpAddress ?? IPAddress.Loopback).ToString(), connection.LocalPort);
    }

    private static IPAddress MappedToIPv4(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private sealed class Given(AsyncLocal<Uri?> given) : IDisposable
    {
        public void Dispose() => given.Value = null;
    }
}
