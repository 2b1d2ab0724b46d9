using MediatR;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Uploads;

namespace OgcProcesses.Application.Uploads;

/// <summary>Takes a file, or the beginning of one, for its caller to give as an input of jobs.</summary>
/// <param name="File">What the file is said to be.</param>
/// <param name="Piece">The file, or its beginning.</param>
/// <param name="IsResumable">Whether what has arrived is kept when the connection breaks; otherwise nothing is.</param>
[Requires(Role.Executor)]
[Audited("upload.create", Subject = nameof(UploadInfo.Id))]
public sealed record CreateUpload(AnnouncedFile File, UploadPiece Piece, bool IsResumable) : IRequest<UploadInfo>;

/// <summary>What a file is said to be before it arrives.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its media type.</param>
/// <param name="Digests">Its checksums.</param>
public sealed record AnnouncedFile(string? Name, string? Type, IReadOnlyList<Digest> Digests);

internal sealed class CreateUploadHandler(
    IUploadStore store, OwnUploads uploads, UploadReceiver receiver, ICaller caller, ILinks links, IOptions<UploadOptions> options, TimeProvider clock)
    : IRequestHandler<CreateUpload, UploadInfo>
{
    public async Task<UploadInfo> Handle(CreateUpload request, CancellationToken cancellationToken)
    {
        var (file, now) = (request.File, clock.GetUtcNow());
        var upload = new Upload(Upload.NewId(now), caller.Current.Id, now, now + options.Value.Lifetime)
        {
            Name = file.Name,
            Type = file.Type,
            Length = request.Piece.LengthOfFile(0),
            Announced = file.Digests,
        };
        EnsureNotTooMany();
        await receiver.EnsureRoomAsync(upload, cancellationToken);
        store.Add(upload);
        try
        {
            return UploadInfo.Of(await receiver.AppendAsync(upload, 0, request.Piece, cancellationToken), links);
        }
        catch (Exception failure) when (failure is OgcException || !request.IsResumable)
        {
            store.Delete(upload);
            throw;
        }
    }

    private void EnsureNotTooMany()
    {
        var own = uploads.List();
        if (own.Count < options.Value.MaxPerCaller) return;
        throw new OgcException(
            OgcError.TooManyUploads, $"You have {own.Count} uploads, which is the most for one caller (Uploads:MaxPerCaller). Delete some that you don't need (DELETE /uploads/{{id}}).")
        {
            RetryAfter = own.Min(upload => upload.Expires) - clock.GetUtcNow(),
        };
    }
}
