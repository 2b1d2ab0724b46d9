using System.Buffers;
using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Infrastructure.Fetching;

/// <summary>Fetches links over http and https, only from where it may.</summary>
/// <remarks>
/// 1. The link is checked without the network (<see cref="NetworkGuard.Refuse(Uri)"/>).
/// 2. The name is resolved, every address checked, and the connection made to a checked address.
/// 3. Each redirect starts again at 1.
/// 4. The body goes to disk as sent, measured and hashed on the way. One that breaks off is asked for again from 1,
///    from where it broke if the other server can (<see cref="Transfer"/>). What fails leaves no file.
/// A full disk is this server's own trouble and stays an <see cref="IOException"/>.
/// </remarks>
internal sealed partial class GuardedFetcher : IInputFetcher, IDisposable
{
    private const int BufferSize = 128 * 1024;
    private const string MaxSizeSetting = "Fetch:MaxSize";

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

    public Task<FetchedFile> FetchAsync(Uri link, string folder, CancellationToken cancellationToken) => WithinLimitsAsync(
        link,
        async limit =>
        {
            FileStream? file = null;
            try
            {
                await using var transfer = new Transfer(
                    response => file = Create(folder, NameOf(response, link)), _options.MaxSize, MaxSizeSetting);
                var checksum = await ReceiveAsync(link, transfer, limit);
                return new FetchedFile(file!.Name, transfer.MediaType, transfer.Length, checksum);
            }
            catch
            {
                if (file is not null) File.Delete(file.Name);
                throw;
            }
        },
        file => file.Length,
        cancellationToken);

    public Task<byte[]> FetchAsync(Uri link, int mostBytes, CancellationToken cancellationToken) => WithinLimitsAsync(
        link,
        async limit =>
        {
            var content = new MemoryStream();
            var isOurs = mostBytes < _options.MaxSize;
            await using var transfer = new Transfer(_ => content, isOurs ? mostBytes : _options.MaxSize, isOurs ? "" : MaxSizeSetting);
            await ReceiveAsync(link, transfer, limit);
            return content.ToArray();
        },
        content => content.Length,
        cancellationToken);

    public void Dispose() => _client.Dispose();

