using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Domain.Access;

/// <summary>A key by which a caller says who they are. Its secret is shown once; only a digest of it is kept.</summary>
public sealed class ApiKey
{
    private ApiKey()
    {
    }

    /// <summary>Tells the key from others, and is part of what its holder sends. Later keys sort behind earlier ones.</summary>
    public string Id { get; private init; } = "";

    /// <summary>What it is for, in its owner's words.</summary>
    public string? Name { get; private init; }

    /// <summary>The caller that it stands for; several keys may stand for one.</summary>
    public string Owner { get; private init; } = "";

    /// <summary>What its holder may do.</summary>
    public Role Role { get; private init; }

    /// <summary>The groups that its holder is in.</summary>
    public IReadOnlyList<string> Groups { get; private init; } = [];

    /// <summary>The only processes that its holder sees, and the jobs of which; null for no such limit.</summary>
    public IReadOnlyList<ProcessId>? Processes { get; private init; }

    /// <summary>SHA-256 of its secret, lower-case hexadecimal.</summary>
    /// <remarks>A slow hash would guard secrets that can be guessed. This one is 256 random bits.</remarks>
    public string Digest { get; private init; } = "";

    /// <summary>When it was made.</summary>
    public DateTimeOffset Created { get; private init; }

    /// <summary>From when on it is not valid any more.</summary>
    public DateTimeOffset Expires { get; private init; }

    /// <summary>Since when it is not valid any more, where somebody has revoked it.</summary>
    public DateTimeOffset? Revoked { get; private init; }

    /// <summary>When it was last used, to the hour; null when it never was.</summary>
    public DateTimeOffset? LastUsed { get; private init; }

    /// <summary>Makes a key.</summary>
    public static ApiKey Make(
        string id, string digest, string? name, string owner, Role role, IReadOnlyList<string> groups, IReadOnlyList<ProcessId>? processes,
        DateTimeOffset at, DateTimeOffset expires) => new()
        {
            Id = id,
            Digest = digest,
            Name = name,
            Owner = owner,
            Role = role,
            Groups = groups,
            Processes = processes,
            Created = at,
            Expires = expires,
        };

    /// <summary>Whether it lets its holder in.</summary>
    public bool IsValid(DateTimeOffset at) => Revoked is null && at < Expires;
}
