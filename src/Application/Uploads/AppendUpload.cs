using MediatR;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Domain.Access;

namespace OgcProcesses.Application.Uploads;

/// <summary>Goes on with an upload from where it stands.</summary>
/// <param name="UploadId">The upload.</param>
/// <param name="Offset">Where the client takes it to stand, in bytes.</param>
/// <param name="Piece">What follows.</param>
[Requires(Role.Executor)]
[Unaudited("it is a part of an upload.create")]
public sealed record AppendUpload(string UploadId, long Offset, UploadPiece Piece) : IRequest<UploadInfo>;

internal sealed class AppendUploadHandler(OwnUploads uploads, UploadReceiver receiver, ILinks links) : IRequestHandler<AppendUpload, UploadInfo>
{
    public async Task<UploadInfo> Handle(AppendUpload request, CancellationToken cancellationToken) =>
        UploadInfo.Of(await receiver.AppendAsync(uploads.Get(request.UploadId), request.Offset, request.Piece, cancellationToken), links);
}
