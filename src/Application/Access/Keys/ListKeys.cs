using AutoMapper;
using FluentValidation;
using MediatR;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Application.Common.Paging;
using OgcProcesses.Domain.Access;

namespace OgcProcesses.Application.Access.Keys;

/// <summary>Lists all keys that there ever were, newest first, without their secrets.</summary>
[Requires(Role.Admin)]
[Unaudited("it changes nothing")]
public sealed record ListKeys : IRequest<KeyList>
{
    /// <summary>Most keys to give, 1 to 10,000; 100 when left out.</summary>
    public int? Limit { get; init; }

    /// <summary>The page's place, from a link of another page.</summary>
    public string? Cursor { get; init; }
}

internal sealed class ListKeysValidator : AbstractValidator<ListKeys>
{
    public ListKeysValidator() => RuleFor(request => request.Limit).IsLimit();
}

internal sealed class ListKeysHandler(IApiKeyStore keys, IMapper mapper, ILinks links) : IRequestHandler<ListKeys, KeyList>
{
    public async Task<KeyList> Handle(ListKeys request, CancellationToken cancellationToken)
    {
        var page = await keys.ListAsync(Cursor.Parse(request.Cursor), PageSize.Effective(request.Limit), cancellationToken);
        return new(mapper.Map<IReadOnlyList<KeyInfo>>(page.Items), links.For(page));
    }
}
