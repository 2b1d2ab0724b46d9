using System.Net;

namespace OgcProcesses.Client.Http;

/// <summary>Sends again what got no answer, or an answer that asks for patience.</summary>
/// <remarks>RFC 9110, 9.2.2: methods that may be repeated, and POST with an idempotency key.</remarks>
internal sealed class RetryHandler(OgcProcessesClientOptions options) : DelegatingHandler
{
    /// <summary>The header by which the server knows a request that it has seen before.</summary>
    public const string IdempotencyKey = "Idempotency-Key";

    /// <summary>Marks a request whose content can be read only once.</summary>
    public static readonly HttpRequestOptionsKey<bool> Once = new("OgcProcesses.Once");

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether a server is away for now, by what it or the proxy before it answers.</summary>
    public static bool IsAway(HttpStatusCode status) => status is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (var retry = 1; ; retry++)
        {
            var mayAgain = retry <= options.MaxRetries && IsRepeatable(request);
            var delay = Backoff(retry);
            try
            {
                var response = await base.SendAsync(request, cancellationToken);
                if (!mayAgain || !AsksForPatience(response.StatusCode)) return response;
                if (response.RetryAfter(options.TimeProvider) is { } wanted) delay = wanted;
                if (delay > options.MaxRetryDelay) return response;
                response.Dispose();
            }
            catch (HttpRequestException) when (mayAgain)
            {
            }

            await Task.Delay(delay, options.TimeProvider, cancellationToken);
        }
    }

    private static bool IsRepeatable(HttpRequestMessage request) =>
        !request.Options.TryGetValue(Once, out _)
        && (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head || request.Method == HttpMethod.Put || request.Method == HttpMethod.Delete
            || request.Headers.Contains(IdempotencyKey));

    private static bool AsksForPatience(HttpStatusCode status) =>
        status is HttpStatusCode.TooManyRequests || IsAway(status);

    /// <summary>Twice as long each time, and never for all clients at the same moment.</summary>
    private TimeSpan Backoff(int retry)
    {
        var most = TimeSpan.FromTicks(Math.Min((FirstDelay * Math.Pow(2, retry - 1)).Ticks, options.MaxRetryDelay.Ticks));
        return most * (0.5 + (Random.Shared.NextDouble() / 2));
    }
}
