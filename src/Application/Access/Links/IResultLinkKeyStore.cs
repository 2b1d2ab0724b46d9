using OgcProcesses.Domain.Access;

namespace OgcProcesses.Application.Access.Links;

/// <summary>Keeps the key that links to results are signed with, for all nodes.</summary>
public interface IResultLinkKeyStore
{
    /// <summary>The key in use; null before the first.</summary>
    Task<ResultLinkKey?> FindAsync(CancellationToken cancellationToken);

    /// <summary>Puts a key in the place of the one in use, which is forgotten; false when another is in use meanwhile.</summary>
    /// <param name="next">The key, with the number after that of <paramref name="old"/>.</param>
    /// <param name="old">The key in use; null when there is none yet.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    Task<bool> TryReplaceAsync(ResultLinkKey next, ResultLinkKey? old, CancellationToken cancellationToken);
}
