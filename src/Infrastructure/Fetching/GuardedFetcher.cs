using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Infrastructure.Fetching;

/// <summary>Fetches links over http and https, only from where it may.</summary>
/// <remarks>
/// 1. The link is checked without the network (<see cref="NetworkGuard.Refuse(Uri)"/>).
/// 2. The name is resolved, every address checked, and the connection made to a checked address.
/// 3. Each redirect starts again at 1.
/// 4. The body goes to disk as sent, measured and hashed on the way. What fails leaves no file.
/// A full disk is this server's own trouble and stays an <see cref="IOException"/>.
/// </remarks>
internal sealed partial class GuardedFetcher : IInputFetcher, IDisposable
{
    private const int BufferSize = 128 * 1024;

    private readonly NetworkGuard _guard;
    private readonly FetchOptions _options;
    private readonly ILogger<GuardedFetcher> _logger;
    private readonly HttpClient _client;

    public GuardedFetcher(NetworkGuard guard, IOptions<FetchOptions> options, ILogger<GuardedFetcher> logger)
        : this(guard, options, logger, guard.CreateHandler())
    {
    }

    internal GuardedFetcher(NetworkGuard guard, IOptions<FetchOptions> options, ILogger<GuardedFetcher> logger, HttpMessageHandler handler)
    {
        (_guard, _options, _logger) = (guard, options.Value, logger);
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public string? Refuse(Uri link) => _guard.Refuse(link);

    public Task<FetchedFile> FetchAsync(Uri link, string folder, CancellationToken cancellationToken) => FetchAsync(
        link,
        (response, limit) => SaveAsync(response, link, folder, limit),
        file => file.Length,
        cancellationToken);

    public Task<byte[]> FetchAsync(Uri link, int mostBytes, CancellationToken cancellationToken) => FetchAsync(
        link,
        async (response, limit) =>
        {
            var most = Math.Min(mostBytes, _options.MaxSize);
            if (response.Content.Headers.ContentLength > most) throw TooLarge($"it has {response.Content.Headers.ContentLength} bytes", most);
            using var content = new MemoryStream();
            await CopyAsync(response, content, most, limit);
            return content.ToArray();
        },
        content => content.Length,
        cancellationToken);

    public void Dispose() => _client.Dispose();

    private async Task<T> FetchAsync<T>(
        Uri link, Func<HttpResponseMessage, Limit, Task<T>> read, Func<T, long> lengthOf, CancellationToken cancellationToken)
    {
        if (!link.IsAbsoluteUri) throw new ArgumentException("Only absolute links can be fetched.", nameof(link));
        using var limit = new Limit(_options, cancellationToken);
        try
        {
            var started = Stopwatch.GetTimestamp();
            using var response = await SendAsync(link, limit);
            var fetched = await read(response, limit);
            LogFetched(WithoutSecrets(link), lengthOf(fetched), Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            return fetched;
        }
        catch (Exception exception) when (Reason(exception, limit, cancellationToken) is { } reason)
        {
            LogNotFetched(WithoutSecrets(link), reason);
            throw new FetchException(WithoutSecrets(link), reason, exception is Failure ? exception.InnerException : exception);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(Uri link, Limit limit)
    {
        var current = link;
        for (var redirects = 0; ; redirects++)
        {
            if (_guard.Refuse(current) is { } reason)
                throw new Failure(redirects == 0 ? reason : $"it redirects to '{Shown(current)}': {reason}");
            var response = await GetAsync(current, isRedirected: redirects > 0, limit);
            if (response.IsSuccessStatusCode) return response;
            using (response)
            {
                if (!IsRedirect(response.StatusCode))
                    throw new Failure($"the other server answered {(int)response.StatusCode} ({response.StatusCode})");
                if (redirects == _options.MaxRedirects)
                    throw new Failure($"it redirects more than {_options.MaxRedirects} times");
                current = Next(current, response);
            }
        }
    }

    private async Task<HttpResponseMessage> GetAsync(Uri link, bool isRedirected, Limit limit)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, link);
        request.Headers.TryAddWithoutValidation("User-Agent", "OgcProcesses");
        request.Headers.TryAddWithoutValidation("Accept", "*/*");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        try
        {
            return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Next());
        }
        catch (HttpRequestException exception) when (isRedirected)
        {
            throw new Failure($"it redirects to '{Shown(link)}': {Reason(exception)}", exception);
        }
    }

    private static Uri Next(Uri current, HttpResponseMessage response)
    {
        if (response.Headers.Location is not { } location) throw new Failure("it redirects to nowhere");
        if (!Uri.TryCreate(current, location, out var next)) throw new Failure("it redirects to something that is not a link");
        if (current.Scheme == Uri.UriSchemeHttps && next.Scheme == Uri.UriSchemeHttp)
            throw new Failure($"it redirects from https to http ('{Shown(next)}')");
        return next;
    }

    private async Task<FetchedFile> SaveAsync(HttpResponseMessage response, Uri link, string folder, Limit limit)
    {
        var promised = response.Content.Headers.ContentLength;
        if (promised > _options.MaxSize) throw TooLarge($"it has {promised} bytes", _options.MaxSize);
        var name = SafeFileName.For(response.Content.Headers.ContentDisposition, link, response.RequestMessage?.RequestUri ?? link);
        var file = Create(folder, name);
        try
        {
            await using (file)
            {
                var (length, checksum) = await CopyAsync(response, file, _options.MaxSize, limit);
                return new FetchedFile(file.Name, response.Content.Headers.ContentType?.MediaType, length, checksum);
            }
        }
        catch
        {
            File.Delete(file.Name);
            throw;
        }
    }

    private async Task<(long Length, string Sha256)> CopyAsync(HttpResponseMessage response, Stream destination, long most, Limit limit)
    {
        var promised = response.Content.Headers.ContentLength;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        var length = 0L;
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(limit.Next());
            while (await ReadAsync(body, buffer, length, promised, limit) is var read and > 0)
            {
                limit.Pause();
                length += read;
                if (length > most) throw TooLarge("it has more", most);
                hash.AppendData(buffer, 0, read);
                await destination.WriteAsync(buffer.AsMemory(0, read), limit.Whole);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        return promised is { } expected && expected != length
            ? throw Truncated(length, promised)
            : (length, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static async ValueTask<int> ReadAsync(Stream body, byte[] buffer, long soFar, long? promised, Limit limit)
    {
        try
        {
            return await body.ReadAsync(buffer, limit.Next());
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            throw Truncated(soFar, promised, exception);
        }
    }

    private static FileStream Create(string folder, string name)
    {
        for (var number = 1; ; number++)
        {
            var path = Path.Combine(Path.GetFullPath(folder), number == 1 ? name : SafeFileName.Numbered(name, number));
            try
            {
                return new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
            }
            catch (IOException) when (number < 10_000 && Path.Exists(path))
            {
                // Taken, perhaps by a transfer beside this one.
            }
        }
    }

    /// <summary>What to tell; null for what is not the link's fault (a full disk) and for the caller's own cancellation.</summary>
    private string? Reason(Exception exception, Limit limit, CancellationToken cancellationToken) => exception switch
    {
        _ when cancellationToken.IsCancellationRequested => null,
        Failure => exception.Message,
        HttpRequestException => Reason(exception),
        OperationCanceledException when limit.IsOver => $"the transfer took longer than {_options.Timeout.TotalSeconds:0.###} s",
        OperationCanceledException when limit.IsIdle => $"nothing arrived for {_options.IdleTimeout.TotalSeconds:0.###} s",
        OperationCanceledException => $"the connection took longer than {_options.ConnectTimeout.TotalSeconds:0.###} s",
        _ => null,
    };

    private static string Reason(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
            if (cause is ConnectionRefusedByRuleException) return cause.Message;
        return (exception as HttpRequestException)?.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => "the host's name could not be resolved",
            HttpRequestError.SecureConnectionError => "no secure connection could be made (its certificate may be invalid)",
            HttpRequestError.InvalidResponse => "the answer is not HTTP",
            HttpRequestError.ResponseEnded => "the connection ended before the answer",
            HttpRequestError.ConfigurationLimitExceeded => "the answer's headers are too long",
            HttpRequestError.ConnectionError => "no connection could be made",
            _ => "the connection broke before the answer",
        };
    }

    private Failure TooLarge(string size, long most) =>
        new($"{size}; at most {most} bytes are accepted{(most == _options.MaxSize ? " (Fetch:MaxSize)" : "")}");

    private static Failure Truncated(long length, long? promised, Exception? inner = null) =>
        new(promised is null
            ? $"the connection ended early, after {length} bytes"
            : $"{length} of {promised} promised bytes arrived", inner);

    private static bool IsRedirect(HttpStatusCode status) => (int)status is 301 or 302 or 303 or 307 or 308;

    private static string Shown(Uri link) => WithoutSecrets(link).GetLeftPart(UriPartial.Path);

    /// <summary>The link for messages and logs: without user-info, and without the query, which may hold a signature.</summary>
    private static Uri WithoutSecrets(Uri link) =>
        new UriBuilder(link) { UserName = "", Password = "", Query = "", Fragment = "" }.Uri;

    [LoggerMessage(LogLevel.Information, "Fetched {Link}: {Length} bytes in {Milliseconds:0} ms")]
    private partial void LogFetched(Uri link, long length, double milliseconds);

    [LoggerMessage(LogLevel.Warning, "{Link} was not fetched: {Reason}")]
    private partial void LogNotFetched(Uri link, string reason);

    /// <summary>A reason on its way up to <see cref="FetchAsync{T}"/>.</summary>
    private sealed class Failure(string reason, Exception? inner = null) : Exception(reason, inner);

    /// <summary>The time limits of one transfer, kept apart so that the one that fired can be told.</summary>
    private sealed class Limit : IDisposable
    {
        private readonly CancellationTokenSource _whole = new();
        private readonly CancellationTokenSource _idle = new();
        private readonly CancellationTokenSource _callerOrWhole;
        private readonly CancellationTokenSource _any;
        private readonly TimeSpan _idleTimeout;

        public Limit(FetchOptions options, CancellationToken cancellationToken)
        {
            _idleTimeout = options.IdleTimeout;
            _callerOrWhole = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _whole.Token);
            _any = CancellationTokenSource.CreateLinkedTokenSource(_callerOrWhole.Token, _idle.Token);
            _whole.CancelAfter(options.Timeout);
        }

        public bool IsOver => _whole.IsCancellationRequested;

        public bool IsIdle => _idle.IsCancellationRequested;

        /// <summary>Ends with the caller's wish or the whole transfer's time.</summary>
        public CancellationToken Whole => _callerOrWhole.Token;

        /// <summary>Also ends when nothing has arrived for a while, counted from now.</summary>
        public CancellationToken Next()
        {
            _idle.CancelAfter(_idleTimeout);
            return _any.Token;
        }

        /// <summary>Stops counting: what takes time now is this server's disk.</summary>
        public void Pause() => _idle.CancelAfter(Timeout.InfiniteTimeSpan);

        public void Dispose()
        {
            _any.Dispose();
            _callerOrWhole.Dispose();
            _idle.Dispose();
            _whole.Dispose();
        }
    }
}
