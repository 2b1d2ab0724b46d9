using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Common;
using OgcProcesses.Application.Common.Paging;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Processes.Image;

/// <summary>Makes the image of a process present and notes on the process how that stands.</summary>
public sealed partial class ImageKeeper(
    IProcessStore processes, IContainerRunner runner, IOptions<RunnerOptions> options, TimeProvider clock, ILogger<ImageKeeper> logger)
{
    private readonly ImageRules _rules = new(options.Value);

    /// <summary>Asks for a look at every image that nobody has looked at, or whose pull a stop of the server has cut.</summary>
    public async Task AddUnfinishedAsync(ImageRequests requests, CancellationToken cancellationToken)
    {
        Cursor? cursor = null;
        do
        {
            var page = await processes.ListAsync(ProcessFilter.All, cursor, PageSize.Default, cancellationToken);
            foreach (var process in page.Items.Where(process => process.Image is ImageStatus.Unknown or ImageStatus.Pulling)) requests.Add(process.Id);
            cursor = page.Next;
        }
        while (cursor is not null);
    }

    /// <summary>Looks at, and if need be pulls, the image of one process.</summary>
    public async Task EnsureAsync(ProcessId id, CancellationToken cancellationToken)
    {
        if (await processes.FindAsync(id, cancellationToken) is not { } process) return;
        var revision = process.Revision;
        if (_rules.Refusal(revision.Unit.Image) is { } refusal)
        {
            await NoteAsync(ImageStatus.Unavailable, refusal);
            return;
        }

        try
        {
            await using (var pulling = new LatestWriter<string>(message => NoteAsync(ImageStatus.Pulling, message), clock))
                await runner.EnsureImageAsync(revision.Unit.PinnedImage ?? revision.Unit.Image, pulling, cancellationToken);
            await NoteAsync(ImageStatus.Present, null);
        }
        catch (ImageUnavailableException unavailable)
        {
            await NoteAsync(ImageStatus.Unavailable, unavailable.Message);
        }
        catch (EngineException failure)
        {
            LogNotLookedAt(id, failure.Message);
            await NoteAsync(ImageStatus.Unknown, failure.Message);
        }

        Task NoteAsync(ImageStatus status, string? message) =>
            processes.UpdateAsync(id, current => current.NoteImage(revision.Id, status, message), cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "The image of process {ProcessId} could not be looked at: {Reason}")]
    private partial void LogNotLookedAt(ProcessId processId, string reason);
}
