using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace OgcProcesses.WebApi.Http;

/// <summary>Marks what clients ask again and again while they wait; it counts for the request rate only where the operator says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PolledAttribute : Attribute;

/// <summary>Keeps one client from taking the server for itself: rates, sizes, connections.</summary>
internal static class RequestLimits
{
    private const int BitsOfASite = 64;

    public static IServiceCollection AddRequestLimits(this IServiceCollection services)
    {
        services.AddOptions<LimitOptions>()
            .BindConfiguration(LimitOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<LimitOptions>>((kestrel, options) =>
        {
            var (limits, to) = (options.Value, kestrel.Limits);
            to.MaxConcurrentConnections = limits.MaxConnections;
            to.MinRequestBodyDataRate = new(limits.MinBodyBytesPerSecond, TimeSpan.FromSeconds(5));
            to.RequestHeadersTimeout = limits.HeaderTimeout;
            to.MaxRequestHeadersTotalSize = limits.MaxHeaderBytes;
            to.MaxRequestLineSize = limits.MaxRequestLineBytes;
        });
        services.AddRateLimiter(_ => { });
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<LimitOptions>>((limiter, options) =>
        {
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, IPAddress>(context => PartitionOf(context, options.Value));
            limiter.OnRejected = RefuseAsync;
        });
        return services;
    }

    private static RateLimitPartition<IPAddress> PartitionOf(HttpContext context, LimitOptions limits)
    {
        var isFree = limits.RequestsPerSecond == 0
            || (!limits.CountPolling && context.GetEndpoint()?.Metadata.GetMetadata<PolledAttribute>() is not null);
        return isFree
            ? RateLimitPartition.GetNoLimiter(IPAddress.None)
            : RateLimitPartition.GetTokenBucketLimiter(SiteOf(context.Connection.RemoteIpAddress), _ => new()
            {
                TokenLimit = Math.Max(limits.RequestBurst, limits.RequestsPerSecond),
                TokensPerPeriod = limits.RequestsPerSecond,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            });
    }

    /// <summary>An IPv4 address; of IPv6 the network, within which one machine has any number of addresses.</summary>
    internal static IPAddress SiteOf(IPAddress? address)
    {
        if (address is null) return IPAddress.None;
        if (address.AddressFamily == AddressFamily.InterNetwork) return address;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        Array.Clear(bytes, BitsOfASite / 8, bytes.Length - (BitsOfASite / 8));
        return new(bytes);
    }

    private static async ValueTask RefuseAsync(OnRejectedContext refused, CancellationToken cancellationToken)
    {
        var (context, response) = (refused.HttpContext, refused.HttpContext.Response);
        var wait = refused.Lease.TryGetMetadata(MetadataName.RetryAfter, out var known) ? known : TimeSpan.FromSeconds(1);
        response.StatusCode = StatusCodes.Status429TooManyRequests;
        response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        var limit = context.RequestServices.GetRequiredService<IOptions<LimitOptions>>().Value.RequestsPerSecond;
        await context.RequestServices.GetRequiredService<IProblemDetailsService>().TryWriteAsync(new()
        {
            HttpContext = context,
            ProblemDetails = new() { Status = response.StatusCode, Detail = $"More than {limit} requests a second came from your address (Limits:RequestsPerSecond)." },
        });
    }
}

/// <summary>Takes packages of a smaller size than other bodies: they are read and kept in memory.</summary>
internal sealed class PackageSize(IOptions<LimitOptions> limits) : IResourceFilter
{
    /// <inheritdoc />
    public void OnResourceExecuting(ResourceExecutingContext context)
    {
        if (!context.ActionDescriptor.EndpointMetadata.OfType<PackageMediaTypeAttribute>().Any()) return;
        var size = context.HttpContext.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>();
        if (!size.IsReadOnly && !(size.MaxRequestBodySize < limits.Value.MaxPackageBytes)) size.MaxRequestBodySize = limits.Value.MaxPackageBytes;
    }

    /// <inheritdoc />
    public void OnResourceExecuted(ResourceExecutedContext context)
    {
    }
}
