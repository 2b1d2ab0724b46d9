using Microsoft.Extensions.Logging;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Domain.Access;

namespace OgcProcesses.Application.Access.Keys;

/// <summary>Whom a valid key stands for.</summary>
/// <param name="KeyId">The key.</param>
/// <param name="Caller">Whom it stands for.</param>
public sealed record KeyHolder(string KeyId, Caller Caller);

/// <summary>Tells whom keys stand for. What was read of a key counts for some seconds, so that not every request asks the database.</summary>
public sealed partial class KnownKeys(IApiKeyStore keys, TimeProvider clock, ILogger<KnownKeys> logger)
{
    /// <summary>How long another node's revocation may go unnoticed.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(5);

    /// <summary>How often the use of a key is noted.</summary>
    private static readonly TimeSpan BetweenNotes = TimeSpan.FromHours(1);

    private const int MostRemembered = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (ApiKey Key, DateTimeOffset Until)> _remembered = [];

    /// <summary>Whom a key stands for; null when it is not valid, whatever the reason, which the log tells.</summary>
    public async Task<KeyHolder?> FindHolderAsync(string text, CancellationToken cancellationToken)
    {
        if (!KeyText.TryParse(text, out var sent))
        {
            LogMalformed();
            return null;
        }

        var key = await FindAsync(sent.Id, cancellationToken);
        // Compared before anything else is said, so that an identifier alone learns nothing of its key.
        if (key is null || !sent.Fits(key.Digest) || !key.IsValid(clock.GetUtcNow()))
        {
            LogRefused(sent.Id, key is null ? "there is none" : !sent.Fits(key.Digest) ? "its secret is another" : key.Revoked is null ? "it has expired" : "it was revoked");
            return null;
        }

        return new(key.Id, new(key.Owner, key.Role) { Groups = key.Groups, Processes = key.Processes, Expires = key.Expires });
    }

    /// <summary>Reads a key anew when it is next asked for.</summary>
    public void Forget(string id)
    {
        lock (_lock) _remembered.Remove(id);
    }

    private async Task<ApiKey?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        lock (_lock)
            if (_remembered.TryGetValue(id, out var known) && now < known.Until) return known.Key;
        if (await keys.FindAsync(id, cancellationToken) is not { } key) return null;
        lock (_lock)
        {
            if (_remembered.Count >= MostRemembered) _remembered.Clear();
            _remembered[id] = (key, now + Remembered);
        }

        if (key.IsValid(now) && !(now - key.LastUsed < BetweenNotes)) await NoteUseAsync(key.Id, now, cancellationToken);
        return key;
    }

    private async Task NoteUseAsync(string id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            await keys.NoteUseAsync(id, now, cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // A full disk is no reason to let nobody in who could make room on it.
            LogNotNoted(id, failure.Message);
        }
    }

    [LoggerMessage(LogLevel.Information, "A key was refused that is not one of this server's making")]
    private partial void LogMalformed();

    [LoggerMessage(LogLevel.Information, "Key {KeyId} was refused: {Reason}")]
    private partial void LogRefused(string keyId, string reason);

    [LoggerMessage(LogLevel.Warning, "The use of key {KeyId} could not be noted: {Reason}")]
    private partial void LogNotNoted(string keyId, string reason);
}
