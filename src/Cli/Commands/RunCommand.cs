using System.CommandLine;
using OgcProcesses.Client;

namespace OgcProcesses.Cli.Commands;

/// <summary>Executes a process.</summary>
internal sealed class RunCommand : ServerCommand
{
    private readonly Argument<string> _process = new("process") { Description = "The process's identifier." };
    private readonly Option<bool> _wait = new("--wait") { Description = "Wait for the end, with progress and log. Ctrl-C ends the wait, and not the job." };
    private readonly Option<string?> _to = new("--to") { Description = "Wait, and save the results to this folder.", HelpName = "FOLDER" };
    private readonly Option<string[]> _outputs = new("--output") { Description = "Only this output; may be repeated." };
    private readonly Option<TimeSpan?> _reuse = new("--reuse") { Description = "Take results of an identical execution that are no older, such as 1.00:00:00." };

    public RunCommand()
        : base("run", "Execute a process. Inputs follow as --NAME VALUE: a value, JSON, @FILE of this machine, @- for the standard input, or a link; once more for several.")
    {
        Add(_process);
        foreach (var option in (Option[])[_wait, _to, _outputs, _reuse]) Add(option);
        TreatUnmatchedTokensAsErrors = false;
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var client = Connect(parsed);
        var process = await client.DescribeAsync(parsed.GetValue(_process)!, cancellationToken);
        var inputs = new InputArguments(process).Read(parsed.UnmatchedTokens);
        var options = new ExecuteOptions { Outputs = parsed.GetValue(_outputs) is { Length: > 0 } wanted ? wanted : null, ReuseWithin = parsed.GetValue(_reuse) };
        var job = await client.SubmitAsync(process.Id, inputs, options, cancellationToken);
        if (!parsed.GetValue(_wait) && parsed.GetValue(_to) is null)
        {
            if (IsJson(parsed)) Terminal.WriteJson(job.Status);
            else Console.Out.WriteLine(job.Id);
            return ExitCodes.Success;
        }

        Terminal.Tell($"Job {job.Id}");
        await Watch.ToTheEndAsync(job, cancellationToken);
        return await Watch.GiveResultsAsync(job, parsed.GetValue(_to), IsJson(parsed), cancellationToken);
    }
}
