namespace OgcProcesses.Domain.Uploads;

/// <summary>A file that a caller has sent, or is sending, to be an input of jobs.</summary>
/// <param name="Id">Tells it from any other, can't be guessed, and sorts by time.</param>
/// <param name="Owner">Whose it is; nobody else is told of it.</param>
/// <param name="Created">When its sending began.</param>
/// <param name="Expires">From when on no further job may have it.</param>
public sealed record Upload(string Id, string Owner, DateTimeOffset Created, DateTimeOffset Expires)
{
    /// <summary>The file's name at its owner's, if that was told.</summary>
    public string? Name { get; init; }

    /// <summary>Its media type, if that was told.</summary>
    public string? Type { get; init; }

    /// <summary>Size of the whole file in bytes; null while that is not known.</summary>
    public long? Length { get; init; }

    /// <summary>What the whole file was announced to be.</summary>
    public IReadOnlyList<Digest> Announced { get; init; } = [];

    /// <summary>SHA-256 of the whole file, lower-case hexadecimal; null until all of it has arrived.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Bytes that have arrived.</summary>
    public long Received { get; init; }

    /// <summary>Whether all of it has arrived.</summary>
    public bool IsComplete => Sha256 is not null;

    /// <summary>An identifier for an upload of a moment.</summary>
    public static string NewId(DateTimeOffset at) => Guid.CreateVersion7(at).ToString("D");

    /// <summary>Whether a text is an identifier in the form that <see cref="NewId"/> gives.</summary>
    public static bool IsId(string text) => Guid.TryParseExact(text, "D", out var id) && id.ToString("D") == text;
}

/// <summary>A checksum that bytes were announced with.</summary>
/// <remarks>RFC 9530, 5</remarks>
/// <param name="Algorithm"><see cref="Sha256"/> or <see cref="Sha512"/>.</param>
/// <param name="Value">Lower-case hexadecimal.</param>
public sealed record Digest(string Algorithm, string Value)
{
    /// <summary>SHA-256, by the name that HTTP has for it.</summary>
    public const string Sha256 = "sha-256";

    /// <summary>SHA-512, by the name that HTTP has for it.</summary>
    public const string Sha512 = "sha-512";
}
