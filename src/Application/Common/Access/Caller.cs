using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Common.Access;

/// <summary>Who asks, and what they may do.</summary>
/// <param name="Id">Tells the caller from any other, and is the owner of what the caller makes.</param>
/// <param name="Role">What the caller may do; null for nothing but what is open to all.</param>
public sealed record Caller(string Id, Role? Role)
{
    /// <summary>Longest identifier, in characters.</summary>
    public const int MostIdCharacters = 256;

    /// <summary>Someone who has not said who they are.</summary>
    public static readonly Caller Nobody = new("", null);

    /// <summary>Everyone, where the server asks nobody who they are.</summary>
    public static readonly Caller Anonymous = new("anonymous", Domain.Access.Role.Admin);

    /// <summary>The server itself, when it starts and when it works in the background.</summary>
    public static readonly Caller Server = new("server", Domain.Access.Role.Admin);

    /// <summary>The groups that the caller is in; processes may be shared with them.</summary>
    public IReadOnlyCollection<string> Groups { get; init; } = [];

    /// <summary>The only processes whose existence and jobs the caller is told of; null for no such limit.</summary>
    public IReadOnlyCollection<ProcessId>? Processes { get; init; }

    /// <summary>From when on the caller has to say anew who they are; null where that is not known.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Whether everybody's jobs and processes are the caller's to see.</summary>
    public bool SeesAll => Role == Domain.Access.Role.Admin && Processes is null;

    /// <summary>The owner whose jobs alone the caller sees; null for all owners.</summary>
    public string? OwnerOfJobs => Role == Domain.Access.Role.Admin ? null : Id;

    /// <summary>The names under which the caller sees processes; null for all processes.</summary>
    /// <remarks>A group whose name can't be an identifier is none that a process is shared with.</remarks>
    public IReadOnlyCollection<Viewer>? Viewers => Role switch
    {
        null => [],
        Domain.Access.Role.Admin => null,
        _ => [Viewer.Everybody, Viewer.User(Id), .. Groups.Where(IsId).Distinct().Select(Viewer.Group)],
    };

    /// <summary>Whether the caller may do what a role may.</summary>
    public bool Has(Role role) => Role >= role;

    /// <summary>Whether the caller may change somebody's process.</summary>
    public bool MayChangeThatOf(string owner) => Has(Domain.Access.Role.Admin) || (Has(Domain.Access.Role.Deployer) && Id == owner);

    /// <summary>Whether the caller's key, if it names processes, names this one.</summary>
    public bool Reaches(ProcessId process) => Processes?.Contains(process) != false;

    /// <summary>Whether a text can be an identifier: databases differ in how they compare blanks at the end and control characters.</summary>
    public static bool IsId(string text) =>
        text.Length is > 0 and <= MostIdCharacters && !char.IsWhiteSpace(text[0]) && !char.IsWhiteSpace(text[^1]) && !text.Any(char.IsControl) && text.IsNormalized();
}

/// <summary>Knows who makes the current request.</summary>
public interface ICaller
{
    /// <summary>The caller; <see cref="Caller.Nobody"/> outside of requests, unless the server acts for somebody.</summary>
    Caller Current { get; }

    /// <summary>Lets what follows be done for somebody, until what this gives is disposed.</summary>
    IDisposable ActFor(Caller caller);
}
