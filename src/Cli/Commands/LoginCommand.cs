using System.CommandLine;
using System.Text;
using OgcProcesses.Client;

namespace OgcProcesses.Cli.Commands;

/// <summary>Keeps a key for a server, which is asked from then on where none is named.</summary>
internal sealed class LoginCommand() : ServerCommand("login", "Keep a key for a server, and ask it from now on. The key is read from the terminal or the standard input; empty for a server that asks for none.")
{
    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var logins = Logins.Read();
        var server = ServerOf(parsed, logins);
        if (server.Scheme == "http" && !server.IsLoopback) Terminal.Tell("Warning: the key goes to this server in clear, for everybody on the way to read. Use https.");
        var key = ReadKey($"Key for {server} (empty for none): ");
        var me = await new OgcProcessesClient(server, key.Length == 0 ? null : key).WhoAmIAsync(cancellationToken);
        logins.Server = server.ToString();
        if (key.Length == 0) logins.Keys.Remove(server.ToString());
        else logins.Keys[server.ToString()] = key;
        logins.Write();
        if (IsJson(parsed)) Terminal.WriteJson(me);
        else Terminal.Tell($"You are '{me.Id}', {me.Role?.ToString().ToLowerInvariant() ?? "without a role"}. Kept in {Logins.Path}");
        return ExitCodes.Success;
    }

    /// <summary>Reads a key without showing it; never from the command line, which others of the machine can read.</summary>
    private static string ReadKey(string prompt)
    {
        if (Console.IsInputRedirected) return Console.In.ReadLine()?.Trim() ?? "";
        Console.Error.Write(prompt);
        var key = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } pressed)
        {
            if (pressed.Key == ConsoleKey.Backspace) key.Length = Math.Max(0, key.Length - 1);
            else key.Append(pressed.KeyChar);
        }

        Console.Error.WriteLine();
        return key.ToString().Trim();
    }
}
