using System.Text.Json;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.WebApi.Http;

namespace OgcProcesses.WebApi.Security;

/// <summary>Where the current request comes from, behind the proxies that are known.</summary>
internal sealed class RequestOrigin(IHttpContextAccessor accessor) : IRequestOrigin
{
    private static readonly Origin Server = new("server", null, null, null, null);

    public Origin Current
    {
        get
        {
            if (accessor.HttpContext is not { } context) return Server;
            var address = context.Connection.RemoteIpAddress;
            return new(
                JsonNamingPolicy.CamelCase.ConvertName(context.User.Identity?.AuthenticationType ?? ""),
                (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString(),
                RequestLimits.SiteOf(address).ToString(),
                context.TraceIdentifier,
                context.Request.Headers.UserAgent);
        }
    }
}
