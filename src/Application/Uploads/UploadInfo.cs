using OgcProcesses.Application.Common.Links;
using OgcProcesses.Domain.Uploads;

namespace OgcProcesses.Application.Uploads;

/// <summary>An upload as its owner is told of it.</summary>
public sealed record UploadInfo
{
    /// <summary>The upload's identifier.</summary>
    public required string Id { get; init; }

    /// <summary>What an execute request gives as an input's href, and where the upload is found itself.</summary>
    public required string Href { get; init; }

    /// <summary>The file's name, if it was told.</summary>
    public string? Name { get; init; }

    /// <summary>The file's media type, if it was told.</summary>
    public string? Type { get; init; }

    /// <summary>Size of the whole file in bytes; left out while that is not known.</summary>
    public long? Length { get; init; }

    /// <summary>Bytes that have arrived.</summary>
    public long Received { get; init; }

    /// <summary>SHA-256 of the whole file, lower-case hexadecimal; left out until all of it has arrived.</summary>
    public string? Sha256 { get; init; }

    /// <summary>When its sending began.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>From when on it can neither be resumed nor be given as an input.</summary>
    public DateTimeOffset Expires { get; init; }

    /// <summary>Whether all of it has arrived, so that it can be given as an input.</summary>
    public bool Complete => Sha256 is not null;

    internal static UploadInfo Of(Upload upload, ILinks links) => new()
    {
        Id = upload.Id,
        Href = links.Url(PathOf(upload)),
        Name = upload.Name,
        Type = upload.Type,
        Length = upload.Length,
        Received = upload.Received,
        Sha256 = upload.Sha256,
        Created = upload.Created,
        Expires = upload.Expires,
    };

    /// <summary>Where an upload is found, below the API's root.</summary>
    internal static string PathOf(Upload upload) => $"uploads/{upload.Id}";
}

/// <summary>A list of uploads.</summary>
/// <param name="Uploads">The uploads, newest first.</param>
/// <param name="Links">This page and its neighbours.</param>
public sealed record UploadList(IReadOnlyList<UploadInfo> Uploads, IReadOnlyList<Link> Links);
