using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Uploads;

namespace OgcProcesses.Application.Uploads;

/// <summary>The uploads of the caller of the current request that have not expired; of all others the caller learns nothing, be they an admin.</summary>
public sealed class OwnUploads(IUploadStore store, ICaller caller, ILinks links, TimeProvider clock)
{
    private const string Folder = "/uploads/";

    /// <summary>An upload.</summary>
    /// <exception cref="OgcException">The caller has none of that name.</exception>
    internal Upload Get(string id) => Find(id) ?? throw new OgcException(OgcError.NoSuchUpload, $"You have no upload '{id}'.");

    /// <summary>An upload; null when the caller has none of that name.</summary>
    internal Upload? Find(string id) => store.Find(caller.Current.Id, id) is { } upload && IsCurrent(upload) ? upload : null;

    /// <summary>All of them, newest first.</summary>
    internal IReadOnlyList<Upload> List() => [.. store.List(caller.Current.Id).Where(IsCurrent)];

    /// <summary>Keeps an upload for a job that is to be accepted with it.</summary>
    internal void Hold(string id, JobId jobId) => store.Hold(Get(id), jobId);

    /// <summary>The identifier of the upload that a link names, be there one or not; null for a link that leads elsewhere.</summary>
    /// <param name="href">The URL that an upload's answer gave, or its path.</param>
    internal string? IdOf(string href)
    {
        var root = links.Root;
        var paths = (string[])[root.AbsolutePath.TrimEnd('/') + Folder, Folder];
        var isOurs = href.StartsWith('/')
            || (Uri.TryCreate(href, UriKind.Absolute, out var link) && Uri.Compare(link, root, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0);
        if (!isOurs) return null;
        var path = href.StartsWith('/') ? href : new Uri(href).PathAndQuery;
        return paths.FirstOrDefault(path.StartsWith) is { } before ? path[before.Length..] : null;
    }

    private bool IsCurrent(Upload upload) => upload.Expires > clock.GetUtcNow();
}
