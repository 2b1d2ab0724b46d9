using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Common;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs.Quotas;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Uploads;

namespace OgcProcesses.Application.Uploads;

/// <summary>A piece of an upload, as a request brings it.</summary>
/// <param name="Content">The bytes.</param>
/// <param name="Length">How many there are, where the request says so.</param>
/// <param name="Whole">How many the whole file has, where the request says so.</param>
/// <param name="IsLast">Whether the file ends with them.</param>
/// <param name="Announced">What the piece was announced to be; checked before it counts.</param>
public sealed record UploadPiece(Stream Content, long? Length, long? Whole, bool IsLast, IReadOnlyList<Digest> Announced)
{
    /// <summary>The size of the whole file, where it can be told of a piece that begins at an offset.</summary>
    internal long? LengthOfFile(long offset) => Whole ?? (IsLast ? offset + Length : null);
}

/// <summary>Writes what arrives of uploads, in constant memory, and completes them.</summary>
/// <remarks>draft-ietf-httpbis-resumable-upload. What has arrived before a connection breaks is kept.</remarks>
public sealed class UploadReceiver(
    IUploadStore store, QuotaCheck quotas, IOptions<UploadOptions> options, IOptions<RunnerOptions> runner)
{
    private const int ChunkBytes = 128 << 10;
    private const long BytesBetweenLooks = 64L << 20;

    /// <summary>Longer than a connection that has died is waited for (Limits:MinBodyBytesPerSecond).</summary>
    private static readonly TimeSpan UntilAnotherHasEnded = TimeSpan.FromSeconds(5);

    /// <summary>Makes sure that an upload can begin.</summary>
    /// <exception cref="OgcException">There is no room.</exception>
    internal async Task EnsureRoomAsync(Upload upload, CancellationToken cancellationToken)
    {
        if (upload.Length > options.Value.MaxBytes) throw TooLarge();
        await quotas.EnsureStorageAsync(upload.Owner, upload.Length ?? 0, cancellationToken);
        EnsureDisk(upload.Length ?? 0);
    }

    /// <summary>Appends a piece to an upload, and completes it with the last one.</summary>
    /// <param name="upload">The upload.</param>
    /// <param name="offset">Where the client takes it to stand.</param>
    /// <param name="piece">What to append.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    /// <returns>The upload as it is then.</returns>
    /// <exception cref="OgcException">It stands elsewhere, is complete, grows too large, or is not what it was announced to be.</exception>
    internal async Task<Upload> AppendAsync(Upload upload, long offset, UploadPiece piece, CancellationToken cancellationToken)
    {
        // Not opened: a job may be reading what is complete.
        EnsureIncomplete(upload);
        await using var file = Open(upload);
        // Another request may have gone on with it, or removed it, before this one's turn came.
        upload = store.Find(upload.Owner, upload.Id) ?? throw Gone(upload);
        EnsureIncomplete(upload);
        if (file.Length != offset)
        {
            throw new OgcException(OgcError.UploadElsewhere, $"Of upload '{upload.Id}' {file.Length} bytes have arrived, not {offset}: go on from there.")
            {
                UploadOffset = file.Length,
                Extensions = new Dictionary<string, object?> { ["expected-offset"] = file.Length, ["provided-offset"] = offset },
            };
        }

        upload = WithLength(upload, offset, piece);
        using var hashes = new Hashes(piece.Announced, isWholeFile: offset == 0 && piece.IsLast, upload.Announced);
        file.Position = offset;
        await CopyAsync(upload, piece.Content, file, hashes, cancellationToken);
        if (hashes.FindWrong(piece.Announced) is { } wrong)
        {
            file.SetLength(offset);
            throw new OgcException([Violation.InHeader("Content-Digest", $"{wrong} is not that of what has arrived; none of it was kept")]);
        }

        return piece.IsLast ? await CompleteAsync(upload, file, hashes, cancellationToken) : upload with { Received = file.Length };
    }

    private static void EnsureIncomplete(Upload upload)
    {
        if (upload.IsComplete) throw new OgcException(OgcError.UploadComplete, $"Upload '{upload.Id}' is complete; what follows is another upload.");
    }

    private Stream Open(Upload upload)
    {
        try
        {
            return store.Open(upload) ?? throw new OgcException(OgcError.UploadBusy, $"Another request is writing to upload '{upload.Id}'.") { RetryAfter = UntilAnotherHasEnded };
        }
        catch (IOException gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Gone(upload);
        }
    }

    /// <summary>The upload with its length, where the piece tells it.</summary>
    private Upload WithLength(Upload upload, long offset, UploadPiece piece)
    {
        var told = piece.LengthOfFile(offset) ?? upload.Length;
        var isInconsistent = told != (upload.Length ?? told) || (piece.IsLast && offset + piece.Length is { } end && end != told);
        if (isInconsistent) throw Inconsistent(upload, told!.Value);
        if (told > options.Value.MaxBytes) throw TooLarge();
        if (told == upload.Length) return upload;
        upload = upload with { Length = told };
        Save(upload);
        return upload;
    }

    private async Task CopyAsync(Upload upload, Stream content, Stream file, Hashes hashes, CancellationToken cancellationToken)
    {
        var most = Math.Min(upload.Length ?? long.MaxValue, options.Value.MaxBytes);
        var room = await quotas.FindRoomAsync(upload.Owner, cancellationToken);
        var written = 0L;
        EnsureDisk(0);
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            while (await content.ReadAsync(buffer.AsMemory(0, ChunkBytes), cancellationToken) is var read and > 0)
            {
                if (file.Position + read > most) throw upload.Length == most ? Inconsistent(upload, file.Position + read) : TooLarge();
                if ((written += read) >= BytesBetweenLooks)
                {
                    EnsureDisk(0);
                    // Other uploads of the caller may have taken some of the room meanwhile.
                    (room, written) = (await quotas.FindRoomAsync(upload.Owner, cancellationToken), read);
                }

                if (written > room) throw await quotas.TooMuchAsync(upload.Owner, cancellationToken);
                hashes.Append(buffer.AsSpan(0, read));
                // Not ended with the request: what has arrived is kept.
                await WriteAsync(() => file.WriteAsync(buffer.AsMemory(0, read), CancellationToken.None));
            }

            await WriteAsync(() =>
            {
                store.Flush(file);
                return default;
            });
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task WriteAsync(Func<ValueTask> write)
    {
        try
        {
            await write();
        }
        catch (IOException refused) when (Trouble.OfStorage(refused) is { } reason)
        {
            throw new OgcException(OgcError.NoRoomForUploads, $"The upload can't be written: {reason}.");
        }
    }

    private async Task<Upload> CompleteAsync(Upload upload, Stream file, Hashes hashes, CancellationToken cancellationToken)
    {
        if (upload.Length is { } length && length != file.Length) throw Inconsistent(upload, file.Length);
        using var ofAll = hashes.AreOfWholeFile ? null : await Hashes.OfAsync(file, upload.Announced, cancellationToken);
        var whole = ofAll ?? hashes;
        if (whole.FindWrong(upload.Announced) is { } wrong)
        {
            store.Delete(upload);
            throw new OgcException([Violation.InHeader("Repr-Digest", $"{wrong} is not that of the file that has arrived; nothing of it was kept")]);
        }

        upload = upload with { Length = file.Length, Sha256 = whole.Of(Digest.Sha256) };
        Save(upload);
        return upload with { Received = file.Length };
    }

    private void Save(Upload upload)
    {
        try
        {
            store.Save(upload);
        }
        catch (DirectoryNotFoundException)
        {
            throw Gone(upload);
        }
    }

    private void EnsureDisk(long bytes)
    {
        if (store.AvailableBytes - bytes >= runner.Value.MinFreeBytes) return;
        throw new OgcException(OgcError.NoRoomForUploads, "The disk that keeps uploads is full; there is room again once results or uploads have been removed.");
    }

    private OgcException TooLarge() => new(
        OgcError.UploadTooLarge, string.Create(CultureInfo.InvariantCulture, $"An upload may have {options.Value.MaxBytes} bytes (Uploads:MaxBytes)."));

    private static OgcException Gone(Upload upload) => new(OgcError.NoSuchUpload, $"You have no upload '{upload.Id}'.");

    private static OgcException Inconsistent(Upload upload, long told) => new(
        OgcError.UploadLengthChanged, $"Upload '{upload.Id}' was said to have {upload.Length} bytes, and has {told} by this request.");

    /// <summary>The checksums of bytes as they pass, no more of them than are asked for.</summary>
    private sealed class Hashes : IDisposable
    {
        private readonly Dictionary<string, IncrementalHash> _hashes = [];
        private readonly Dictionary<string, string> _ended = [];

        public Hashes(IReadOnlyList<Digest> ofPiece, bool isWholeFile, IReadOnlyList<Digest> ofFile)
        {
            AreOfWholeFile = isWholeFile;
            foreach (var algorithm in ofPiece.Concat(isWholeFile ? [.. ofFile, new(Digest.Sha256, "")] : []).Select(digest => digest.Algorithm).Distinct())
                _hashes[algorithm] = IncrementalHash.CreateHash(algorithm == Digest.Sha256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA512);
        }

        /// <summary>Whether what passes is the whole file.</summary>
        public bool AreOfWholeFile { get; }

        /// <summary>The checksums of a file that came in several pieces.</summary>
        public static async Task<Hashes> OfAsync(Stream file, IReadOnlyList<Digest> wanted, CancellationToken cancellationToken)
        {
            var hashes = new Hashes([], isWholeFile: true, wanted);
            var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
            try
            {
                file.Position = 0;
                while (await file.ReadAsync(buffer.AsMemory(0, ChunkBytes), cancellationToken) is var read and > 0) hashes.Append(buffer.AsSpan(0, read));
                return hashes;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        public void Append(ReadOnlySpan<byte> bytes)
        {
            foreach (var hash in _hashes.Values) hash.AppendData(bytes);
        }

        /// <summary>The first algorithm by which the bytes are not what they were announced to be.</summary>
        public string? FindWrong(IReadOnlyList<Digest> announced) => announced.FirstOrDefault(digest => Of(digest.Algorithm) != digest.Value)?.Algorithm;

        /// <summary>Ends a checksum; lower-case hexadecimal.</summary>
        public string Of(string algorithm)
        {
            if (!_ended.TryGetValue(algorithm, out var value)) _ended[algorithm] = value = Convert.ToHexStringLower(_hashes[algorithm].GetHashAndReset());
            return value;
        }

        public void Dispose()
        {
            foreach (var hash in _hashes.Values) hash.Dispose();
        }
    }
}
