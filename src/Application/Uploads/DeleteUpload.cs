using MediatR;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Domain.Access;

namespace OgcProcesses.Application.Uploads;

/// <summary>Removes an upload; jobs that were accepted with it still have it.</summary>
[Requires(Role.Executor)]
[Audited("upload.delete", Subject = nameof(UploadId))]
public sealed record DeleteUpload(string UploadId) : IRequest;

internal sealed class DeleteUploadHandler(OwnUploads uploads, IUploadStore store, UploadSweep sweep, TimeProvider clock) : AsyncRequestHandler<DeleteUpload>
{
    protected override async Task Handle(DeleteUpload request, CancellationToken cancellationToken)
    {
        var upload = uploads.Get(request.UploadId);
        if (await sweep.IsHeldAsync(upload, cancellationToken)) store.Save(upload with { Expires = clock.GetUtcNow() });
        else store.Delete(upload);
    }
}
