using System.Net.Sockets;
using System.Text;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>Requests written byte by byte, as no client library would send them.</summary>
internal static class RawRequest
{
    /// <summary>The whole answer to a request after which the server closes the connection; lines may end in a bare line feed here.</summary>
    public static async Task<string> SendAsync(Server server, string request)
    {
        using var connection = await ConnectAsync(server);
        return await SendAsync(connection, request);
    }

    public static async Task<TcpClient> ConnectAsync(Server server)
    {
        var connection = new TcpClient();
        await connection.ConnectAsync(server.Http.BaseAddress!.Host, server.Http.BaseAddress.Port);
        return connection;
    }

    public static async Task<string> SendAsync(TcpClient connection, string request)
    {
        await connection.GetStream().WriteAsync(Encoding.UTF8.GetBytes(request.ReplaceLineEndings("\r\n")));
        using var reader = new StreamReader(connection.GetStream(), Encoding.UTF8, leaveOpen: true);
        return await reader.ReadToEndAsync();
    }

    public static int StatusOf(string answer) => int.Parse(answer.Split(' ', 3)[1], System.Globalization.CultureInfo.InvariantCulture);

    public static string? HeaderOf(string answer, string name) => HeadOf(answer).Split("\r\n")
        .FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();

    public static string HeadOf(string answer) => answer[..answer.IndexOf("\r\n\r\n", StringComparison.Ordinal)];

    public static string BodyOf(string answer) => answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
}
