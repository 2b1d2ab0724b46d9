using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using OgcProcesses.Application.Processes.Describe;
using OgcProcesses.Application.Processes.List;
using OgcProcesses.Application.Processes.Statistics;

namespace OgcProcesses.WebApi.Http;

/// <summary>Entity tags of processes.</summary>
/// <remarks>
/// RFC 9110, 8.8.3. A tag begins with the revision, which is all that If-Match looks at. A description's tag goes on with
/// what else it shows: the state of the image changes, too, but must not keep a deployer from replacing the process.
/// </remarks>
internal static class ProcessTag
{
    private const int RevisionLength = 32;

    /// <summary>The tag of a process's package.</summary>
    public static string Of(Guid revision) => $"\"{revision:N}\"";

    /// <summary>The tag that stands for a process in the answer to its deployment or replacement.</summary>
    public static string Of(ProcessSummary summary) => Of(summary.Revision);

    /// <summary>The tag of a process's description.</summary>
    public static string Of(ProcessDocument document) => $"\"{document.Revision:N}.{Hash(document)}\"";

    /// <summary>The tag of the statistics of a process's jobs.</summary>
    public static string Of(ProcessStatistics statistics) => $"\"{Hash(statistics)}\"";

    /// <summary>The revisions that a request may change; null for any.</summary>
    /// <remarks>
    /// RFC 9110, 13.1.1 and 13.1.2: a weak tag matches nothing, and neither does any process where If-None-Match wants
    /// that there be none.
    /// </remarks>
    public static IReadOnlyCollection<Guid>? Expected(HttpRequest request)
    {
        var headers = request.GetTypedHeaders();
        if (headers.IfNoneMatch.Contains(EntityTagHeaderValue.Any)) return [];
        if (request.Headers.IfMatch.Count == 0 || headers.IfMatch.Contains(EntityTagHeaderValue.Any)) return null;
        return [.. headers.IfMatch.Where(tag => !tag.IsWeak).Select(tag => Revision(tag.Tag.Value!.Trim('"'))).OfType<Guid>()];
    }

    private static string Hash<T>(T shown) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(shown, JsonSerializerOptions.Web))[..8]);

    private static Guid? Revision(string tag) =>
        tag.Length >= RevisionLength && Guid.TryParseExact(tag.AsSpan(0, RevisionLength), "N", out var revision) ? revision : null;
}
