namespace OgcProcesses.Infrastructure.Storage;

/// <summary>An object's bytes, asked for from where they are read first, and again after each jump.</summary>
/// <param name="length">Their number.</param>
/// <param name="open">Asks for them from a byte on.</param>
/// <param name="wrap">Makes what breaks a reading off a failure of the store.</param>
internal sealed class S3Content(long length, Func<long, CancellationToken, Task<Stream>> open, Func<IOException, Exception> wrap) : Stream
{
    private long _position;
    private Stream? _rest;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            if (value == _position) return;
            Close(ref _rest);
            _position = value;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= length || buffer.IsEmpty) return 0;
        _rest ??= await open(_position, cancellationToken);
        try
        {
            var read = await _rest.ReadAsync(buffer, cancellationToken);
            if (read == 0) throw new EndOfStreamException("The object ended early.");
            _position += read;
            return read;
        }
        catch (IOException failure) when (!cancellationToken.IsCancellationRequested)
        {
            throw wrap(failure);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => length + offset,
    };

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("An object is read asynchronously.");

    public override void Flush()
    {
        // Nothing is written.
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) Close(ref _rest);
        base.Dispose(disposing);
    }

    private static void Close(ref Stream? rest)
    {
        rest?.Dispose();
        rest = null;
    }
}
