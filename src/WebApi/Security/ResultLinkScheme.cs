using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using OgcProcesses.Application.Access.Links;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.WebApi.Security;

/// <summary>Marks an action that a signed link may lead to: it reads one thing, which its path alone names.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TakesResultLinksAttribute : Attribute;

/// <summary>Takes whoever follows a signed link to a result for a reader who is the job's owner, for this one request.</summary>
/// <remarks>
/// That can't be used for anything else. The scheme is asked only where routing has found an action that is marked; what such an action reads
/// is named by the path, and the signature is checked against the very path that was routed; a query that says anything more is refused. The
/// caller lives as long as the request, and a reader changes nothing.
/// </remarks>
internal sealed class ResultLinkScheme(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ResultLinks links, IJobStore jobs)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>Stands for the owner of a job that nobody knows of any more: nothing is theirs.</summary>
    private const string NoOwner = "nobody";

    /// <summary>Whether a request shows a signature and nothing that counts for more.</summary>
    public static bool IsAsked(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<TakesResultLinksAttribute>() is not null
        && context.Request.Query.ContainsKey(ResultLinks.Parameter)
        && !context.Request.Headers.ContainsKey("Authorization") && !context.Request.Headers.ContainsKey("X-API-Key");

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        Response.OnStarting(KeepPrivate);
        // The values of names that differ in case alone are together here.
        if (Request.Query.Count != 1 || Request.Query[ResultLinks.Parameter] is not [{ } signature])
            return Refused($"A signed link holds '{ResultLinks.Parameter}' once, and no other query parameter.");
        return await links.CheckAsync(Request.Path.Value!, signature, Context.RequestAborted) switch
        {
            SignatureState.Valid => AuthenticateResult.Success(new(CallerClaims.PrincipalOf(await OwnerAsync(), Schemes.ResultLink), Schemes.ResultLink)),
            SignatureState.Expired => Refused("This link has expired. Ask for the job's results again, or use a key or a token."),
            _ => Refused("The link's signature does not fit, or all links were withdrawn since it was made. Ask for the job's results again, or use a key or a token."),
        };
    }

    private async Task<Caller> OwnerAsync()
    {
        var isJob = JobId.TryParse($"{Request.RouteValues["jobId"]}", out var job);
        return new(isJob && await jobs.FindOwnerAsync(job, Context.RequestAborted) is { Length: > 0 } owner ? owner : NoOwner, Role.Reader);
    }

    private static AuthenticateResult Refused(string why) => AuthenticateResult.Fail(new OgcException(OgcError.Unauthenticated, why));

    /// <summary>Keeps the link from the servers that what it leads to names, and both from the caches of others.</summary>
    private Task KeepPrivate()
    {
        Response.Headers["Referrer-Policy"] = "no-referrer";
        if (StringValues.IsNullOrEmpty(Response.Headers.CacheControl)) Response.Headers.CacheControl = "private, no-cache";
        return Task.CompletedTask;
    }
}
