using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace OgcProcesses.Client.Http;

/// <summary>Uploads a file so that a connection that breaks costs only what was on the way.</summary>
/// <remarks>draft-ietf-httpbis-resumable-upload: an empty beginning, to learn the address, then the rest, as often as it takes. Checksum: RFC 9530.</remarks>
internal sealed class FileUpload(OgcProcessesClient client, FileStream file, string mediaType, IProgress<long>? progress)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public async Task<UploadInfo> RunAsync(CancellationToken cancellationToken)
    {
        var address = await BeginAsync(cancellationToken);
        long offset = 0;
        for (var failures = 0; ;)
        {
            try
            {
                return await AppendAsync(address, offset, cancellationToken);
            }
            catch (Exception broken) when (failures < client.Settings.MaxRetries && IsWorthAnother(broken))
            {
                await Task.Delay(Pause, client.Settings.TimeProvider, cancellationToken);
                var before = offset;
                offset = await AskOffsetAsync(address, cancellationToken);
                failures = offset > before ? 0 : failures + 1;
            }
        }
    }

    /// <summary>Whether what is there may be gone on with; the server answers 409 where it has more, or less, than was thought.</summary>
    private static bool IsWorthAnother(Exception broken) =>
        broken is HttpRequestException or IOException || (broken is OgcProcessesException { Status: var status } && (status == HttpStatusCode.Conflict || RetryHandler.IsAway(status)));

    private async Task<Uri> BeginAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, client.PathOf("uploads")) { Content = new ByteArrayContent([]) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        request.Content.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = Path.GetFileName(file.Name), FileNameStar = Path.GetFileName(file.Name) };
        request.Headers.Add("Upload-Complete", "?0");
        request.Headers.Add("Upload-Length", file.Length.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("Repr-Digest", $"sha-256=:{Convert.ToBase64String(await SHA256.HashDataAsync(file, cancellationToken))}:");
        using var response = await client.Http.SendAsync(request, cancellationToken);
        // Below the address at which the client reaches the server, whatever the server takes for its own.
        return client.PathOf($"uploads/{response.Headers.Location!.OriginalString.TrimEnd('/').Split('/')[^1]}");
    }

    private async Task<UploadInfo> AppendAsync(Uri address, long offset, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, address) { Content = new FileContent(file, offset, progress) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/partial-upload");
        request.Headers.Add("Upload-Offset", offset.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("Upload-Complete", "?1");
        return await client.SendAsync(request, ApiJson.Default.UploadInfo, cancellationToken);
    }

    private async Task<long> AskOffsetAsync(Uri address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, address);
        using var response = await client.Http.SendAsync(request, cancellationToken);
        return long.Parse(response.Headers.GetValues("Upload-Offset").Single(), CultureInfo.InvariantCulture);
    }
}
