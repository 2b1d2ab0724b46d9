using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Caching.Memory;

namespace OgcProcesses.Infrastructure.Persistence;

/// <summary>Keeps what never changes, up to a number of bytes; what does not fit is read again.</summary>
internal sealed class BoundedCache<TKey, TValue>(long mostBytes) : IDisposable
    where TKey : notnull
    where TValue : class
{
    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = mostBytes });

    public bool TryGet(TKey key, [NotNullWhen(true)] out TValue? value) => _cache.TryGetValue(key, out value) && value is not null;

    /// <summary>Keeps a value that came from text of the given length.</summary>
    public void Set(TKey key, TValue value, int textLength) =>
        // Parsed JSON takes a few times the room of its text; the rest is the entry's own.
        _cache.Set(key, value, new MemoryCacheEntryOptions { Size = 512 + (4L * textLength) });

    public void Dispose() => _cache.Dispose();
}