    private async Task<T> WithinLimitsAsync<T>(Uri link, Func<Limit, Task<T>> fetch, Func<T, long> lengthOf, CancellationToken cancellationToken)
    {
        if (!link.IsAbsoluteUri) throw new ArgumentException("Only absolute links can be fetched.", nameof(link));
        using var limit = new Limit(_options, cancellationToken);
        try
        {
            var started = Stopwatch.GetTimestamp();
            var fetched = await fetch(limit);
            LogFetched(WithoutSecrets(link), lengthOf(fetched), Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            return fetched;
        }
        catch (Exception exception) when (Reason(exception, limit, cancellationToken) is { } reason)
        {
            LogNotFetched(WithoutSecrets(link), reason);
            throw new FetchException(WithoutSecrets(link), reason, exception is FetchFailure ? exception.InnerException : exception);
        }
    }

    /// <summary>Fetches until all is there, going on where an answer broke off; gives the checksum.</summary>
    private async Task<string> ReceiveAsync(Uri link, Transfer transfer, Limit limit)
    {
        for (var retries = 0; ; retries++)
        {
            try
            {
                using var response = await SendAsync(link, transfer, limit);
                transfer.Begin(response);
                await CopyAsync(response, transfer, limit);
                return transfer.Complete();
            }
            catch (Exception failure) when (retries < _options.MaxRetries && transfer.HasBegun && IsTransient(failure, limit))
            {
                LogRetried(WithoutSecrets(link), transfer.Length, failure.Message);
                await Task.Delay(_options.RetryDelay * (1 << retries), limit.Whole);
                limit.Renew();
            }
        }
    }

    private static bool IsTransient(Exception failure, Limit limit) => failure switch
    {
        BrokenTransfer => true,
        HttpRequestException => !IsRefused(failure),
        OperationCanceledException => !limit.Whole.IsCancellationRequested,
        _ => false,
    };

    private async Task<HttpResponseMessage> SendAsync(Uri link, Transfer transfer, Limit limit)
    {
        var current = link;
        for (var redirects = 0; ; redirects++)
        {
            if (_guard.Refuse(current) is { } reason)
                throw new FetchFailure(redirects == 0 ? reason : $"it redirects to '{Shown(current)}': {reason}");
            var response = await GetAsync(current, isRedirected: redirects > 0, transfer, limit);
            if (response.IsSuccessStatusCode) return response;
            using (response)
            {
                if (!IsRedirect(response.StatusCode)) throw Unsuccessful(response.StatusCode, transfer);
                if (redirects == _options.MaxRedirects)
                    throw new FetchFailure($"it redirects more than {_options.MaxRedirects} times");
                current = Next(current, response);
            }
        }
    }

    /// <remarks>A server that had begun to answer and fails now may do better at the next try; one that refuses won't.</remarks>
    private static FetchFailure Unsuccessful(HttpStatusCode status, Transfer transfer)
    {
        var reason = $"the other server answered {(int)status} ({status})";
        return transfer.HasBegun && (int)status is 408 or 429 or >= 500 ? new BrokenTransfer(reason) : new FetchFailure(reason);
    }

    private async Task<HttpResponseMessage> GetAsync(Uri link, bool isRedirected, Transfer transfer, Limit limit)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, link);
        request.Headers.TryAddWithoutValidation("User-Agent", "OgcProcesses");
        request.Headers.TryAddWithoutValidation("Accept", "*/*");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        transfer.Prepare(request);
        try
        {
            return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Next());
        }
        catch (HttpRequestException exception) when (isRedirected)
        {
            var reason = $"it redirects to '{Shown(link)}': {Reason(exception)}";
            throw IsRefused(exception) ? new FetchFailure(reason, exception) : new BrokenTransfer(reason, exception);
        }
    }

    private static Uri Next(Uri current, HttpResponseMessage response)
    {
        if (response.Headers.Location is not { } location) throw new FetchFailure("it redirects to nowhere");
        if (!Uri.TryCreate(current, location, out var next)) throw new FetchFailure("it redirects to something that is not a link");
        if (current.Scheme == Uri.UriSchemeHttps && next.Scheme == Uri.UriSchemeHttp)
            throw new FetchFailure($"it redirects from https to http ('{Shown(next)}')");
        return next;
    }

    private static string NameOf(HttpResponseMessage response, Uri link) =>
        SafeFileName.For(response.Content.Headers.ContentDisposition, link, response.RequestMessage?.RequestUri ?? link);

    private async Task CopyAsync(HttpResponseMessage response, Transfer transfer, Limit limit)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(limit.Next());
            while (await ReadAsync(body, buffer, transfer, limit) is var read and > 0)
            {
                if (!limit.Arrived(read))
                    throw new FetchFailure($"less than {_options.MinBytesPerSecond} bytes a second arrived (Fetch:MinBytesPerSecond)");
                await transfer.AppendAsync(buffer.AsMemory(0, read), limit.Whole);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async ValueTask<int> ReadAsync(Stream body, byte[] buffer, Transfer transfer, Limit limit)
    {
        try
        {
            return await body.ReadAsync(buffer, limit.Next());
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            throw transfer.Broken(exception);
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
        FetchFailure => exception.Message,
        HttpRequestException => Reason(exception),
        OperationCanceledException when limit.IsOver => $"the transfer took longer than {_options.Timeout.TotalSeconds:0.###} s",
        OperationCanceledException when limit.IsIdle => $"nothing arrived for {_options.IdleTimeout.TotalSeconds:0.###} s",
        OperationCanceledException => $"the connection took longer than {_options.ConnectTimeout.TotalSeconds:0.###} s",
        _ => null,
    };

    private static string Reason(Exception exception)
    {
        if (Refusal(exception) is { } refusal) return refusal.Message;
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

    private static bool IsRefused(Exception exception) => Refusal(exception) is not null;

    private static ConnectionRefusedByRuleException? Refusal(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
            if (cause is ConnectionRefusedByRuleException refusal) return refusal;
        return null;
    }

    private static bool IsRedirect(HttpStatusCode status) => (int)status is 301 or 302 or 303 or 307 or 308;

    private static string Shown(Uri link) => WithoutSecrets(link).GetLeftPart(UriPartial.Path);

    [LoggerMessage(LogLevel.Information, "{Link} broke off after {Length} bytes and is tried again: {Reason}")]
    private partial void LogRetried(Uri link, long length, string reason);

    /// <summary>The link for messages and logs: without user-info, and without the query, which may hold a signature.</summary>
    private static Uri WithoutSecrets(Uri link) =>
        new UriBuilder(link) { UserName = "", Password = "", Query = "", Fragment = "" }.Uri;

    [LoggerMessage(LogLevel.Information, "Fetched {Link}: {Length} bytes in {Milliseconds:0} ms")]
    private partial void LogFetched(Uri link, long length, double milliseconds);

    [LoggerMessage(LogLevel.Warning, "{Link} was not fetched: {Reason}")]
    private partial void LogNotFetched(Uri link, string reason);

    /// <summary>The time limits of one transfer, kept apart so that the one that fired can be told.</summary>
    private sealed class Limit : IDisposable
    {
        private readonly CancellationTokenSource _whole = new();
        private readonly CancellationTokenSource _callerOrWhole;
        private readonly TimeSpan _idleTimeout;
        private readonly long _leastRate;
        private CancellationTokenSource _idle;
        private CancellationTokenSource _any;
        private long _since;
        private TimeSpan _waited;
        private long _arrived;

        public Limit(FetchOptions options, CancellationToken cancellationToken)
        {
            (_idleTimeout, _leastRate) = (options.IdleTimeout, options.MinBytesPerSecond);
            _callerOrWhole = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _whole.Token);
            _idle = new();
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
            _since = Stopwatch.GetTimestamp();
            _idle.CancelAfter(_idleTimeout);
            return _any.Token;
        }

        /// <summary>Stops counting, as what takes time now is this server's disk, and tells whether the other server is fast enough.</summary>
        /// <remarks>On the average of all waiting for it, looked at once that has come to the idle time.</remarks>
        public bool Arrived(int bytes)
        {
            _idle.CancelAfter(Timeout.InfiniteTimeSpan);
            _waited += Stopwatch.GetElapsedTime(_since);
            _arrived += bytes;
            if (_waited < _idleTimeout) return true;
            var isEnough = _arrived >= _leastRate * _waited.TotalSeconds;
            (_waited, _arrived) = (TimeSpan.Zero, 0);
            return isEnough;
        }

        /// <summary>Begins the waiting for another answer.</summary>
        public void Renew()
        {
            _any.Dispose();
            _idle.Dispose();
            _idle = new();
            _any = CancellationTokenSource.CreateLinkedTokenSource(_callerOrWhole.Token, _idle.Token);
            (_waited, _arrived) = (TimeSpan.Zero, 0);
        }

        public void Dispose()
        {
            _any.Dispose();
            _callerOrWhole.Dispose();
            _idle.Dispose();
            _whole.Dispose();
        }
    }
}
