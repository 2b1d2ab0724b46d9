using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Callbacks;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Infrastructure.Fetching;

namespace OgcProcesses.Infrastructure.Callbacks;

/// <summary>Posts callbacks over http and https, signed by the convention of Standard Webhooks where there is a key.</summary>
/// <remarks>
/// The body goes to a file first, because its length and signature are sent before it and a document may be large. No redirect is
/// followed. https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
/// </remarks>
internal sealed class CallbackSender : ICallbackSender, IDisposable
{
    private const int BufferSize = 64 * 1024;

    private readonly NetworkGuard _guard;
    private readonly TimeProvider _clock;
    private readonly HttpClient _client;
    private readonly List<byte[]> _keys;

    public CallbackSender(NetworkGuard guard, IOptions<CallbackOptions> options, TimeProvider clock)
    {
        (_guard, _clock, _keys) = (guard, clock, [.. options.Value.ReadSigningKeys()]);
        _client = new HttpClient(guard.CreateHandler()) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public async Task<CallbackAnswer> PostAsync(CallbackMessage message, CancellationToken cancellationToken)
    {
        if (_guard.Refuse(message.Address) is { } reason) return new(null, reason, IsForGood: true);
        await using var body = CreateBody();
        await message.WriteBodyAsync(body, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, message.Address);
        request.Headers.TryAddWithoutValidation("User-Agent", "OgcProcesses");
        request.Headers.TryAddWithoutValidation("Link", $"<{message.Job.AbsoluteUri}>; rel=\"monitor\"");
        await SignAsync(request.Headers, message.EventId, body, cancellationToken);
        body.Position = 0;
        request.Content = new StreamContent(body, BufferSize) { Headers = { ContentType = new(OgcNames.Json), ContentLength = body.Length } };
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return Read(response);
        }
        catch (HttpRequestException failure)
        {
            var isRefused = failure.InnerException is ConnectionRefusedByRuleException;
            return new(null, isRefused ? failure.InnerException!.Message : failure.Message, isRefused);
        }
    }

    public void Dispose() => _client.Dispose();

    /// <remarks>The standard says 200 or 202; no other success says less. 410 is how a subscriber unsubscribes.</remarks>
    private CallbackAnswer Read(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        if (response.IsSuccessStatusCode) return new(status, null);
        var asked = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - _clock.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return new(status, $"the subscriber answered {status} ({response.StatusCode})", response.StatusCode == HttpStatusCode.Gone, asked);
    }

    private async Task SignAsync(HttpRequestHeaders headers, Guid eventId, Stream body, CancellationToken cancellationToken)
    {
        var timestamp = _clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        headers.TryAddWithoutValidation("webhook-id", eventId.ToString());
        headers.TryAddWithoutValidation("webhook-timestamp", timestamp);
        if (_keys.Count == 0) return;
        var hashes = _keys.ConvertAll(key => IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key));
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var before = Encoding.ASCII.GetBytes($"{eventId}.{timestamp}.");
            foreach (var hash in hashes) hash.AppendData(before);
            body.Position = 0;
            while (await body.ReadAsync(buffer, cancellationToken) is var read and > 0)
                foreach (var hash in hashes) hash.AppendData(buffer, 0, read);
            headers.TryAddWithoutValidation(
                "webhook-signature", string.Join(' ', hashes.Select(hash => $"v1,{Convert.ToBase64String(hash.GetHashAndReset())}")));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            foreach (var hash in hashes) hash.Dispose();
        }
    }

    private static FileStream CreateBody()
    {
        var path = Path.Combine(Path.GetTempPath(), $"ogcprocesses-callback-{Guid.NewGuid():N}");
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Delete,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
            BufferSize = BufferSize,
        };
        if (OperatingSystem.IsWindows()) return new(path, options);
        options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var body = new FileStream(path, options);
        // At once, or a kill would leave it behind; the open file stays until it is closed.
        File.Delete(path);
        return body;
    }
}
