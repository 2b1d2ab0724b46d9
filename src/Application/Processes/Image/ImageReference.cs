namespace OgcProcesses.Application.Processes.Image;

/// <summary>A reference of an image, spelled out: <c>busybox</c> is <c>docker.io/library/busybox:latest</c>.</summary>
/// <remarks>The rules are those of github.com/distribution/reference, and of engines, which take identifiers of local images, too.</remarks>
/// <param name="Name">Registry and repository; <see cref="Identifier"/> where the reference names a local image by its identifier.</param>
/// <param name="Tag">The tag; empty where a digest stands alone.</param>
/// <param name="Digest">The digest; null where there is none.</param>
internal sealed record ImageReference(string Name, string Tag, string? Digest)
{
    /// <summary>The name of all that is named by an identifier, whole or cut short.</summary>
    public const string Identifier = "sha256";

    private const string DockerHub = "docker.io";

    /// <summary>Spells a reference out.</summary>
    public static ImageReference Parse(string text)
    {
        var (named, digest) = Cut(text, text.IndexOf('@', StringComparison.Ordinal));
        var colon = named.LastIndexOf(':');
        var (name, tag) = Cut(named, colon > named.LastIndexOf('/') ? colon : -1);
        return name == Identifier
            ? new(Identifier, "", text)
            : new(Spell(name), tag ?? (digest is null ? "latest" : ""), digest);
    }

    /// <summary>The name of a repository with its registry; also of a pattern for such names.</summary>
    public static string Spell(string name)
    {
        if (name.StartsWith("**", StringComparison.Ordinal)) return name;
        var (first, rest) = Cut(name, name.IndexOf('/', StringComparison.Ordinal));
        if (rest is null) return $"{DockerHub}/library/{name}";
        // A first step without a sign of a host is a user of the default registry.
        if (first.IndexOfAny(['.', ':', '*']) < 0 && first != "localhost" && !first.Any(char.IsUpper)) return $"{DockerHub}/{name}";
        var host = first.ToLowerInvariant();
        if (host is not (DockerHub or "index.docker.io")) return $"{host}/{rest}";
        return rest.Contains('/', StringComparison.Ordinal) || rest == "**" ? $"{DockerHub}/{rest}" : $"{DockerHub}/library/{rest}";
    }

    /// <inheritdoc />
    public override string ToString() => $"{Name}{(Tag.Length > 0 ? $":{Tag}" : "")}{(Digest is not null ? $"@{Digest}" : "")}";

    private static (string Before, string? After) Cut(string text, int at) => at < 0 ? (text, null) : (text[..at], text[(at + 1)..]);
}
