using Microsoft.Extensions.Options;
using OgcProcesses.Domain.Access;

namespace OgcProcesses.WebApi.Security.Tokens;

/// <summary>Whose tokens are taken, and what they say of their callers. Section <c>Security:OpenIdConnect</c>.</summary>
public sealed class IssuerOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = $"{SecurityOptions.Section}:{nameof(SecurityOptions.OpenIdConnect)}";

    /// <summary>The issuer as its tokens name it (<c>iss</c>), such as <c>https://login.example.org/realms/institute</c>.</summary>
    /// <remarks>OpenID Connect Discovery 1.0, 4: its addresses and keys are found from there.</remarks>
    public Uri? Authority { get; set; }

    /// <summary>Whether the issuer may be asked over http on other machines than this one: whoever is on the way can then make tokens.</summary>
    public bool AllowHttp { get; set; }

    /// <summary>Names of this API in tokens (<c>aud</c>), any of which will do.</summary>
    public IReadOnlyList<string> Audiences { get; init; } = [];

    /// <summary>Clients whose access tokens are taken though they name no audience, as those of Amazon Cognito.</summary>
    public IReadOnlyList<string> ClientIds { get; init; } = [];

    /// <summary>The claim that is the caller's identifier; it must never be given to somebody else, nor be the user's to choose.</summary>
    public string UserClaim { get; set; } = "sub";

    /// <summary>The claim that <see cref="Roles"/> looks at.</summary>
    /// <remarks>Dots lead into objects (<c>realm_access.roles</c>), but not in a name with a colon (<c>https://ogc.example/roles</c>). A text is split at blanks, as <c>scope</c> is.</remarks>
    public string RolesClaim { get; set; } = "roles";

    /// <summary>The claim of the groups that the caller is in; read as <see cref="RolesClaim"/> is.</summary>
    public string GroupsClaim { get; set; } = "groups";

    /// <summary>The values of <see cref="RolesClaim"/> that give a role; of several, the highest counts.</summary>
    public RoleValues Roles { get; init; } = new();

    /// <summary>The role of callers whose token gives them none; none when left out.</summary>
    public Role? DefaultRole { get; set; }

    /// <summary>How far the issuer's clock and this one may be apart.</summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the issuer's keys are trusted without its saying so again: after this time, a withdrawn key is refused at the latest.</summary>
    /// <remarks>They are asked for after half of it, so that an issuer that is away for the other half is not missed.</remarks>
    public TimeSpan KeyLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How people log in to the pages at the issuer.</summary>
    public LoginOptions Login { get; init; } = new();

    /// <summary>Whether the issuer may be asked over http.</summary>
    internal bool IsHttpAllowed => AllowHttp || Authority is { IsLoopback: true };
}

/// <summary>The client of the issuer that the pages are.</summary>
public sealed class LoginOptions
{
    /// <summary>Its identifier; nobody logs in at the issuer when left out.</summary>
    public string? ClientId { get; set; }

    /// <summary>Its secret; left out for a public client, which shows by PKCE alone that it is the one that asked.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>What the issuer is asked for besides <c>openid</c>, such as a scope that puts this API into the access token.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];
}

/// <summary>Values of a claim that give roles.</summary>
public sealed class RoleValues
{
    /// <summary>Those of readers.</summary>
    public IReadOnlyList<string> Reader { get; init; } = [];

    /// <summary>Those of executors.</summary>
    public IReadOnlyList<string> Executor { get; init; } = [];

    /// <summary>Those of deployers.</summary>
    public IReadOnlyList<string> Deployer { get; init; } = [];

    /// <summary>Those of admins.</summary>
    public IReadOnlyList<string> Admin { get; init; } = [];

    /// <summary>Each value with its role.</summary>
    internal IEnumerable<(string Value, Role Role)> All =>
    [
        .. Reader.Select(value => (value, Role.Reader)), .. Executor.Select(value => (value, Role.Executor)),
        .. Deployer.Select(value => (value, Role.Deployer)), .. Admin.Select(value => (value, Role.Admin)),
    ];
}

/// <summary>Names what is missing or wrong about an issuer.</summary>
internal sealed class IssuerOptionsValidator : IValidateOptions<SecurityOptions>
{
    public ValidateOptionsResult Validate(string? name, SecurityOptions options)
    {
        if (!options.TakesTokens) return ValidateOptionsResult.Success;
        var wrong = Wrong(options.OpenIdConnect).ToList();
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private static IEnumerable<string> Wrong(IssuerOptions options)
    {
        if (options.Authority is not { } authority)
            yield return $"{Name(nameof(options.Authority))} must be set: the address of the issuer, as its tokens name it in 'iss'.";
        else if (!IsIssuer(authority))
            yield return $"{Name(nameof(options.Authority))} must be an address such as https://login.example.org/realms/institute, without user, query and fragment, not '{authority}'.";
        else if (authority.Scheme == Uri.UriSchemeHttp && !options.IsHttpAllowed)
            yield return $"{Name(nameof(options.Authority))} must be https: whoever is on the way could make tokens. If it can't be, set {Name(nameof(options.AllowHttp))}.";
        if (options is { Audiences.Count: 0, ClientIds.Count: 0 })
            yield return $"{Name(nameof(options.Audiences))} must name this API as tokens do in 'aud'; for tokens without it (Amazon Cognito), {Name(nameof(options.ClientIds))} their clients.";
        if (options.Audiences.Intersect([.. options.ClientIds, options.Login.ClientId ?? ""]).FirstOrDefault(both => both.Length > 0) is { } both)
            yield return $"{Name(nameof(options.Audiences))} must not hold the client '{both}': an ID token, which is for a client, would pass for an access token.";
        if (options.DefaultRole is { } role && !Enum.IsDefined(role))
            yield return $"{Name(nameof(options.DefaultRole))} must be {string.Join(", ", Enum.GetNames<Role>())} or left out, not '{role}'.";
        if (!options.Roles.All.Any() && options.DefaultRole is null)
            yield return $"{Name(nameof(options.Roles))} must say which values of '{options.RolesClaim}' give a role, or {Name(nameof(options.DefaultRole))} be set: nobody could do anything.";
        if (options.Login is { ClientId: null, ClientSecret: not null })
            yield return $"{Name(nameof(options.Login))}:{nameof(options.Login.ClientId)} must be set: the client whose secret is given.";
        string[] texts = [.. options.Audiences, .. options.ClientIds, .. options.Roles.All.Select(role => role.Value), options.UserClaim, options.RolesClaim, options.GroupsClaim, options.Login.ClientId ?? "none", .. options.Login.Scopes];
        if (texts.Any(string.IsNullOrWhiteSpace))
            yield return $"{IssuerOptions.Section} must have no empty audience, client, scope, role or claim.";
        if (options.ClockSkew < TimeSpan.Zero || options.ClockSkew > TimeSpan.FromMinutes(5))
            yield return $"{Name(nameof(options.ClockSkew))} must be between 00:00:00 and 00:05:00.";
        if (options.KeyLifetime < TimeSpan.FromSeconds(1) || options.KeyLifetime > TimeSpan.FromDays(1))
            yield return $"{Name(nameof(options.KeyLifetime))} must be between 00:00:01 and 1.00:00:00.";
    }

    private static string Name(string setting) => $"{IssuerOptions.Section}:{setting}";

    private static bool IsIssuer(Uri uri) => uri is { IsAbsoluteUri: true, Scheme: "http" or "https", Query: "", Fragment: "", UserInfo: "" };
}
