using System.CommandLine;
using System.Text.Json;
using OgcProcesses.Client;

namespace OgcProcesses.Cli.Commands;

/// <summary>Lists processes.</summary>
internal sealed class ProcessesCommand() : ServerCommand("processes", "List the processes that you can see.")
{
    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var all = await Connect(parsed).ListProcessesAsync(cancellationToken).ToListAsync(cancellationToken);
        if (IsJson(parsed)) Terminal.WriteJson(all);
        else Terminal.WriteTable(["ID", "VERSION", "TITLE"], all.Select(process => new[] { process.Id, process.Version, process.Title ?? "" }));
        return ExitCodes.Success;
    }
}

/// <summary>Describes a process.</summary>
internal sealed class DescribeCommand : ServerCommand
{
    private readonly Argument<string> _process = new("process") { Description = "The process's identifier." };

    public DescribeCommand()
        : base("describe", "Tell what a process takes and gives.") => Add(_process);

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var process = await Connect(parsed).DescribeAsync(parsed.GetValue(_process)!, cancellationToken);
        if (IsJson(parsed))
        {
            Terminal.WriteJson(process);
            return ExitCodes.Success;
        }

        Console.Out.WriteLine(Terminal.Printable($"{process.Title ?? process.Id} ({process.Id} {process.Version})"));
        if (process.Description is { } description) Console.Out.WriteLine(Terminal.Printable(description));
        Console.Out.WriteLine();
        Terminal.WriteTable(["INPUT", "", "TYPE", "WHAT"], process.Inputs.Select(input => new[] { $"--{input.Key}", Occurs(input.Value), TypeOf(input.Value.Schema), input.Value.Title ?? "" }));
        Console.Out.WriteLine();
        Terminal.WriteTable(["OUTPUT", "TYPE", "WHAT"], process.Outputs.Select(output => new[] { output.Key, TypeOf(output.Value.Schema), output.Value.Title ?? "" }));
        return ExitCodes.Success;
    }

    private static string Occurs(InputDescription input) =>
        (input.MinOccurs == 0 ? "optional" : "required") + (input.MaxOccurs is JsonElement most && most.ToString() != "1" ? ", repeatable" : "");

    /// <summary>A schema in a word or two.</summary>
    private static string TypeOf(object schema)
    {
        var json = JsonSerializer.SerializeToElement(schema);
        if (json.TryGetProperty("contentMediaType", out var media)) return media.GetString()!;
        if (json.TryGetProperty("enum", out var words)) return string.Join(" | ", words.EnumerateArray());
        if (json.TryGetProperty("type", out var type)) return json.TryGetProperty("default", out var usual) ? $"{type} ({usual})" : type.ToString();
        if (json.TryGetProperty("oneOf", out var several)) return string.Join(" | ", several.EnumerateArray().Select(one => TypeOf(one)));
        return json.GetRawText().Contains("ogc-bbox", StringComparison.Ordinal) ? "west,south,east,north" : "any";
    }
}

/// <summary>Undeploys a process.</summary>
internal sealed class UndeployCommand : ServerCommand
{
    private readonly Argument<string> _process = new("process") { Description = "The process's identifier." };

    public UndeployCommand()
        : base("undeploy", "Take a process away; its jobs stay.") => Add(_process);

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await Connect(parsed).UndeployAsync(parsed.GetValue(_process)!, cancellationToken);
        return ExitCodes.Success;
    }
}
