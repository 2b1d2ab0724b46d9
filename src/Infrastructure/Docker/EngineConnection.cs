using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Docker.DotNet;
using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Infrastructure.Docker;

/// <summary>Talks to the engine; whatever goes wrong there is told as an <see cref="EngineException"/>.</summary>
internal sealed class EngineConnection : IDisposable
{
    private readonly Uri _endpoint;
    private readonly DockerClient _client;
    private readonly DockerClient _transfers;

    public EngineConnection(DockerOptions options)
    {
        _endpoint = options.EndpointUri;
        _client = Connect(options.RequestTimeout);
        _transfers = Connect(Timeout.InfiniteTimeSpan);
    }

    /// <summary>Asks within the request timeout. What is endless by nature (wait, logs, pull) Docker.DotNet leaves without one.</summary>
    public Task<T> AskAsync<T>(Func<DockerClient, Task<T>> ask, CancellationToken cancellationToken) =>
        TellAsync(() => ask(_client), cancellationToken);

    /// <inheritdoc cref="AskAsync{T}" />
    public Task AskAsync(Func<DockerClient, Task> ask, CancellationToken cancellationToken) =>
        AskAsync(async client => { await ask(client); return true; }, cancellationToken);

    /// <summary>Asks without a timeout: for uploads, which Docker.DotNet would cut.</summary>
    public Task TransferAsync(Func<DockerClient, Task> ask, CancellationToken cancellationToken) =>
        TellAsync(async () => { await ask(_transfers); return true; }, cancellationToken);

    /// <summary>Does one step of reading an answer.</summary>
    public async Task<T> TellAsync<T>(Func<Task<T>> step, CancellationToken cancellationToken)
    {
        try
        {
            return await step();
        }
        catch (DockerApiException e)
        {
            throw new EngineAnswerException(_endpoint, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EngineException($"The container engine at {_endpoint} did not answer in time; it may be overloaded or stuck.", e);
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or IOException or InvalidDataException or TimeoutException)
        {
            throw new EngineException($"The container engine at {_endpoint} can't be reached: {e.GetBaseException().Message}. {Hint(e)}", e);
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _transfers.Dispose();
    }

    private static string Hint(Exception e) => (e as SocketException ?? e.GetBaseException() as SocketException)?.SocketErrorCode switch
    {
        SocketError.AccessDenied => "May the server's user open it (group docker)?",
        SocketError.ConnectionReset or SocketError.Shutdown => "Was it restarted?",
        _ => "Does it run, and is Docker:Endpoint (or DOCKER_HOST) right?",
    };

    private DockerClient Connect(TimeSpan timeout) => new DockerClientConfiguration(
        _endpoint,
        _endpoint.Scheme == "npipe" ? new AnonymousCredentials() : new KeepAlive(_endpoint),
        timeout).CreateClient();

    /// <summary>Keeps connections open between requests.</summary>
    /// <remarks>
    /// Docker.DotNet's own handler opens one per request, and loses the end of archives that come over TCP; credentials are
    /// the only place where it lets another handler in. Named pipes stay with it.
    /// </remarks>
    private sealed class KeepAlive(Uri endpoint) : Credentials
    {
        public override bool IsTlsCredentials() => false;

        public override HttpMessageHandler GetHandler(HttpMessageHandler innerHandler)
        {
            innerHandler.Dispose();
            return new SocketsHttpHandler
            {
                UseProxy = false,
                UseCookies = false,
                AllowAutoRedirect = false,
                ActivityHeadersPropagator = null,
                ConnectCallback = endpoint.Scheme == "unix" ? ConnectAsync : null,
            };
        }

        private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
        {
            var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(endpoint.LocalPath), cancellationToken);
                return new NetworkStream(connection, ownsSocket: true);
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        }
    }
}

/// <summary>The engine answered, and refused.</summary>
internal sealed class EngineAnswerException : EngineException
{
    public EngineAnswerException(Uri endpoint, DockerApiException answer)
        : base($"The container engine at {endpoint} answered {(int)answer.StatusCode}: {ReasonOf(answer)}", answer) =>
        (Status, Reason) = (answer.StatusCode, ReasonOf(answer));

    public HttpStatusCode Status { get; }

    /// <summary>The engine's own words.</summary>
    public string Reason { get; }

    private static string ReasonOf(DockerApiException answer)
    {
        try
        {
            using var body = JsonDocument.Parse(answer.ResponseBody ?? "");
            return body.RootElement.GetProperty("message").GetString() ?? answer.Message;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return string.IsNullOrWhiteSpace(answer.ResponseBody) ? answer.StatusCode.ToString() : answer.ResponseBody.Trim();
        }
    }
}
