namespace OgcProcesses.Domain.Access;

/// <summary>A name under which somebody sees processes: everybody's, one user's, or a group's.</summary>
/// <remarks>A process has its viewers, a caller has the names that the caller goes by; who has one in common with a process sees it.</remarks>
/// <param name="Name">The name, which tells a user from a group that is called alike.</param>
public readonly record struct Viewer(string Name)
{
    /// <summary>Everybody whom the server knows.</summary>
    public static readonly Viewer Everybody = new("*");

    /// <summary>One user.</summary>
    public static Viewer User(string id) => new($"user:{id}");

    /// <summary>Everybody who is in a group.</summary>
    public static Viewer Group(string group) => new($"group:{group}");
}
