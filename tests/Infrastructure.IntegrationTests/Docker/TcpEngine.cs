using System.Net;
using System.Net.Sockets;
using OgcProcesses.Infrastructure.Docker;

namespace OgcProcesses.Infrastructure.IntegrationTests.Docker;

/// <summary>The local engine behind a TCP port, as a remote one would be.</summary>
internal sealed class TcpEngine : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _accepting;

    public TcpEngine()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Endpoint => $"tcp://{_listener.LocalEndpoint}";

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Stop();
        await _accepting;
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ForwardAsync(await _listener.AcceptTcpClientAsync(_closing.Token));
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task ForwardAsync(TcpClient client)
    {
        using (client)
        using (var engine = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            try
            {
                await engine.ConnectAsync(new UnixDomainSocketEndPoint(new DockerOptions().EndpointUri.LocalPath), _closing.Token);
                await using var near = client.GetStream();
                await using var far = new NetworkStream(engine);
                await Task.WhenAny(near.CopyToAsync(far, _closing.Token), far.CopyToAsync(near, _closing.Token));
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
            }
        }
    }
}
