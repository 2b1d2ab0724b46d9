using System.Text.Json;
using OgcProcesses.Domain.Access;

namespace OgcProcesses.Domain.Processes;

/// <summary>Whether the image of a process can run at once.</summary>
public enum ImageStatus
{
    /// <summary>Nobody has looked yet.</summary>
    Unknown,

    /// <summary>The engine is pulling it.</summary>
    Pulling,

    /// <summary>The engine has it.</summary>
    Present,

    /// <summary>The engine neither has it nor can pull it; the message says why.</summary>
    Unavailable,
}

/// <summary>One state of a process's package; never changed, so that a job keeps what it began with.</summary>
/// <param name="Id">Identifies the revision.</param>
/// <param name="ProcessId">The process it belongs to.</param>
/// <param name="Number">Counts the revisions of a process, from 1.</param>
/// <param name="Description">What it takes and gives.</param>
/// <param name="Unit">What runs.</param>
/// <param name="Package">The request body that deployed it, as JSON text.</param>
/// <param name="Created">When it was deployed.</param>
public sealed record ProcessRevision(
    Guid Id,
    ProcessId ProcessId,
    int Number,
    ProcessDescription Description,
    ExecutionUnit Unit,
    string Package,
    DateTimeOffset Created);

/// <summary>A deployed process.</summary>
/// <remarks>Part 2, class deploy-replace-undeploy.</remarks>
public sealed class Process
{
    private Process()
    {
    }

    /// <summary>The identifier clients use.</summary>
    public ProcessId Id { get; private init; }

    /// <summary>The package that new jobs run.</summary>
    public ProcessRevision Revision { get; private set; } = null!;

    /// <summary>Who deployed it.</summary>
    public string Owner { get; private init; } = "";

    /// <summary>Who else sees and executes it.</summary>
    public ProcessAccess Access { get; private set; } = ProcessAccess.Closed;

    /// <summary>The names under which it is seen; admins see it besides.</summary>
    public IEnumerable<Viewer> Viewers =>
    [
        Viewer.User(Owner),
        .. Access.Visibility == Visibility.Public
            ? [Viewer.Everybody]
            : Access.Users.Where(user => user != Owner).Select(Viewer.User).Concat(Access.Groups.Select(Viewer.Group)),
    ];

    /// <summary>Whether clients may replace or undeploy it; built-in processes are not mutable.</summary>
    /// <remarks>/req/deploy-replace-undeploy/static-indicator</remarks>
    public bool Mutable { get; private init; }

    /// <summary>Whether its image can run at once.</summary>
    public ImageStatus Image { get; private set; }

    /// <summary>What is known of the image besides: the state of the pull, or why there is none.</summary>
    public string? ImageMessage { get; private set; }

    /// <summary>When it was deployed.</summary>
    public DateTimeOffset Created { get; private init; }

    /// <summary>When its package last changed.</summary>
    public DateTimeOffset Updated { get; private set; }

    /// <summary>Counts the changes, so that none is made on a state that is no longer there.</summary>
    public int Version { get; private set; }

    /// <summary>Deploys a package under its own identifier; closed, unless an access is given.</summary>
    public static Process Deploy(
        ProcessDescription description, ExecutionUnit unit, string package, string owner, bool mutable, DateTimeOffset at, ProcessAccess? access = null) => new()
        {
            Id = description.Id,
            Revision = new(Guid.NewGuid(), description.Id, 1, description, unit, package, at),
            Owner = owner,
            Access = access ?? ProcessAccess.Closed,
            Mutable = mutable,
            Created = at,
            Updated = at,
        };

    /// <summary>Stands in lists for a process whose record can't be read: it shows that there is one, and why nothing can be done with it.</summary>
    public static Process Unreadable(ProcessId id, string reason)
    {
        var description = ProcessDescription.Read(JsonSerializer.SerializeToElement(
            new { id = id.Value, version = "", title = id.Value, description = reason, inputs = new { }, outputs = new { } }));
        return new()
        {
            Id = id,
            Revision = new(Guid.Empty, id, 0, description, new() { Image = "" }, "", default),
            Image = ImageStatus.Unavailable,
            ImageMessage = reason,
        };
    }

    /// <summary>Puts another package in the place of the present one; jobs under way keep theirs, and owner and access stay.</summary>
    public void Replace(ProcessDescription description, ExecutionUnit unit, string package, DateTimeOffset at)
    {
        Revision = new(Guid.NewGuid(), Id, Revision.Number + 1, description, unit, package, at);
        (Image, ImageMessage) = (ImageStatus.Unknown, null);
        (Updated, Version) = (at, Version + 1);
    }

    /// <summary>Lets others see and execute it than before; jobs under way go on.</summary>
    public void Share(ProcessAccess access)
    {
        Access = access;
        Version++;
    }

    /// <summary>Notes what is known of the image of a revision, unless the process has been replaced since.</summary>
    public void NoteImage(Guid revisionId, ImageStatus status, string? message)
    {
        if (Revision.Id != revisionId) return;
        (Image, ImageMessage) = (status, message);
        Version++;
    }
}
