using MediatR;
using Microsoft.AspNetCore.Mvc;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Uploads;
using OgcProcesses.WebApi.Http;
using OgcProcesses.WebApi.OpenApi;

namespace OgcProcesses.WebApi.Controllers;

/// <summary>Uploads: files of the caller's own to be inputs of jobs, for a short time.</summary>
[ApiController]
[Route("/uploads")]
public sealed class UploadsController(IMediator mediator) : ControllerBase
{
    /// <summary>The caller's uploads that have not expired, newest first.</summary>
    /// <remarks>Also those that have not arrived completely, to go on with them.</remarks>
    /// <response code="200">A page of the uploads.</response>
    [HttpGet(Name = "getUploads")]
    public Task<UploadList> List([FromQuery] ListUploads query, CancellationToken cancellationToken) => mediator.Send(query, cancellationToken);

    /// <summary>Uploads a file, so that its href can be given as an input.</summary>
    /// <remarks>
    /// The body is the file. With Upload-Complete what has arrived before the connection breaks is kept, and the upload can be gone on with
    /// (draft-ietf-httpbis-resumable-upload): ?0 begins one of which more follows, be it with an empty body, to learn its address.
    /// </remarks>
    /// <response code="201">The upload.</response>
    [HttpPost(Name = "createUpload")]
    [Makes(typeof(CreateUpload))]
    [StreamedBody("*/*", "The file, or its beginning.")]
    [RequestHeader("Content-Disposition", "The file's name: attachment; filename=\"scene.tif\".")]
    [RequestHeader(UploadHeaders.Complete, "?1 where the file ends with the body, ?0 where more follows; ?1, and nothing kept of a broken connection, when left out.")]
    [RequestHeader(UploadHeaders.Length, "Size of the whole file, in bytes.")]
    [RequestHeader("Repr-Digest", "Checksums of the whole file by sha-256 or sha-512 (RFC 9530); a file that has others is refused.")]
    [RequestHeader("Content-Digest", "Checksums of the body by sha-256 or sha-512 (RFC 9530); a body that has others is refused.")]
    [AnswerHeader(201, "Location", "Where the upload is found; what an execute request gives as an input's href.")]
    [AnswerHeader(201, UploadHeaders.Complete, "?1 where all of the file has arrived, else ?0.")]
    [AnswerHeader(201, UploadHeaders.Offset, "How many bytes have arrived.")]
    [AnswerHeader(201, UploadHeaders.Length, "Size of the whole file in bytes, where it is known.")]
    [AnswerHeader(201, UploadHeaders.Limit, "max-size: the largest upload, in bytes.")]
    [Problems(
        nameof(OgcError.UploadLengthChanged), nameof(OgcError.TooMuchStored), nameof(OgcError.NoSuchUpload), nameof(OgcError.UploadTooLarge),
        nameof(OgcError.UnsupportedUpload), nameof(OgcError.TooManyUploads), nameof(OgcError.NoRoomForUploads), Others = [408])]
    [ProducesResponseType<UploadInfo>(StatusCodes.Status201Created)]
    public async Task<CreatedResult> Create(CancellationToken cancellationToken)
    {
        var upload = await mediator.Send(UploadHeaders.ReadNew(Request), cancellationToken);
        UploadHeaders.Tell(Response, upload);
        return Created(upload.Href, upload);
    }

    /// <summary>Where an upload stands.</summary>
    /// <remarks>HEAD tells the same in headers: who goes on with an upload begins at Upload-Offset.</remarks>
    /// <response code="200">The upload.</response>
    [HttpGet("{uploadId}", Name = "getUpload")]
    [Makes(typeof(GetUpload))]
    [Polled]
    [AnswerHeader(200, UploadHeaders.Complete, "?1 where all of the file has arrived, else ?0.")]
    [AnswerHeader(200, UploadHeaders.Offset, "How many bytes have arrived.")]
    [AnswerHeader(200, UploadHeaders.Length, "Size of the whole file in bytes, where it is known.")]
    [AnswerHeader(200, UploadHeaders.Limit, "max-size: the largest upload, in bytes.")]
    [Problems(nameof(OgcError.NoSuchUpload))]
    public async Task<UploadInfo> Get(string uploadId, CancellationToken cancellationToken)
    {
        var upload = await mediator.Send(new GetUpload(uploadId), cancellationToken);
        UploadHeaders.Tell(Response, upload);
        return upload;
    }

    /// <summary>Goes on with an upload.</summary>
    /// <remarks>draft-ietf-httpbis-resumable-upload: the body is what follows at Upload-Offset, where the upload must stand.</remarks>
    /// <response code="200">The upload as it is now.</response>
    [HttpPatch("{uploadId}", Name = "appendUpload")]
    [Makes(typeof(AppendUpload))]
    [StreamedBody(UploadHeaders.Partial, "What follows.")]
    [RequestHeader(UploadHeaders.Offset, "How many bytes have arrived.", IsRequired = true)]
    [RequestHeader(UploadHeaders.Complete, "?1 where the file ends with the body, ?0 where more follows.", IsRequired = true)]
    [RequestHeader(UploadHeaders.Length, "Size of the whole file, in bytes.")]
    [RequestHeader("Content-Digest", "Checksums of the body by sha-256 or sha-512 (RFC 9530); a body that has others is refused.")]
    [AnswerHeader(200, UploadHeaders.Complete, "?1 where all of the file has arrived, else ?0.")]
    [AnswerHeader(200, UploadHeaders.Offset, "How many bytes have arrived.")]
    [AnswerHeader(200, UploadHeaders.Length, "Size of the whole file in bytes, where it is known.")]
    [AnswerHeader(200, UploadHeaders.Limit, "max-size: the largest upload, in bytes.")]
    [AnswerHeader(409, UploadHeaders.Offset, "How many bytes have arrived.")]
    [AnswerHeader(409, UploadHeaders.Complete, "?0: it is not complete.")]
    [Problems(
        nameof(OgcError.UploadComplete), nameof(OgcError.UploadLengthChanged), nameof(OgcError.TooMuchStored), nameof(OgcError.NoSuchUpload), nameof(OgcError.UploadElsewhere),
        nameof(OgcError.UploadTooLarge), nameof(OgcError.UnsupportedUpload), nameof(OgcError.UploadBusy), nameof(OgcError.NoRoomForUploads), Others = [408])]
    public async Task<UploadInfo> Append(string uploadId, CancellationToken cancellationToken)
    {
        var upload = await mediator.Send(UploadHeaders.ReadPiece(uploadId, Request), cancellationToken);
        UploadHeaders.Tell(Response, upload);
        return upload;
    }

    /// <summary>Deletes an upload, complete or not.</summary>
    /// <remarks>Jobs that were accepted with it have it still.</remarks>
    /// <response code="204">The upload is gone.</response>
    [HttpDelete("{uploadId}", Name = "deleteUpload")]
    [Makes(typeof(DeleteUpload))]
    [Problems(nameof(OgcError.NoSuchUpload))]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    public async Task<NoContentResult> Delete(string uploadId, CancellationToken cancellationToken)
    {
        await mediator.Send(new DeleteUpload(uploadId), cancellationToken);
        return NoContent();
    }
}
