using FluentValidation;
using MediatR;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Application.Common.Paging;
using OgcProcesses.Application.Jobs.List;
using OgcProcesses.Domain.Access;

namespace OgcProcesses.Application.Access.Audit;

/// <summary>The filters that choose events of the audit trail.</summary>
public record AuditSelection
{
    /// <summary>Only events of an instant, a day or an interval (RFC 3339; <c>a/b</c>, <c>../b</c>, <c>a/..</c>), ends included.</summary>
    public string? Datetime { get; init; }

    /// <summary>Only events of this caller.</summary>
    public string? Caller { get; init; }

    /// <summary>Only events of this action, such as <c>process.deploy</c>.</summary>
    public string? Action { get; init; }

    /// <summary>Only events of this process, job or key.</summary>
    public string? Subject { get; init; }

    /// <summary>The filter of a request that has been found valid.</summary>
    internal AuditFilter ToFilter()
    {
        DateTimeOffset? from = null, to = null;
        if (Datetime is not null) _ = JobFilters.TryParseInterval(Datetime, out from, out to);
        return new(from, to, Caller, Action, Subject);
    }
}

/// <summary>Lists the audit trail, newest first.</summary>
[Requires(Role.Admin)]
[Unaudited("it reads the audit trail")]
public sealed record ListAuditEvents : AuditSelection, IRequest<AuditEventList>
{
    /// <summary>Most events to give, 1 to 10,000; 100 when left out.</summary>
    public int? Limit { get; init; }

    /// <summary>The page's place, from a link of another page.</summary>
    public string? Cursor { get; init; }
}

/// <summary>A list of events.</summary>
/// <param name="Events">The events.</param>
/// <param name="Links">This page and its neighbours.</param>
public sealed record AuditEventList(IReadOnlyList<AuditEvent> Events, IReadOnlyList<Link> Links);

internal sealed class ListAuditEventsValidator : AbstractValidator<ListAuditEvents>
{
    public ListAuditEventsValidator()
    {
        RuleFor(request => request.Limit).IsLimit();
        RuleFor(request => request.Datetime).IsDatetime();
    }
}

internal sealed class ListAuditEventsHandler(IAuditStore store, ILinks links) : IRequestHandler<ListAuditEvents, AuditEventList>
{
    public async Task<AuditEventList> Handle(ListAuditEvents request, CancellationToken cancellationToken)
    {
        var page = await store.ListAsync(request.ToFilter(), Cursor.Parse(request.Cursor), PageSize.Effective(request.Limit), cancellationToken);
        return new(page.Items, links.For(page));
    }
}
