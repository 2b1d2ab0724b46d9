using System.Globalization;
using System.Security.Claims;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.WebApi.Security;

/// <summary>A caller as the web framework carries one through a request.</summary>
/// <remarks>Schemes make a new identity by this, and never pass a token's own claims on: what is not read here can't raise a role.</remarks>
internal static class CallerClaims
{
    private const string Id = "caller";
    private const string Role = "role";
    private const string Group = "group";
    private const string Process = "process";
    private const string Confined = "confined";
    private const string Expires = "expires";

    /// <summary>The principal that a scheme gives a request.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="means">The scheme, and what of it may be told, such as a key's identifier.</param>
    public static ClaimsPrincipal PrincipalOf(Caller caller, string means)
    {
        List<Claim> claims = [new(Id, caller.Id), .. caller.Groups.Select(group => new Claim(Group, group))];
        if (caller.Role is { } role) claims.Add(new(Role, role.ToString()));
        if (caller.Expires is { } end) claims.Add(new(Expires, end.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)));
        if (caller.Processes is { } processes) claims.AddRange([new(Confined, "true"), .. processes.Select(process => new Claim(Process, process.Value))]);
        return new(new ClaimsIdentity(claims, means, Id, Role));
    }

    /// <summary>The caller of a request.</summary>
    public static Caller CallerOf(ClaimsPrincipal principal)
    {
        if (principal.Identity is not { IsAuthenticated: true } || principal.FindFirstValue(Id) is not { } id) return Caller.Nobody;
        return new(id, Enum.TryParse<Role>(principal.FindFirstValue(Role), out var role) ? role : null)
        {
            Expires = long.TryParse(principal.FindFirstValue(Expires), CultureInfo.InvariantCulture, out var end) ? DateTimeOffset.FromUnixTimeSeconds(end) : null,
            Groups = [.. principal.FindAll(Group).Select(claim => claim.Value)],
            Processes = principal.HasClaim(Confined, "true") ? [.. principal.FindAll(Process).Select(claim => ProcessId.TryParse(claim.Value, out var process) ? process : default)] : null,
        };
    }
}
