using System.Text.Json;

namespace OgcProcesses.Client.Http;

/// <summary>Throws what the server refuses, with its reasons.</summary>
internal sealed class ProblemHandler(TimeProvider clock) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if ((int)response.StatusCode < 400) return response;
        using (response) throw new OgcProcessesException(response.StatusCode, await ProblemOfAsync(response, cancellationToken), response.RetryAfter(clock), response.Headers.Location);
    }

    private static async Task<Problem?> ProblemOfAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.OrdinalIgnoreCase) is not true) return null;
        try
        {
            await using var content = await response.Content.ReadAsStreamAsync(cancellationToken);
            return await JsonSerializer.DeserializeAsync(content, ApiJson.Default.Problem, cancellationToken);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
