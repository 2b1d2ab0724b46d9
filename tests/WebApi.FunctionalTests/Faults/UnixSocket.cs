using System.Net.Sockets;

namespace OgcProcesses.WebApi.FunctionalTests.Faults;

/// <summary>HTTP over a socket in the file system.</summary>
internal static class UnixSocket
{
    public static HttpClient Client(string path, TimeSpan timeout) =>
        new(new SocketsHttpHandler { ConnectCallback = (_, token) => ConnectAsync(path, token) }) { BaseAddress = new Uri("http://localhost"), Timeout = timeout };

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(connection, ownsSocket: true);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
