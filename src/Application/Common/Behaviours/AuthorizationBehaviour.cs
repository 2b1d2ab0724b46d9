using System.Reflection;
using MediatR;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Processes;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Common.Behaviours;

/// <summary>Lets a request through to its handler if its caller may make it: the one place that decides so.</summary>
/// <remarks>
/// A job is looked for among the caller's own, and a process among those that the caller sees, so that another's and one that never
/// was are told alike and take the same time. Lists are the one thing left to their handlers: <see cref="JobFilter.SeenBy"/>,
/// <see cref="ProcessFilter.SeenBy"/>.
/// </remarks>
internal sealed class AuthorizationBehaviour<TRequest, TResponse>(ICaller caller, IJobStore jobs, IProcessStore processes)
    : IPipelineBehavior<TRequest, TResponse>
{
    private static readonly bool IsOpenToAll = typeof(TRequest).IsDefined(typeof(OpenToAllAttribute));

    /// <remarks>What declares nothing is for nobody.</remarks>
    private static readonly RequiresAttribute? Required = typeof(TRequest).GetCustomAttribute<RequiresAttribute>();

    private static readonly Func<TRequest, JobId>? JobOf = Named<JobId>();

    private static readonly Func<TRequest, ProcessId>? ProcessOf = Named<ProcessId>();

    public async Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        if (!IsOpenToAll) EnsureRole(caller.Current);
        if (JobOf is not null) await EnsureSeesAsync(caller.Current, JobOf(request), cancellationToken);
        if (ProcessOf is not null) await EnsureMayUseAsync(caller.Current, ProcessOf(request), cancellationToken);
        return await next();
    }

    private static void EnsureRole(Caller caller)
    {
        if (caller.Role is not { } role)
        {
            throw caller.Id.Length == 0
                ? new OgcException(OgcError.Unauthenticated, "Say who you are: this needs a key or a token.")
                : new OgcException(OgcError.Forbidden, "You are known here, but have no role: ask the operator for one.");
        }

        if (Required is not { Role: var least }) throw new InvalidOperationException($"{typeof(TRequest).Name} does not declare who may make it.");
        if (!caller.Has(least)) throw new OgcException(OgcError.Forbidden, $"This needs the role '{least.Word()}'; yours is '{role.Word()}'.");
    }

    private async Task EnsureSeesAsync(Caller caller, JobId job, CancellationToken cancellationToken)
    {
        if (caller.SeesAll) return;
        if (await jobs.FindProcessAsync(job, caller.OwnerOfJobs, cancellationToken) is not { } process || !caller.Reaches(process))
            throw JobStoreExtensions.NoSuchJob(job);
    }

    private async Task EnsureMayUseAsync(Caller caller, ProcessId id, CancellationToken cancellationToken)
    {
        if (caller.SeesAll) return;
        var rights = await processes.FindRightsAsync(id, ProcessFilter.SeenBy(caller), cancellationToken) ?? throw ProcessStoreExtensions.NoSuchProcess(id);
        switch (Required?.ProcessUse)
        {
            case ProcessUse.Execute when !caller.Has(rights.ExecuteRole):
                throw new OgcException(OgcError.Forbidden, $"Process '{id}' is executed from the role '{rights.ExecuteRole.Word()}' on; yours is '{caller.Role!.Value.Word()}'.");
            case ProcessUse.Change when !caller.MayChangeThatOf(rights.Owner):
                throw rights.Mutable
                    ? new OgcException(OgcError.Forbidden, $"Process '{id}' is somebody else's; its owner and admins may change it.")
                    : ProcessStoreExtensions.BuiltIn(id);
        }
    }

    /// <summary>Reads what a request names of a kind; null when it names none.</summary>
    private static Func<TRequest, TNamed>? Named<TNamed>() => typeof(TRequest).GetProperties()
        .SingleOrDefault(property => property.PropertyType == typeof(TNamed))?.GetMethod!.CreateDelegate<Func<TRequest, TNamed>>();
}
