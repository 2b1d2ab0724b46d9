namespace OgcProcesses.WebApi;

/// <summary>A word at the head of the command line, by which the program does one thing and ends: <c>migrate</c>, <c>migrate --script</c> or <c>links rotate</c>.</summary>
internal sealed class Command(string name, string[] arguments)
{
    private const string Migrate = "migrate";
    private const string Script = "--script";
    private const string Links = "links";
    private const string Rotate = "rotate";

    /// <summary>The command; null where there are settings alone.</summary>
    public static Command? Of(string[] args) =>
        args is [[not ('-' or '/'), ..] name, ..] && !name.Contains('=', StringComparison.Ordinal) ? new(name, args[1..]) : null;

    /// <summary>The arguments that are settings.</summary>
    public string[] Settings => name == Links ? arguments[Math.Min(1, arguments.Length)..] : [.. arguments.Where(argument => argument != Script)];

    /// <summary>Does it.</summary>
    /// <param name="migrate">Migrates the database, and says what was done.</param>
    /// <param name="script">The same as SQL.</param>
    /// <param name="rotate">Withdraws all signed links to results, and says so.</param>
    /// <returns>What to write to the console.</returns>
    /// <exception cref="ArgumentException">There is no such command.</exception>
    public async Task<string> RunAsync(Func<Task<string>> migrate, Func<string> script, Func<Task<string>> rotate)
    {
        if (name == Links && arguments is [Rotate, ..]) return await rotate();
        if (name != Migrate) throw new ArgumentException($"There is no command '{string.Join(' ', [name, .. name == Links ? arguments.Take(1) : []])}', only '{Migrate}', '{Migrate} {Script}' and '{Links} {Rotate}'.");
        // Settings have a section. A misspelt option must not be passed over: a script was wanted, and nothing changed.
        var unknown = Settings.FirstOrDefault(argument => argument.StartsWith('-') && !argument.Contains(':', StringComparison.Ordinal));
        if (unknown is not null) throw new ArgumentException($"'{Migrate}' has no option '{unknown}', only '{Script}'.");
        return arguments.Contains(Script) ? script().TrimEnd() : await migrate();
    }
}
