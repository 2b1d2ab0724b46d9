using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Uploads;
using OgcProcesses.Domain.Uploads;

namespace OgcProcesses.WebApi.Http;

/// <summary>The headers of uploads.</summary>
/// <remarks>draft-ietf-httpbis-resumable-upload; RFC 9530 for checksums; RFC 9651 for how their values are written.</remarks>
internal static partial class UploadHeaders
{
    /// <summary>Whether the file ends with the content.</summary>
    public const string Complete = "Upload-Complete";

    /// <summary>Where the content belongs in the file, in bytes.</summary>
    public const string Offset = "Upload-Offset";

    /// <summary>Size of the whole file, in bytes.</summary>
    public const string Length = "Upload-Length";

    /// <summary>What the server takes.</summary>
    public const string Limit = "Upload-Limit";

    /// <summary>The media type of a piece that continues an upload.</summary>
    public const string Partial = "application/partial-upload";

    private const string OfContent = "Content-Digest";
    private const string OfFile = "Repr-Digest";

    /// <summary>What curl says of a body that nobody has told it the type of.</summary>
    private const string Form = "application/x-www-form-urlencoded";

    [GeneratedRegex(@"\A\s*(?<algorithm>[a-z*][a-z0-9_.*-]*)=:(?<value>[A-Za-z0-9+/]*={0,2}):\s*\z")]
    private static partial Regex DigestMember { get; }

    /// <summary>Reads a new upload.</summary>
    public static CreateUpload ReadNew(HttpRequest request)
    {
        var headers = request.GetTypedHeaders();
        if (headers.ContentType?.MediaType.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase) == true)
            throw new OgcException(OgcError.UnsupportedUpload, "Send the file itself as the body, not a form that holds it: curl --data-binary @file, not -F.");
        var disposition = headers.ContentDisposition;
        var name = disposition?.FileNameStar is { Length: > 0 } encoded ? encoded : HeaderUtilities.RemoveQuotes(disposition?.FileName ?? default);
        var type = headers.ContentType is { } given && !given.MediaType.Equals(Form, StringComparison.OrdinalIgnoreCase) ? given.ToString() : null;
        var isLast = ReadComplete(request);
        return new(new(name.HasValue && name.Length > 0 ? name.Value : null, type, ReadDigests(request, OfFile)), ReadPiece(request, isLast ?? true), isLast is not null);
    }

    /// <summary>Reads a piece that continues an upload.</summary>
    public static AppendUpload ReadPiece(string uploadId, HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals(Partial, StringComparison.OrdinalIgnoreCase))
            throw new OgcException(OgcError.UnsupportedUpload, $"Send what follows as {Partial}, not as '{request.ContentType ?? "nothing"}'.");
        var (offset, isLast) = (ReadNumber(request, Offset), ReadComplete(request));
        List<Violation> missing = [];
        if (offset is null) missing.Add(Violation.InHeader(Offset, "is required: how many bytes have arrived, as HEAD tells"));
        if (isLast is null) missing.Add(Violation.InHeader(Complete, "is required: ?1 where the file ends with this piece, else ?0"));
        return missing.Count == 0 ? new(uploadId, offset!.Value, ReadPiece(request, isLast!.Value)) : throw new OgcException(missing);
    }

    /// <summary>Tells where an upload stands.</summary>
    public static void Tell(HttpResponse response, UploadInfo upload)
    {
        Tell(response, upload.Received, upload.Complete);
        if (upload.Length is { } length) response.Headers[Length] = Text(length);
        response.Headers[Limit] = $"max-size={Text(response.HttpContext.RequestServices.GetRequiredService<IOptions<UploadOptions>>().Value.MaxBytes)}";
        response.Headers.CacheControl = "no-store";
    }

    /// <summary>Tells where an upload stands.</summary>
    public static void Tell(HttpResponse response, long offset, bool isComplete)
    {
        response.Headers[Offset] = Text(offset);
        response.Headers[Complete] = isComplete ? "?1" : "?0";
    }

    private static UploadPiece ReadPiece(HttpRequest request, bool isLast) =>
        new(request.Body, request.ContentLength, ReadNumber(request, Length), isLast, ReadDigests(request, OfContent));

    private static bool? ReadComplete(HttpRequest request) => request.Headers[Complete].ToString() switch
    {
        "" => null,
        "?1" => true,
        "?0" => false,
        _ => throw new OgcException([Violation.InHeader(Complete, "must be ?1 or ?0")]),
    };

    private static long? ReadNumber(HttpRequest request, string header)
    {
        var text = request.Headers[header].ToString();
        if (text.Length == 0) return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new OgcException([Violation.InHeader(header, "must be a number of bytes")]);
    }

    /// <remarks>RFC 9530, 2 and 3: algorithms that are not known are passed over.</remarks>
    private static List<Digest> ReadDigests(HttpRequest request, string header)
    {
        List<Digest> digests = [];
        foreach (var member in request.Headers[header].SelectMany(line => line!.Split(',')))
        {
            var match = DigestMember.Match(member);
            var value = new byte[match.Groups["value"].Length];
            if (!match.Success || !Convert.TryFromBase64String(match.Groups["value"].Value, value, out var length))
                throw new OgcException([Violation.InHeader(header, "must be such as sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=: (RFC 9530)")]);
            if (match.Groups["algorithm"].Value is Digest.Sha256 or Digest.Sha512) digests.Add(new(match.Groups["algorithm"].Value, Convert.ToHexStringLower(value.AsSpan(0, length))));
        }

        return digests;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
