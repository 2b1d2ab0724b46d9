using FluentValidation;
using MediatR;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Application.Common.Paging;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Uploads;

namespace OgcProcesses.Application.Uploads;

/// <summary>Lists the caller's uploads that have not expired, newest first.</summary>
[Requires(Role.Executor)]
[Unaudited("it changes nothing")]
public sealed record ListUploads : IRequest<UploadList>
{
    /// <summary>Most uploads to give, 1 to 10,000; 100 when left out.</summary>
    public int? Limit { get; init; }

    /// <summary>The page's place, from a link of another page.</summary>
    public string? Cursor { get; init; }
}

internal sealed class ListUploadsValidator : AbstractValidator<ListUploads>
{
    public ListUploadsValidator() => RuleFor(request => request.Limit).IsLimit();
}

internal sealed class ListUploadsHandler(OwnUploads uploads, ILinks links) : IRequestHandler<ListUploads, UploadList>
{
    public Task<UploadList> Handle(ListUploads request, CancellationToken cancellationToken)
    {
        var (cursor, limit) = (Cursor.Parse(request.Cursor), PageSize.Effective(request.Limit));
        var page = Page.Of([.. From(uploads.List(), cursor).Take(limit + 1)], limit, cursor, upload => upload.Id);
        return Task.FromResult(new UploadList([.. page.Items.Select(upload => UploadInfo.Of(upload, links))], links.For(page)));
    }

    private static IEnumerable<Upload> From(IReadOnlyList<Upload> newestFirst, Cursor? cursor) => cursor switch
    {
        null => newestFirst,
        { Backwards: true, Key: var place } => newestFirst.Reverse().Where(upload => string.CompareOrdinal(upload.Id, place) > 0),
        { Key: var place } => newestFirst.Where(upload => string.CompareOrdinal(upload.Id, place) < 0),
    };
}
