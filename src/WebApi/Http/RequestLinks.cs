using System.Net;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.WebUtilities;
using OgcProcesses.Application.Common.Links;

namespace OgcProcesses.WebApi.Http;

/// <summary>Makes links from the address that the current request was sent to.</summary>
internal sealed class RequestLinks(IHttpContextAccessor accessor) : ILinks
{
    private HttpRequest Request => accessor.HttpContext?.Request ?? throw new InvalidOperationException("Links are made within a request.");

    public string Url(string path) => UriHelper.BuildAbsolute(Request.Scheme, HostOf(Request), Request.PathBase, "/" + path);

    public string Current(params IEnumerable<KeyValuePair<string, string>> query)
    {
        var all = QueryHelpers.ParseQuery(Request.QueryString.Value);
        foreach (var (name, value) in query) all[name] = value;
        return QueryHelpers.AddQueryString(Url(Request.Path.Value!.TrimStart('/')), all);
    }

    /// <remarks>HTTP/1.0 needs no Host; then only the address that the request came in at is known.</remarks>
    private static HostString HostOf(HttpRequest request)
    {
        if (request.Host.HasValue) return request.Host;
        var connection = request.HttpContext.Connection;
        return new(MappedToIPv4(connection.LocalIpAddress ?? IPAddress.Loopback).ToString(), connection.LocalPort);
    }

    private static IPAddress MappedToIPv4(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
