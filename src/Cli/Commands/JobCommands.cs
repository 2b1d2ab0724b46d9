using System.CommandLine;
using OgcProcesses.Client;

namespace OgcProcesses.Cli.Commands;

/// <summary>Lists jobs.</summary>
internal sealed class JobsCommand : ServerCommand
{
    private readonly Option<string[]> _statuses = new("--status") { Description = "Only jobs of this status; may be repeated." };
    private readonly Option<string[]> _processes = new("--process") { Description = "Only jobs of this process; may be repeated." };
    private readonly Option<int> _limit = new("--limit") { Description = "The newest of them.", DefaultValueFactory = _ => 50 };

    public JobsCommand()
        : base("jobs", "List jobs, newest first.")
    {
        _statuses.AcceptOnlyFromAmong([.. Enum.GetNames<StatusCode>().Select(name => name.ToLowerInvariant())]);
        foreach (var option in (Option[])[_statuses, _processes, _limit]) Add(option);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var statuses = parsed.GetValue(_statuses)!.Select(word => Enum.Parse<StatusCode>(word, ignoreCase: true));
        var query = new JobQuery { Statuses = [.. statuses], Processes = parsed.GetValue(_processes) };
        var jobs = await Connect(parsed).ListJobsAsync(query, cancellationToken).Take(parsed.GetValue(_limit)).ToListAsync(cancellationToken);
        if (IsJson(parsed)) Terminal.WriteJson(jobs);
        else Terminal.WriteTable(["JOB", "PROCESS", "STATUS", "CREATED", "MESSAGE"], jobs.Select(job => new[] { $"{job.JobID}", job.ProcessID, Words.Of(job), $"{job.Created.ToLocalTime():yyyy-MM-dd HH:mm}", job.Message ?? "" }));
        return ExitCodes.Success;
    }
}

/// <summary>Tells how a job is.</summary>
internal sealed class StatusCommand() : JobCommand("status", "Tell how a job is, and why it failed.")
{
    protected override Task<int> RunAsync(Job job, ParseResult parsed, CancellationToken cancellationToken)
    {
        if (IsJson(parsed))
        {
            Terminal.WriteJson(job.Status);
            return Task.FromResult(ExitCodes.Success);
        }

        Console.Out.WriteLine(Terminal.Printable($"{Words.Of(job.Status)} ({job.Status.ProcessID}): {job.Status.Message}"));
        if (job.Status.Exception is { } why)
        {
            Console.Out.WriteLine(Terminal.Printable($"{why.Title}. {why.Detail}"));
            if (why.Stderr is { } stderr) Console.Out.WriteLine(Terminal.Printable(stderr));
            if (why.Remedy is { } remedy) Console.Out.WriteLine(Terminal.Printable(remedy));
        }

        return Task.FromResult(ExitCodes.Success);
    }
}

/// <summary>Shows a job's log.</summary>
internal sealed class LogsCommand : JobCommand
{
    private readonly Option<bool> _follow = new("--follow", "-f") { Description = "Go on until the job ends." };

    public LogsCommand()
        : base("logs", "Show what a job's program has written.") => Add(_follow);

    protected override async Task<int> RunAsync(Job job, ParseResult parsed, CancellationToken cancellationToken)
    {
        await foreach (var line in LinesAsync(job, parsed.GetValue(_follow), cancellationToken))
        {
            if (IsJson(parsed)) Terminal.WriteJsonLine(line);
            else Console.Out.WriteLine(Terminal.Printable(line.Text));
        }

        return ExitCodes.Success;
    }

    private static IAsyncEnumerable<LogEvent> LinesAsync(Job job, bool follow, CancellationToken cancellationToken) =>
        follow ? job.FollowAsync(cancellationToken: cancellationToken).OfType<LogEvent>() : job.ReadLogAsync(cancellationToken: cancellationToken);
}

/// <summary>Gives a job's results.</summary>
internal sealed class ResultsCommand : JobCommand
{
    private readonly Option<string?> _to = new("--to") { Description = "Save them to this folder.", HelpName = "FOLDER" };

    public ResultsCommand()
        : base("results", "Show the results of a job, or save them.") => Add(_to);

    protected override Task<int> RunAsync(Job job, ParseResult parsed, CancellationToken cancellationToken) =>
        Watch.GiveResultsAsync(job, parsed.GetValue(_to), IsJson(parsed), cancellationToken);
}

/// <summary>Dismisses a job.</summary>
internal sealed class DismissCommand() : JobCommand("dismiss", "Stop a job, or remove the results of one that has ended.")
{
    protected override async Task<int> RunAsync(Job job, ParseResult parsed, CancellationToken cancellationToken)
    {
        var status = await job.DismissAsync(cancellationToken);
        if (IsJson(parsed)) Terminal.WriteJson(status);
        return ExitCodes.Success;
    }
}

/// <summary>Enumerations as the API writes them.</summary>
internal static class Words
{
    public static string Of(StatusInfo job) => job.Status.ToString().ToLowerInvariant();
}
