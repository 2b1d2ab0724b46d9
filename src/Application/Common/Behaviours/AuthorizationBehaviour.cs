using System.Reflection;
using MediatR;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Common.Behaviours;

/// <summary>Lets a request through to its handler if its caller may make it: the one place that decides so.</summary>
/// <remarks>
/// A job is looked for among the caller's own, so that another's and one that never was are told alike and take the same time.
/// Lists are the one thing left to their handlers, by <see cref="Caller.OwnerOfJobs"/>.
/// </remarks>
internal sealed class AuthorizationBehaviour<TRequest, TResponse>(ICaller caller, IJobStore jobs) : IPipelineBehavior<TRequest, TResponse>
{
    private static readonly bool IsOpenToAll = typeof(TRequest).IsDefined(typeof(OpenToAllAttribute));

    /// <remarks>What declares nothing is for nobody.</remarks>
    private static readonly Role? Least = typeof(TRequest).GetCustomAttribute<RequiresAttribute>()?.Role;

    private static readonly Func<TRequest, JobId>? JobOf = Named<JobId>();

    public async Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        if (!IsOpenToAll) EnsureRole(caller.Current);
        if (JobOf is not null) await EnsureSeesAsync(caller.Current, JobOf(request), cancellationToken);
        return await next();
    }

    private static void EnsureRole(Caller caller)
    {
        if (caller.Role is not { } role) throw new OgcException(OgcError.Unauthenticated, "Say who you are: this needs a key or a token.");
        if (Least is not { } least) throw new InvalidOperationException($"{typeof(TRequest).Name} does not declare who may make it.");
        if (!caller.Has(least)) throw new OgcException(OgcError.Forbidden, $"This needs the role '{Word(least)}'; yours is '{Word(role)}'.");
    }

    private async Task EnsureSeesAsync(Caller caller, JobId job, CancellationToken cancellationToken)
    {
        if (caller.SeesAll) return;
        if (await jobs.FindProcessAsync(job, caller.OwnerOfJobs, cancellationToken) is not { } process || !caller.Reaches(process))
            throw JobStoreExtensions.NoSuchJob(job);
    }

    private static string Word(Role role) => role.ToString().ToLowerInvariant();

    /// <summary>Reads what a request names of a kind; null when it names none.</summary>
    private static Func<TRequest, TNamed>? Named<TNamed>() => typeof(TRequest).GetProperties()
        .SingleOrDefault(property => property.PropertyType == typeof(TNamed))?.GetMethod!.CreateDelegate<Func<TRequest, TNamed>>();
}
