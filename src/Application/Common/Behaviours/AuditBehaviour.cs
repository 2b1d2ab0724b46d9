using System.Reflection;
using MediatR;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Common.Behaviours;

/// <summary>Tells the audit trail of requests that declare what they are called there.</summary>
/// <remarks>
/// Around all other behaviours, so that refusals are told, too. A change of a job or a process is told in the transaction that commits it
/// (<see cref="PendingAudit"/>); any other before it is answered.
/// </remarks>
internal sealed class AuditBehaviour<TRequest, TResponse>(AuditTrail trail) : IPipelineBehavior<TRequest, TResponse>
{
    private static readonly AuditedAttribute? Audited = typeof(TRequest).GetCustomAttribute<AuditedAttribute>();

    private static readonly PropertyInfo? Unless = Audited?.Unless is { } name ? typeof(TRequest).GetProperty(name) : null;

    private static readonly PropertyInfo? Subject = Audited?.Subject is { } name ? typeof(TRequest).GetProperty(name) : null;

    private static readonly PropertyInfo? SubjectOfAnswer = Audited?.Subject is { } name && Subject is null ? typeof(TResponse).GetProperty(name) : null;

    private static readonly PropertyInfo? Named = typeof(TRequest).GetProperties()
        .FirstOrDefault(property => property.PropertyType == typeof(JobId) || property.PropertyType == typeof(ProcessId));

    public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next) =>
        Audited is null || Unless?.GetValue(request) is true ? next()
        : Audited.IsRead ? ReadAsync(request, Audited, next)
        : ChangeAsync(request, Audited, next);

    private async Task<TResponse> ReadAsync(TRequest request, AuditedAttribute audited, RequestHandlerDelegate<TResponse> next)
    {
        try
        {
            var answer = await next();
            await trail.CountAsync(audited.Action, SubjectOf(request), AuditOutcome.Done, null);
            return answer;
        }
        catch (OgcException refusal) when (refusal.Error == OgcError.Forbidden || refusal.Error == OgcError.NoSuchJob)
        {
            await trail.CountAsync(audited.Action, SubjectOf(request), AuditOutcome.Refused, refusal.Message);
            throw;
        }
    }

    private async Task<TResponse> ChangeAsync(TRequest request, AuditedAttribute audited, RequestHandlerDelegate<TResponse> next)
    {
        var pending = trail.Begin(audited.Action);
        pending.Begin();
        TResponse answer;
        try
        {
            answer = await next();
        }
        catch (Exception failure) when (!pending.IsTold && failure is not OperationCanceledException)
        {
            var (outcome, reason) = failure is OgcException ? (AuditOutcome.Refused, failure.Message) : (AuditOutcome.Failed, failure.GetType().Name);
            await trail.CountAsync(audited.Action, SubjectOf(request), outcome, reason);
            throw;
        }

        if (!pending.IsTold) await trail.WriteAsync(audited.Action, SubjectOfAnswer?.GetValue(answer)?.ToString() ?? SubjectOf(request));
        return answer;
    }

    private static string? SubjectOf(TRequest request) =>
        Named is null ? Subject?.GetValue(request)?.ToString()
        : Subject is null ? $"{Named.GetValue(request)}"
        : $"{Named.GetValue(request)}/{Subject.GetValue(request)}";
}
