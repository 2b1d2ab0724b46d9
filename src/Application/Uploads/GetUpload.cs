using MediatR;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Domain.Access;

namespace OgcProcesses.Application.Uploads;

/// <summary>Tells where an upload of the caller's stands.</summary>
[Requires(Role.Executor)]
[Unaudited("it changes nothing")]
public sealed record GetUpload(string UploadId) : IRequest<UploadInfo>;

internal sealed class GetUploadHandler(OwnUploads uploads, ILinks links) : IRequestHandler<GetUpload, UploadInfo>
{
    public Task<UploadInfo> Handle(GetUpload request, CancellationToken cancellationToken) =>
        Task.FromResult(UploadInfo.Of(uploads.Get(request.UploadId), links));
}
