using System.Net.Http.Headers;

namespace OgcProcesses.Client.Http;

/// <summary>Says who asks, to the server alone: a link to a result may lead into somebody's bucket.</summary>
internal sealed class AuthenticationHandler(OgcProcessesClientOptions options) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (options.Server is { } server && request.RequestUri is { } to && Uri.Compare(server, to, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0)
        {
            var credential = options.AccessToken is { } provider ? await provider(cancellationToken) : options.ApiKey;
            if (credential is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        }

        return await base.SendAsync(request, cancellationToken);
    }
}
