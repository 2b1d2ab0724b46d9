namespace OgcProcesses.Domain.Access;

/// <summary>Whom a process is for.</summary>
public enum Visibility
{
    /// <summary>Its owner, and those whom it is shared with.</summary>
    Private,

    /// <summary>Everybody whom the server knows.</summary>
    Public,
}

/// <summary>Who sees a process besides its owner and admins, and who of them executes it; never changed, only replaced.</summary>
public sealed record ProcessAccess
{
    /// <summary>Nobody but the owner.</summary>
    public static readonly ProcessAccess Closed = new();

    /// <summary>Everybody.</summary>
    public static readonly ProcessAccess Open = new() { Visibility = Visibility.Public };

    /// <summary>Whom it is for.</summary>
    public Visibility Visibility { get; init; }

    /// <summary>Users whom it is shared with while it is private.</summary>
    public IReadOnlyList<string> Users { get; init; } = [];

    /// <summary>Groups that it is shared with while it is private.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>The least role of those who execute it.</summary>
    public Role ExecuteRole { get; init; } = Role.Executor;
}
