using MediatR;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Logs;

/// <summary>Gives what a job's program wrote in its last attempt.</summary>
public sealed record GetLogs(JobId Id) : IRequest<IAsyncEnumerable<LogLine>>;

internal sealed class GetLogsHandler(IJobStore jobs, ILogStore logs) : IRequestHandler<GetLogs, IAsyncEnumerable<LogLine>>
{
    public async Task<IAsyncEnumerable<LogLine>> Handle(GetLogs request, CancellationToken cancellationToken)
    {
        await jobs.GetAsync(request.Id, cancellationToken);
        return logs.ReadAsync(request.Id, cancellationToken);
    }
}
