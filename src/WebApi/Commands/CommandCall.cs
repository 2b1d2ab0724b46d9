using System.CommandLine;
using System.CommandLine.Invocation;

namespace OgcProcesses.WebApi.Commands;

/// <summary>Words at the head of the command line, and the settings behind them.</summary>
internal sealed class CommandCall
{
    private readonly ParseResult _parsed;

    private CommandCall(ParseResult parsed) => _parsed = parsed;

    /// <summary>The call; null where there are settings alone, and the server is to start.</summary>
    public static CommandCall? Of(string[] args)
    {
        if (args is not [[not ('-' or '/'), ..] name, ..] || name.Contains('=', StringComparison.Ordinal)) return null;
        var root = new RootCommand("A server for OGC API - Processes. Without a command it starts; settings follow as '--Section:Key value'.")
        {
            new MigrateCommand(),
            new OpenApiCommand(),
            new Command("keys", "The keys of callers, for Security:Mode ApiKeys.") { new CreateKeyCommand(), new ListKeysCommand(), new RevokeKeyCommand() },
            new Command("links", "The signed links to results.") { new RotateLinksCommand() },
        };
        root.TreatUnmatchedTokensAsErrors = false;
        return new(root.Parse(args));
    }

    /// <summary>The arguments that are settings.</summary>
    public string[] Settings => [.. _parsed.UnmatchedTokens];

    /// <summary>Does it.</summary>
    /// <exception cref="ArgumentException">There is no such command or option, or one is missing.</exception>
    public async Task RunAsync(IServiceProvider services)
    {
        var called = _parsed.CommandResult.Command;
        // That of '--help' and '--version'.
        if (_parsed.Action is { } own and not ParseErrorAction) await _parsed.InvokeAsync();
        else if (called is not ServerCommand command) throw new ArgumentException($"There is no command '{string.Join(' ', [.. NamesOf(called), .. Settings.Take(1)])}'. {Usage(called)}");
        else if (Misspelt() is { } wrong) throw new ArgumentException($"'{called.Name}' has no option '{wrong}'. {Usage(called)}");
        else if (_parsed.Errors is [var error, ..]) throw new ArgumentException($"{error.Message} {Usage(called)}");
        else await command.RunAsync(services, _parsed);
    }

    /// <remarks>Settings have a section. A misspelt option must not be passed over: a script was wanted, and nothing changed.</remarks>
    private string? Misspelt() => Settings.FirstOrDefault(argument => argument.StartsWith('-') && !argument.Contains(':', StringComparison.Ordinal));

    private static IEnumerable<string> NamesOf(Command called) => called is RootCommand ? [] : [called.Name];

    private static string Usage(Command called) => called.Subcommands.Count > 0
        ? $"Commands are {string.Join(", ", called.Subcommands.Select(command => $"'{string.Join(' ', [.. NamesOf(called), command.Name])}'"))}; each has '--help'."
        : $"Its options are {string.Join(", ", called.Options.Select(option => $"'{option.Name}'"))}.";
}
