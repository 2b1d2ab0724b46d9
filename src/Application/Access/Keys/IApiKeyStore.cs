using OgcProcesses.Application.Common.Paging;
using OgcProcesses.Domain.Access;

namespace OgcProcesses.Application.Access.Keys;

/// <summary>Keeps the keys of callers.</summary>
public interface IApiKeyStore
{
    /// <summary>A key, valid or not; null when there is none.</summary>
    Task<ApiKey?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>A page of all keys that there ever were, newest first.</summary>
    Task<Page<ApiKey>> ListAsync(Cursor? cursor, int limit, CancellationToken cancellationToken);

    /// <summary>Commits a new key.</summary>
    Task AddAsync(ApiKey key, CancellationToken cancellationToken);

    /// <summary>Makes a key invalid, for good; one that was revoked before stays as it is. False when there is none.</summary>
    Task<bool> RevokeAsync(string id, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Notes that a key was used.</summary>
    Task NoteUseAsync(string id, DateTimeOffset at, CancellationToken cancellationToken);
}
