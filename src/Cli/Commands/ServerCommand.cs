using System.CommandLine;
using OgcProcesses.Client;

namespace OgcProcesses.Cli.Commands;

/// <summary>A command that asks a server.</summary>
internal abstract class ServerCommand : Command
{
    private readonly Option<string?> _server = new("--server") { Description = "The server's address. Else OGCP_SERVER, else that of the last login.", HelpName = "URL" };
    private readonly Option<bool> _json = new("--json") { Description = "JSON for scripts." };

    protected ServerCommand(string name, string description)
        : base(name, description)
    {
        Add(_server);
        Add(_json);
        SetAction(async (parsed, cancellationToken) => await RunAsync(parsed, cancellationToken));
    }

    protected abstract Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken);

    protected bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>The server that is named, or that of the last login.</summary>
    protected Uri ServerOf(ParseResult parsed, Logins logins)
    {
        var named = parsed.GetValue(_server) ?? Environment.GetEnvironmentVariable("OGCP_SERVER") ?? logins.Server
            ?? throw new UsageException("Which server? Name it by --server URL or the variable OGCP_SERVER, or log in: ogcp login --server URL");
        return Uri.TryCreate(named.TrimEnd('/') + "/", UriKind.Absolute, out var server) && server.Scheme is "http" or "https" ? server : throw new UsageException($"'{named}' is no address such as https://processes.example.org.");
    }

    /// <summary>A client that says who asks: by OGCP_KEY or OGCP_TOKEN, or as at the login.</summary>
    protected OgcProcessesClient Connect(ParseResult parsed)
    {
        var logins = Logins.Read();
        var server = ServerOf(parsed, logins);
        var token = Environment.GetEnvironmentVariable("OGCP_TOKEN");
        return new(new OgcProcessesClientOptions
        {
            Server = server,
            // Somebody waits for a word.
            MaxRetries = 2,
            ApiKey = Environment.GetEnvironmentVariable("OGCP_KEY") ?? logins.Keys.GetValueOrDefault(server.ToString()),
            AccessToken = token is null ? null : _ => ValueTask.FromResult(token),
        });
    }
}
