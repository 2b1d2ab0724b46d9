namespace OgcProcesses.WebApi;

/// <summary>A word at the head of the command line, by which the program does one thing and ends: <c>migrate</c>, or <c>migrate --script</c>.</summary>
internal sealed class Command(string name, string[] arguments)
{
    private const string Migrate = "migrate";
    private const string Script = "--script";

    /// <summary>The command; null where there are settings alone.</summary>
    public static Command? Of(string[] args) =>
        args is [[not ('-' or '/'), ..] name, ..] && !name.Contains('=', StringComparison.Ordinal) ? new(name, args[1..]) : null;

    /// <summary>The arguments that are settings.</summary>
    public string[] Settings => [.. arguments.Where(argument => argument != Script)];

    /// <summary>Does it.</summary>
    /// <param name="migrate">Migrates the database, and says what was done.</param>
    /// <param name="script">The same as SQL.</param>
    /// <returns>What to write to the console.</returns>
    /// <exception cref="ArgumentException">There is no such command.</exception>
    public async Task<string> RunAsync(Func<Task<string>> migrate, Func<string> script)
    {
        if (name != Migrate) throw new ArgumentException($"There is no command '{name}', only '{Migrate}' and '{Migrate} {Script}'.");
        // Settings have a section. A misspelt option must not be passed over: a script was wanted, and nothing changed.
        var unknown = Settings.FirstOrDefault(argument => argument.StartsWith('-') && !argument.Contains(':', StringComparison.Ordinal));
        if (unknown is not null) throw new ArgumentException($"'{Migrate}' has no option '{unknown}', only '{Script}'.");
        return arguments.Contains(Script) ? script().TrimEnd() : await migrate();
    }
}
