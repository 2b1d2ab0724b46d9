using System.Buffers;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Win32.SafeHandles;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Infrastructure.Storage;

/// <summary>Output files as objects of a bucket, at <c>{Prefix}KEY</c>.</summary>
/// <remarks>An object is there once it is whole: small ones are put at once, larger ones in parts, of which only the last request makes an object.</remarks>
internal sealed partial class S3OutputStore(
    IAmazonS3 s3, IOptions<OutputOptions> outputs, IOptions<DataOptions> data, TimeProvider clock, ILogger<S3OutputStore> logger) : IOutputStore
{
    /// <summary>Most parts of an object; S3's own limit.</summary>
    private const int MostParts = 10_000;

    private readonly S3Options _options = outputs.Value.S3;
    private readonly string _prefix = outputs.Value.S3.KeyPrefix;
    private readonly string _work = data.Value.Work;

    /// <summary>Bytes of a part, and so of the memory that storing takes; more for objects that would have too many.</summary>
    public int PartBytes { get; init; } = 16 << 20;

    /// <summary>Bytes that are copied by one request; S3's own limit.</summary>
    public long LargestCopy { get; init; } = 5L << 30;

    public long AvailableBytes => long.MaxValue;

    public async Task<StoredFile> TakeAsync(JobId jobId, string outputId, string path, CancellationToken cancellationToken)
    {
        var (key, name) = OutputKeys.Of(jobId, outputId, path, _work);
        using var file = OpenOutput(outputId, path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var part = (int)Math.Max(PartBytes, (RandomAccess.GetLength(file) / MostParts) + 1);
        var room = (int)Math.Min(part, RandomAccess.GetLength(file));
        var buffer = ArrayPool<byte>.Shared.Rent(room);
        try
        {
            var length = 0L;
            var content = await NextAsync();
            if (content.Count < part) await PutAsync(key, content, cancellationToken);
            else await UploadAsync(key, UploadPartsAsync, cancellationToken);
            return new(key, name, length, Convert.ToHexStringLower(hash.GetHashAndReset()));

            async Task<List<PartETag>> UploadPartsAsync(string upload)
            {
                var parts = new List<PartETag>();
                for (; content.Count > 0; content = await NextAsync()) parts.Add(await UploadPartAsync(key, upload, parts.Count + 1, content, cancellationToken));
                return parts;
            }

            async Task<ArraySegment<byte>> NextAsync()
            {
                var filled = 0;
                while (filled < room && await RandomAccess.ReadAsync(file, buffer.AsMemory(filled, room - filled), length, cancellationToken) is var read and > 0)
                {
                    hash.AppendData(buffer, filled, read);
                    (filled, length) = (filled + read, length + read);
                }

                return new(buffer, 0, filled);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <remarks>The server copies; nothing comes here.</remarks>
    public async Task<StoredFile?> CopyAsync(StoredFile file, JobId to, CancellationToken cancellationToken)
    {
        if (!OutputKeys.IsOne(file.Key) || OutputKeys.For(to, file.Key) is not { } key) return null;
        var copied = file.Length <= LargestCopy
            ? await FindAsync(
                () => s3.CopyObjectAsync(
                    new CopyObjectRequest { SourceBucket = _options.Bucket, SourceKey = _prefix + file.Key, DestinationBucket = _options.Bucket, DestinationKey = _prefix + key },
                    cancellationToken),
                cancellationToken) is not null
            : await CopyInPartsAsync(file, key, cancellationToken);
        return copied ? file with { Key = key } : null;
    }

    public async Task<Stream?> OpenAsync(StoredFile file, CancellationToken cancellationToken)
    {
        if (!OutputKeys.IsOne(file.Key)) return null;
        var found = await FindAsync(
            () => s3.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = _options.Bucket, Key = _prefix + file.Key }, cancellationToken), cancellationToken);
        if (found is not null) return new S3Content(found.ContentLength, (from, token) => ReadAsync(file.Key, found.ETag, from, token), Wrapped);
        // HEAD does not tell a bucket that is away from a file that is gone.
        await PingAsync(cancellationToken);
        return null;
    }

    public async Task<Uri?> FindLinkAsync(StoredFile file, string mediaType, string disposition, CancellationToken cancellationToken)
    {
        if (_options.Downloads != S3Downloads.Redirect || !OutputKeys.IsOne(file.Key)) return null;
        var request = new GetPreSignedUrlRequest
        {
            BucketName = _options.Bucket,
            Key = _prefix + file.Key,
            Verb = HttpVerb.GET,
            Protocol = _options.ServiceUrl?.Scheme == Uri.UriSchemeHttp ? Protocol.HTTP : Protocol.HTTPS,
            Expires = clock.GetUtcNow().UtcDateTime + _options.RedirectLifetime,
            ResponseHeaderOverrides = new() { ContentType = mediaType, ContentDisposition = disposition, CacheControl = "no-store" },
        };
        return new(await AskAsync(() => s3.GetPreSignedURLAsync(request), cancellationToken));
    }

    public async Task DeleteAsync(JobId jobId, CancellationToken cancellationToken)
    {
        await foreach (var page in ListAsync($"{_prefix}{OutputKeys.FolderOf(jobId)}/", delimiter: null, cancellationToken))
        {
            if (page.S3Objects is not { Count: > 0 } objects) continue;
            var deletion = new DeleteObjectsRequest { BucketName = _options.Bucket, Quiet = true, Objects = [.. objects.Select(one => new KeyVersion { Key = one.Key })] };
            await AskAsync(() => s3.DeleteObjectsAsync(deletion, cancellationToken), cancellationToken);
        }
    }

    public async IAsyncEnumerable<JobId> ListJobsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var folder in ListFoldersAsync(_prefix, cancellationToken))
        {
            // Others may keep their own in the bucket.
            if (folder.Length != _prefix.Length + "XX/".Length) continue;
            await foreach (var job in ListFoldersAsync(folder, cancellationToken))
                if (JobId.TryParse(job[folder.Length..^1], out var id)) yield return id;
        }
    }

    /// <remarks>Asks for the bucket by name, which needs a key that is accepted.</remarks>
    public Task PingAsync(CancellationToken cancellationToken) => AskAsync(
        () => s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = _options.Bucket, Prefix = _prefix, MaxKeys = 1 }, cancellationToken), cancellationToken);

    private static SafeFileHandle OpenOutput(string outputId, string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (UnauthorizedAccessException locked)
        {
            throw new OutputRefusedException($"Output '{outputId}' can't be read by the server: {locked.Message}");
        }
    }

    private Task<PutObjectResponse> PutAsync(string key, ArraySegment<byte> content, CancellationToken cancellationToken)
    {
        var request = new PutObjectRequest { BucketName = _options.Bucket, Key = _prefix + key, InputStream = StreamOf(content), UseChunkEncoding = false };
        return AskAsync(() => s3.PutObjectAsync(request, cancellationToken), cancellationToken);
    }

    private async Task<PartETag> UploadPartAsync(string key, string upload, int number, ArraySegment<byte> content, CancellationToken cancellationToken)
    {
        var request = new UploadPartRequest
        {
            BucketName = _options.Bucket, Key = _prefix + key, UploadId = upload, PartNumber = number, InputStream = StreamOf(content), UseChunkEncoding = false,
        };
        return new(number, (await AskAsync(() => s3.UploadPartAsync(request, cancellationToken), cancellationToken)).ETag);
    }

    private static MemoryStream StreamOf(ArraySegment<byte> content) => new(content.Array!, content.Offset, content.Count, writable: false);

    private async Task<bool> CopyInPartsAsync(StoredFile file, string key, CancellationToken cancellationToken)
    {
        try
        {
            await UploadAsync(key, CopyPartsAsync, cancellationToken);
            return true;
        }
        catch (OutputStoreException gone) when (IsGone(gone.InnerException))
        {
            return false;
        }

        async Task<List<PartETag>> CopyPartsAsync(string upload)
        {
            var parts = new List<PartETag>();
            for (var first = 0L; first < file.Length; first += LargestCopy)
            {
                var request = new CopyPartRequest
                {
                    SourceBucket = _options.Bucket, SourceKey = _prefix + file.Key, DestinationBucket = _options.Bucket, DestinationKey = _prefix + key,
                    UploadId = upload, PartNumber = parts.Count + 1, FirstByte = first, LastByte = Math.Min(first + LargestCopy, file.Length) - 1,
                };
                parts.Add(new(parts.Count + 1, (await AskAsync(() => s3.CopyPartAsync(request, cancellationToken), cancellationToken)).ETag));
            }

            return parts;
        }
    }

    /// <summary>Makes an object of parts; of a failure nothing is left, unless the server can't be told so.</summary>
    private async Task UploadAsync(string key, Func<string, Task<List<PartETag>>> makeParts, CancellationToken cancellationToken)
    {
        var begin = new InitiateMultipartUploadRequest { BucketName = _options.Bucket, Key = _prefix + key };
        var upload = (await AskAsync(() => s3.InitiateMultipartUploadAsync(begin, cancellationToken), cancellationToken)).UploadId;
        try
        {
            var end = new CompleteMultipartUploadRequest { BucketName = _options.Bucket, Key = _prefix + key, UploadId = upload, PartETags = await makeParts(upload) };
            await AskAsync(() => s3.CompleteMultipartUploadAsync(end, cancellationToken), cancellationToken);
        }
        catch
        {
            await AbortAsync(key, upload);
            throw;
        }
    }

    private async Task AbortAsync(string key, string upload)
    {
        try
        {
            var abort = new AbortMultipartUploadRequest { BucketName = _options.Bucket, Key = _prefix + key, UploadId = upload };
            await AskAsync(() => s3.AbortMultipartUploadAsync(abort, CancellationToken.None), CancellationToken.None);
        }
        catch (OutputStoreException)
        {
            // Logged; the bucket's rule for incomplete uploads removes the parts.
        }
    }

    /// <summary>An object from a byte on. One that was replaced meanwhile would be another in its middle: it is a failure.</summary>
    private async Task<Stream> ReadAsync(string key, string etag, long from, CancellationToken cancellationToken)
    {
        var request = new GetObjectRequest { BucketName = _options.Bucket, Key = _prefix + key, EtagToMatch = etag };
        if (from > 0) request.ByteRange = new(string.Create(CultureInfo.InvariantCulture, $"bytes={from}-"));
        return (await AskAsync(() => s3.GetObjectAsync(request, cancellationToken), cancellationToken)).ResponseStream;
    }

    private async IAsyncEnumerable<string> ListFoldersAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in ListAsync(prefix, "/", cancellationToken))
            foreach (var folder in page.CommonPrefixes ?? []) yield return folder;
    }

    private async IAsyncEnumerable<ListObjectsV2Response> ListAsync(string prefix, string? delimiter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? next = null;
        do
        {
            var request = new ListObjectsV2Request { BucketName = _options.Bucket, Prefix = prefix, Delimiter = delimiter, ContinuationToken = next };
            var page = await AskAsync(() => s3.ListObjectsV2Async(request, cancellationToken), cancellationToken);
            next = page.IsTruncated == true ? page.NextContinuationToken : null;
            yield return page;
        }
        while (next is not null);
    }

    /// <summary>Asks for an object; null when there is none.</summary>
    private async Task<T?> FindAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await AskAsync(ask, cancellationToken);
        }
        catch (OutputStoreException gone) when (IsGone(gone.InnerException))
        {
            return null;
        }
    }

    private async Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask();
        }
        catch (Exception failure) when (IsOfStore(failure) && !cancellationToken.IsCancellationRequested)
        {
            throw Wrapped(failure);
        }
    }

    /// <remarks>A request that takes too long is cancelled by the client itself.</remarks>
    private static bool IsOfStore(Exception failure) => failure
        is AmazonServiceException or AmazonClientException or HttpRequestException or IOException or TimeoutException or OperationCanceledException;

    private OutputStoreException Wrapped(Exception failure)
    {
        if (!IsGone(failure)) LogFailed(failure.Message);
        // The SDK's own words may name hosts and buckets, and stay in the log.
        var reason = failure is DeleteObjectsException { Response.DeleteErrors: [{ Code: var refused }, ..] }
            ? $"it refused to delete ({refused})"
            : failure is AmazonServiceException { StatusCode: not 0 and var status, ErrorCode: var code }
            ? string.Create(CultureInfo.InvariantCulture, $"it answered {(int)status} ({code})")
            : "it can't be reached";
        return new(reason, failure);
    }

    /// <remarks>HEAD has no body that would name the error.</remarks>
    private static bool IsGone(Exception? failure) => failure is AmazonS3Exception { StatusCode: HttpStatusCode.NotFound, ErrorCode: "NoSuchKey" or "NotFound" };

    [LoggerMessage(LogLevel.Warning, "The bucket of outputs failed: {Reason}")]
    private partial void LogFailed(string reason);
}
