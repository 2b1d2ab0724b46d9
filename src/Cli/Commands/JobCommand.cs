using System.CommandLine;
using OgcProcesses.Client;

namespace OgcProcesses.Cli.Commands;

/// <summary>A command about one job.</summary>
internal abstract class JobCommand : ServerCommand
{
    private readonly Argument<Guid> _job = new("job") { Description = "The job's identifier." };

    protected JobCommand(string name, string description)
        : base(name, description) => Add(_job);

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken) =>
        await RunAsync(await Connect(parsed).GetJobAsync(parsed.GetValue(_job), cancellationToken), parsed, cancellationToken);

    protected abstract Task<int> RunAsync(Job job, ParseResult parsed, CancellationToken cancellationToken);
}
