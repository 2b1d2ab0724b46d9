namespace OgcProcesses.WebApi.Html;

/// <summary>Where people say who they are.</summary>
/// <param name="ReturnUrl">The path that they are led to then.</param>
/// <param name="TakesKeys">Whether they may by a key.</param>
/// <param name="HasIssuer">Whether they may at the issuer.</param>
/// <param name="IsRefused">Whether the key they gave is not valid.</param>
internal sealed record LoginPage(string ReturnUrl, bool TakesKeys, bool HasIssuer, bool IsRefused);
