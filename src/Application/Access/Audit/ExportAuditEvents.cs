using System.Runtime.CompilerServices;
using FluentValidation;
using MediatR;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Paging;
using OgcProcesses.Application.Jobs.List;
using OgcProcesses.Domain.Access;

namespace OgcProcesses.Application.Access.Audit;

/// <summary>Gives all events of the audit trail that filters leave, newest first, as they are read.</summary>
[Requires(Role.Admin)]
[Unaudited("it reads the audit trail")]
public sealed record ExportAuditEvents : AuditSelection, IRequest<IAsyncEnumerable<AuditEvent>>;

internal sealed class ExportAuditEventsValidator : AbstractValidator<ExportAuditEvents>
{
    public ExportAuditEventsValidator() => RuleFor(request => request.Datetime).IsDatetime();
}

internal sealed class ExportAuditEventsHandler(IAuditStore store) : RequestHandler<ExportAuditEvents, IAsyncEnumerable<AuditEvent>>
{
    private const int AtOnce = 1_000;

    protected override IAsyncEnumerable<AuditEvent> Handle(ExportAuditEvents request) => ReadAsync(request.ToFilter());

    /// <remarks>Page by page: no query lasts for as long as its reader takes.</remarks>
    private async IAsyncEnumerable<AuditEvent> ReadAsync(AuditFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Cursor? place = null;
        do
        {
            var page = await store.ListAsync(filter, place, AtOnce, cancellationToken);
            foreach (var happened in page.Items) yield return happened;
            place = page.Next;
        }
        while (place is not null);
    }
}
