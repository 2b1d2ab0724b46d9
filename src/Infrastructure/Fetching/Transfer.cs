using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace OgcProcesses.Infrastructure.Fetching;

/// <summary>A file on its way: what has arrived of it, measured and hashed, and how the rest can be asked for.</summary>
/// <remarks>
/// RFC 9110, 13.1.5: with If-Range the answer is the rest of the same file or the whole of another one. Only a strong tag is
/// trusted to tell them apart; without one the file begins again.
/// </remarks>
/// <param name="open">Opens where the bytes go, once the first answer is there to name it.</param>
/// <param name="most">Largest length, in bytes.</param>
/// <param name="setting">The setting behind that number, as messages name it; empty for none.</param>
internal sealed class Transfer(Func<HttpResponseMessage, Stream> open, long most, string setting) : IAsyncDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private Stream? _destination;
    private EntityTagHeaderValue? _tag;

    /// <summary>Whether an answer has come, be it that it broke off.</summary>
    public bool HasBegun => _destination is not null;

    /// <summary>Bytes that have arrived.</summary>
    public long Length { get; private set; }

    /// <summary>Bytes that there are to be, where the other server says so.</summary>
    public long? Promised { get; private set; }

    /// <summary>The media type the other server gave, without parameters.</summary>
    public string? MediaType { get; private set; }

    /// <summary>Asks for what is missing, where a part is there already.</summary>
    public void Prepare(HttpRequestMessage request)
    {
        if (_tag is null || Length == 0) return;
        request.Headers.Range = new(Length, null);
        request.Headers.IfRange = new(_tag);
    }

    /// <summary>Takes an answer's head: it is the rest, or the file begins again.</summary>
    /// <exception cref="FetchFailure">It is neither, or promises too much.</exception>
    public void Begin(HttpResponseMessage response)
    {
        if (response.StatusCode == HttpStatusCode.PartialContent) Continue(response.Content.Headers.ContentRange);
        else StartAnew(response);
        if (Promised > most) throw TooLarge($"it has {Promised} bytes");
    }

    /// <summary>Adds what has arrived.</summary>
    /// <exception cref="FetchFailure">It is more than is accepted.</exception>
    public ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (Length + bytes.Length > most) throw TooLarge("it has more");
        Length += bytes.Length;
        _hash.AppendData(bytes.Span);
        return _destination!.WriteAsync(bytes, cancellationToken);
    }

    /// <summary>Ends the transfer and gives the checksum, lower-case hexadecimal.</summary>
    /// <exception cref="BrokenTransfer">The promised length was not reached.</exception>
    public string Complete() =>
        Promised is { } promised && promised != Length ? throw Broken() : Convert.ToHexStringLower(_hash.GetHashAndReset());

    /// <summary>What to tell of a connection that ended too early.</summary>
    public BrokenTransfer Broken(Exception? cause = null) =>
        new(Promised is null ? $"the connection ended early, after {Length} bytes" : $"{Length} of {Promised} promised bytes arrived", cause);

    public async ValueTask DisposeAsync()
    {
        _hash.Dispose();
        if (_destination is not null) await _destination.DisposeAsync();
    }

    private void StartAnew(HttpResponseMessage response)
    {
        _destination ??= open(response);
        _destination.SetLength(0);
        _destination.Position = 0;
        if (Length > 0) _hash.GetHashAndReset();
        Length = 0;
        Promised = response.Content.Headers.ContentLength;
        MediaType = response.Content.Headers.ContentType?.MediaType;
        _tag = response.Headers.ETag is { IsWeak: false } tag && !response.Headers.AcceptRanges.Contains("none") ? tag : null;
    }

    private void Continue(ContentRangeHeaderValue? range)
    {
        var isRest = _tag is not null && Length > 0 && range is { Unit: "bytes", From: { } from, To: { } to }
            && from == Length && (range.Length is null || (range.Length == to + 1 && (Promised is null || Promised == range.Length)));
        if (!isRest) throw new FetchFailure("the other server answered with another part of the file than was asked for");
        Promised ??= range!.Length;
    }

    private FetchFailure TooLarge(string size) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{size}; at most {most} bytes are accepted{(setting.Length == 0 ? "" : $" ({setting})")}"));
}

/// <summary>A link can't be fetched; the message says why.</summary>
internal class FetchFailure(string reason, Exception? inner = null) : Exception(reason, inner);

/// <summary>An answer broke off, which another try may mend.</summary>
internal sealed class BrokenTransfer(string reason, Exception? inner = null) : FetchFailure(reason, inner);
