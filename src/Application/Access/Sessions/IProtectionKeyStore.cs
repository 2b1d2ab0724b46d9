using OgcProcesses.Domain.Access;

namespace OgcProcesses.Application.Access.Sessions;

/// <summary>Keeps the keys that sessions are sealed with, for all nodes.</summary>
public interface IProtectionKeyStore
{
    /// <summary>All keys that there are, by number.</summary>
    Task<IReadOnlyList<ProtectionKey>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Commits a key; false when there is one of its number already.</summary>
    Task<bool> TryAddAsync(ProtectionKey key, CancellationToken cancellationToken);
}
