using System.Net;

namespace OgcProcesses.Client.Http;

/// <summary>A file from some place on, which tells how far it was sent.</summary>
internal sealed class FileContent(FileStream file, long from, IProgress<long>? progress) : HttpContent
{
    private const int PieceSize = 128 << 10;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var piece = new byte[PieceSize];
        file.Position = from;
        for (int read; (read = await file.ReadAsync(piece, cancellationToken)) > 0;)
        {
            await stream.WriteAsync(piece.AsMemory(0, read), cancellationToken);
            progress?.Report(file.Position);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = file.Length - from;
        return true;
    }
}
