using MediatR;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Domain.Access;

namespace OgcProcesses.Application.Access.Links;

/// <summary>Withdraws all signed links to results, by a new key.</summary>
[Requires(Role.Admin)]
[Audited("links.rotate", Subject = nameof(RotatedResultLinks.Key))]
public sealed record RotateResultLinks : IRequest<RotatedResultLinks>;

/// <summary>The key that links are signed with from now on.</summary>
/// <param name="Key">Its number.</param>
/// <param name="Created">When it was made. Links that were signed before no longer lead anywhere: at once on this node, within seconds on the others.</param>
public sealed record RotatedResultLinks(int Key, DateTimeOffset Created);

internal sealed class RotateResultLinksHandler(ResultLinks links) : IRequestHandler<RotateResultLinks, RotatedResultLinks>
{
    public async Task<RotatedResultLinks> Handle(RotateResultLinks request, CancellationToken cancellationToken)
    {
        var key = await links.RotateAsync(cancellationToken);
        return new(key.Number, key.Created);
    }
}
