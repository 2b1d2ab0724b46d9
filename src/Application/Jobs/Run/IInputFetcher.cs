namespace OgcProcesses.Application.Jobs.Run;

/// <summary>Fetches what clients refer to by a link. But for callbacks, the only way by which a request makes this server open a connection.</summary>
public interface IInputFetcher
{
    /// <summary>Says why a link will certainly be refused (its scheme, user-info, a literal address that is not allowed); null when it may be tried.</summary>
    string? Refuse(Uri link);

    /// <summary>Fetches a link into a file of a folder.</summary>
    /// <param name="link">An absolute http or https URL.</param>
    /// <param name="folder">An existing folder; the file's name comes from the answer or the URL, made safe.</param>
    /// <param name="cancellationToken">Ends the transfer.</param>
    /// <exception cref="FetchException">It was refused or did not arrive; the message says why.</exception>
    Task<FetchedFile> FetchAsync(Uri link, string folder, CancellationToken cancellationToken);

    /// <summary>Fetches a link into memory, for documents that the server itself reads.</summary>
    /// <param name="link">An absolute http or https URL.</param>
    /// <param name="mostBytes">Largest size, in bytes.</param>
    /// <param name="cancellationToken">Ends the transfer.</param>
    /// <exception cref="FetchException">It was refused, is larger or did not arrive; the message says why.</exception>
    Task<byte[]> FetchAsync(Uri link, int mostBytes, CancellationToken cancellationToken);
}

/// <summary>A file that was fetched.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="MediaType">The media type the other server gave, without parameters, if any.</param>
/// <param name="Length">Size in bytes.</param>
/// <param name="Sha256">Checksum, lower-case hexadecimal.</param>
public sealed record FetchedFile(string Path, string? MediaType, long Length, string Sha256);

/// <summary>A link could not be fetched.</summary>
public sealed class FetchException(Uri link, string reason, Exception? inner = null)
    : Exception($"'{link.GetLeftPart(UriPartial.Path)}' could not be fetched: {reason}", inner);
