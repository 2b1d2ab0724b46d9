using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OgcProcesses.Domain.Access;

namespace OgcProcesses.WebApi.FunctionalTests.Security;

/// <summary>Lets requests say who makes them by a header: for tests of what callers may do, not of how they prove who they are.</summary>
internal sealed class TestCallers(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    private const string Name = "Test";

    /// <summary>Adds the header to a server that asks who its callers are.</summary>
    public static void AddTo(IServiceCollection services)
    {
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, TestCallers>(Name, null);
        services.PostConfigure<PolicySchemeOptions>("Any", any =>
        {
            var others = any.ForwardDefaultSelector!;
            any.ForwardDefaultSelector = context => context.Request.Headers.ContainsKey(Name) ? Name : others(context);
        });
    }

    /// <summary>The header of a caller who may be in a group.</summary>
    public static (string Name, string Value) Header(string id, Role role, string group = "") => (Name, $"{id} {role} {group}");

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var words = Request.Headers[Name].ToString().Split(' ');
        var identity = new ClaimsIdentity([new("caller", words[0]), new("role", words[1]), .. words[2..].Select(group => new Claim("group", group))], Name);
        return Task.FromResult(AuthenticateResult.Success(new(new ClaimsPrincipal(identity), Name)));
    }
}
