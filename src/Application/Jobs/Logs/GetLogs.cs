using FluentValidation;
using MediatR;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Logs;

/// <summary>Gives what a job's program wrote in its last attempt.</summary>
/// <param name="Id">The job.</param>
/// <param name="Skip">Lines at the start to leave out, which a client that follows the log has already.</param>
public sealed record GetLogs(JobId Id, int Skip = 0) : IRequest<IAsyncEnumerable<LogLine>>;

internal sealed class GetLogsValidator : AbstractValidator<GetLogs>
{
    public GetLogsValidator() =>
        RuleFor(request => request.Skip).GreaterThanOrEqualTo(0).OverridePropertyName("skip").WithMessage("must be 0 or more");
}

internal sealed class GetLogsHandler(IJobStore jobs, ILogStore logs) : IRequestHandler<GetLogs, IAsyncEnumerable<LogLine>>
{
    public async Task<IAsyncEnumerable<LogLine>> Handle(GetLogs request, CancellationToken cancellationToken)
    {
        await jobs.GetAsync(request.Id, cancellationToken);
        return logs.ReadAsync(request.Id, cancellationToken).Skip(request.Skip);
    }
}
