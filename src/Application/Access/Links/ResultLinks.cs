using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using OgcProcesses.Domain.Access;

namespace OgcProcesses.Application.Access.Links;

/// <summary>What a signature is worth.</summary>
public enum SignatureState
{
    /// <summary>It fits its path, its time has not come, and its key is in use.</summary>
    Valid,

    /// <summary>It was made by this server for this path, and its time is over.</summary>
    Expired,

    /// <summary>It is another path's, altered, of a key that was withdrawn, or not this server's at all.</summary>
    Wrong,
}

/// <summary>Signs links to single results, so that they lead there without a key or token, and tells what a signature is worth.</summary>
/// <remarks>
/// A signature is <c>version.key.expiry.mac</c>: the number of the key, the last second in Unix time, and HMAC-SHA256 in base64url over these,
/// the class of methods (reading: GET and HEAD) and the path below the API's root. There is one spelling of each, and only that is taken.
/// </remarks>
public sealed class ResultLinks(IResultLinkKeyStore keys, IOptions<ResultLinkOptions> options, TimeProvider clock)
{
    /// <summary>The query parameter that holds the signature.</summary>
    public const string Parameter = "signature";

    private const string Version = "1";

    private const int SecretBytes = 32;

    /// <summary>Longest text that is looked at, in characters; what this server makes is shorter.</summary>
    private const int MostCharacters = 100;

    /// <summary>How long a key is used without looking whether there is a newer one: as long, links that were withdrawn on another node go on to work on this one.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    private readonly Lock _noting = new();
    private volatile Looked? _last;

    /// <summary>What gives the query of a signed link by its path below the API's root; null where links are not signed.</summary>
    /// <remarks>All links that it signs expire at once.</remarks>
    public async Task<Func<string, string>?> FindSignerAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Lifetime == TimeSpan.Zero) return null;
        var key = await GetKeyAsync(cancellationToken);
        var head = string.Create(CultureInfo.InvariantCulture, $"{Version}.{key.Number}.{(clock.GetUtcNow() + options.Value.Lifetime).ToUnixTimeSeconds()}");
        return path => $"?{Parameter}={Sign(head, path, key)}";
    }

    /// <summary>Tells what a signature is worth for a path below the API's root.</summary>
    public async Task<SignatureState> CheckAsync(string path, string signature, CancellationToken cancellationToken)
    {
        if (options.Value.Lifetime == TimeSpan.Zero || signature.Length > MostCharacters) return SignatureState.Wrong;
        if (signature.Split('.') is not [Version, var number, var expiry, _] || !TryRead(number, out int wanted) || !TryRead(expiry, out long expires)) return SignatureState.Wrong;
        var key = await FindKeyAsync(wanted, cancellationToken);
        if (key is null || !Fits(signature, Sign($"{Version}.{number}.{expiry}", path, key))) return SignatureState.Wrong;
        return clock.GetUtcNow().ToUnixTimeSeconds() <= expires ? SignatureState.Valid : SignatureState.Expired;
    }

    /// <summary>Puts a new key in the place of the one in use: no link that was signed before leads anywhere any more.</summary>
    /// <returns>The new key.</returns>
    public async Task<ResultLinkKey> RotateAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var old = await keys.FindAsync(cancellationToken);
            if (await TryReplaceAsync(old, cancellationToken) is { } made) return made;
        }
    }

    /// <summary>The key to sign with, made now if there is none.</summary>
    private async Task<ResultLinkKey> GetKeyAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if ((await FindFreshAsync(cancellationToken) ?? await TryReplaceAsync(null, cancellationToken)) is { } key) return key;
        }
    }

    /// <summary>The key in use, if it has a number. A higher one than is known tells that another node has made a newer key.</summary>
    private async Task<ResultLinkKey?> FindKeyAsync(int number, CancellationToken cancellationToken)
    {
        var key = await FindFreshAsync(cancellationToken);
        if (key?.Number < number) key = await LookAsync(cancellationToken);
        return key?.Number == number ? key : null;
    }

    private async Task<ResultLinkKey?> FindFreshAsync(CancellationToken cancellationToken) =>
        _last is { } last && clock.GetElapsedTime(last.At) < Freshness ? last.Key : await LookAsync(cancellationToken);

    private async Task<ResultLinkKey?> LookAsync(CancellationToken cancellationToken)
    {
        var at = clock.GetTimestamp();
        var key = await keys.FindAsync(cancellationToken);
        if (key is not null) Note(key, at);
        return key;
    }

    private async Task<ResultLinkKey?> TryReplaceAsync(ResultLinkKey? old, CancellationToken cancellationToken)
    {
        var at = clock.GetTimestamp();
        var next = new ResultLinkKey((old?.Number ?? 0) + 1, Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes)), clock.GetUtcNow());
        if (!await keys.TryReplaceAsync(next, old, cancellationToken)) return null;
        Note(next, at);
        return next;
    }

    /// <remarks>A look that was overtaken by a rotation must not bring the old key back.</remarks>
    private void Note(ResultLinkKey key, long at)
    {
        lock (_noting)
        {
            if (_last is null || _last.Key.Number <= key.Number) _last = new(key, at);
        }
    }

    /// <remarks>The path comes last: it alone may hold any character.</remarks>
    private static string Sign(string head, string path, ResultLinkKey key)
    {
        var mac = HMACSHA256.HashData(Convert.FromBase64String(key.Secret), Encoding.UTF8.GetBytes($"{head}\nread\n{path}"));
        return $"{head}.{System.Buffers.Text.Base64Url.EncodeToString(mac)}";
    }

    /// <remarks>As texts, since the last character of base64 has bits that decoding passes over.</remarks>
    private static bool Fits(string signature, string expected) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), Encoding.UTF8.GetBytes(expected));

    /// <remarks>Digits alone, as they are written here.</remarks>
    private static bool TryRead<T>(string text, out T number)
        where T : struct, System.Numerics.IBinaryInteger<T> =>
        T.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private sealed record Looked(ResultLinkKey Key, long At);
}
