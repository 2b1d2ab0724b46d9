using AutoMapper;
using FluentValidation;
using MediatR;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Application.Common.Paging;
using OgcProcesses.Domain.Access;

namespace OgcProcesses.Application.Processes.List;

/// <summary>Lists the processes, by identifier.</summary>
/// <remarks>/req/core/process-list</remarks>
[Requires(Role.Reader)]
public sealed record ListProcesses : IRequest<ProcessList>
{
    /// <summary>Most processes to give, 1 to 10,000; 100 when left out.</summary>
    public int? Limit { get; init; }

    /// <summary>The page's place, from a link of another page.</summary>
    public string? Cursor { get; init; }
}

internal sealed class ListProcessesValidator : AbstractValidator<ListProcesses>
{
    public ListProcessesValidator() => RuleFor(request => request.Limit).IsLimit();
}

internal sealed class ListProcessesHandler(IProcessStore processes, IMapper mapper, ICaller caller, ILinks links)
    : IRequestHandler<ListProcesses, ProcessList>
{
    public async Task<ProcessList> Handle(ListProcesses request, CancellationToken cancellationToken)
    {
        var page = await processes.ListAsync(
            ProcessFilter.SeenBy(caller.Current), Cursor.Parse(request.Cursor), PageSize.Effective(request.Limit), cancellationToken);
        return new(mapper.Map<IReadOnlyList<ProcessSummary>>(page.Items), links.For(page));
    }
}
