using Microsoft.Extensions.Options;
using OgcProcesses.Application.Access.Keys;
using OgcProcesses.Application.Access.Links;
using OgcProcesses.WebApi.Security.Sessions;
using OgcProcesses.WebApi.Security.Tokens;

namespace OgcProcesses.WebApi.Security;

/// <summary>How callers say who they are.</summary>
[Flags]
public enum SecurityMode
{
    /// <summary>They don't: everybody may do everything.</summary>
    Open = 1,

    /// <summary>By a key of this server.</summary>
    ApiKeys = 2,

    /// <summary>By a token of an OpenID Connect issuer.</summary>
    OpenIdConnect = 4,
}

/// <summary>Who may use the server. Section <c>Security</c>.</summary>
public sealed class SecurityOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Security";

    /// <summary>How callers say who they are: <c>Open</c>, <c>ApiKeys</c>, <c>OpenIdConnect</c>, or <c>ApiKeys, OpenIdConnect</c>.</summary>
    public SecurityMode Mode { get; set; } = SecurityMode.Open;

    /// <summary>Whether a server in mode <c>Open</c> may be reached from other machines, and under any name.</summary>
    public bool AllowOpenOnNetwork { get; set; }

    /// <summary>Links to results that need no key or token.</summary>
    public ResultLinkOptions ResultLinks { get; set; } = new();

    /// <summary>How long keys are valid.</summary>
    public KeyOptions Keys { get; set; } = new();

    /// <summary>How long people stay logged in to the pages.</summary>
    public PageSessionOptions Sessions { get; set; } = new();

    /// <summary>The issuer of tokens, in mode <see cref="SecurityMode.OpenIdConnect"/>.</summary>
    public IssuerOptions OpenIdConnect { get; init; } = new();

    /// <summary>Whether keys are taken.</summary>
    internal bool TakesKeys => Mode.HasFlag(SecurityMode.ApiKeys);

    /// <summary>Whether tokens are taken.</summary>
    internal bool TakesTokens => Mode.HasFlag(SecurityMode.OpenIdConnect);

    /// <summary>Whether people may log in to the pages at the issuer.</summary>
    internal bool HasIssuerLogin => TakesTokens && OpenIdConnect.Login.ClientId is not null;

    /// <summary>Whether people may log in to the pages.</summary>
    internal bool HasLogin => TakesKeys || HasIssuerLogin;

    /// <summary>Whether the server asks nobody who they are.</summary>
    internal bool IsOpen => Mode == SecurityMode.Open;

    /// <summary>Whether the server is for its own machine alone.</summary>
    internal bool IsOnOwnMachine => IsOpen && !AllowOpenOnNetwork;
}

internal sealed class SecurityOptionsValidator : IValidateOptions<SecurityOptions>
{
    private const SecurityMode Both = SecurityMode.ApiKeys | SecurityMode.OpenIdConnect;

    public ValidateOptionsResult Validate(string? name, SecurityOptions options) =>
        options.Mode is SecurityMode.Open or SecurityMode.ApiKeys or SecurityMode.OpenIdConnect or Both
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"Security:Mode must be Open, ApiKeys, OpenIdConnect or 'ApiKeys, OpenIdConnect', not '{options.Mode}'.");
}
