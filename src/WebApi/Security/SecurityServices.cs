using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Access.Keys;
using OgcProcesses.Application.Access.Links;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.WebApi.Http;
using OgcProcesses.WebApi.Security.Sessions;
using OgcProcesses.WebApi.Security.Tokens;

namespace OgcProcesses.WebApi.Security;

/// <summary>Registers how callers say who they are. What they may do is decided by the application.</summary>
internal static class SecurityServices
{
    public static IServiceCollection AddSecurity(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<SecurityOptions>, SecurityOptionsValidator>();
        services.AddOptions<SecurityOptions>()
            .BindConfiguration(SecurityOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddOptions<ResultLinkOptions>()
            .BindConfiguration($"{SecurityOptions.Section}:{nameof(SecurityOptions.ResultLinks)}")
            .ValidateDataAnnotations()
            .ValidateOnStart()
            // Where nobody is asked who they are, every link leads to what it names.
            .PostConfigure<IOptions<SecurityOptions>>((links, security) => links.Lifetime = security.Value.IsOpen ? TimeSpan.Zero : links.Lifetime);
        services.AddOptions<KeyOptions>()
            .BindConfiguration(KeyOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddOwnMachine();
        services.AddSingleton<ICaller, RequestCaller>();
        services.AddSingleton<IRequestOrigin, RequestOrigin>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, Refusal>();
        services.AddAuthentication(Schemes.Any)
            .AddPolicyScheme(Schemes.Any, null, any => any.ForwardDefaultSelector = SchemeOf)
            .AddScheme<AuthenticationSchemeOptions, KeyScheme>(Schemes.Key, null)
            .AddScheme<AuthenticationSchemeOptions, OpenScheme>(Schemes.Open, null)
            .AddScheme<AuthenticationSchemeOptions, ResultLinkScheme>(Schemes.ResultLink, null)
            .AddScheme<AuthenticationSchemeOptions, ClosedScheme>(Schemes.Closed, null)
            .AddTokens()
            .AddSessions()
            .AddIssuerLogin();
        // At the door already, so that no body is read of somebody who may do nothing.
        services.AddAuthorization(door => door.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        return services;
    }

    private static string SchemeOf(HttpContext context)
    {
        var options = context.RequestServices.GetRequiredService<IOptions<SecurityOptions>>().Value;
        if (options.IsOpen) return Schemes.Open;
        if (ResultLinkScheme.IsAsked(context)) return Schemes.ResultLink;
        if (options.TakesKeys && KeyScheme.IsFor(context.Request)) return Schemes.Key;
        if (options.TakesTokens && TokenScheme.IsOf(context.Request)) return Schemes.Token;
        return options.HasLogin && SessionScheme.IsFor(context.Request) ? Schemes.Session : Schemes.Closed;
    }

    /// <summary>Refuses at the door in the same words as the application does behind it.</summary>
    private sealed class Refusal : IAuthorizationMiddlewareResultHandler
    {
        public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
        {
            if (authorizeResult.Succeeded) await next(context);
            else if (IsLedToLogin(context)) SessionEndpoints.LeadToLogin(context);
            else throw await WhyAsync(context);
        }

        /// <summary>Whether a person looks at a page and has not logged in, or no longer is.</summary>
        private static bool IsLedToLogin(HttpContext context) =>
            context.RequestServices.GetRequiredService<IOptions<SecurityOptions>>().Value.HasLogin
            && Representation.IsPage(context.Request) && SchemeOf(context) is Schemes.Session or Schemes.Closed
            && !context.Request.Headers.ContainsKey("Authorization") && !context.Request.Headers.ContainsKey(KeyScheme.Header);

        /// <remarks>A scheme that has words for the caller fails with them; what it found is known by now, and not found out again.</remarks>
        private static async Task<OgcException> WhyAsync(HttpContext context)
        {
            // A session that is over was no attempt to log in.
            if (SchemeOf(context) == Schemes.Session) return new(OgcError.Unauthenticated, "Your session is over: log in again.");
            var failure = (await context.AuthenticateAsync()).Failure;
            var told = failure as OgcException ?? new OgcException(OgcError.Unauthenticated, "Say who you are: this needs a key or a token.");
            // Who shows nothing has not tried to log in, and that an issuer is away is nobody's fault.
            if (failure is not null && told.Error == OgcError.Unauthenticated)
                await context.RequestServices.GetRequiredService<AuditTrail>().RefuseLoginAsync(JsonNamingPolicy.CamelCase.ConvertName(SchemeOf(context)), told.Message);
            return told;
        }
    }
}
