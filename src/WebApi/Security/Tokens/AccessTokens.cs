using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using OgcProcesses.Application.Common.Access;

namespace OgcProcesses.WebApi.Security.Tokens;

/// <summary>Judges access tokens that the issuer gives to this server for somebody, by the rules for those that callers send.</summary>
internal sealed class AccessTokens(IssuerConnection issuer, IOptionsMonitor<JwtBearerOptions> bearer, IOptions<SecurityOptions> security)
{
    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };

    /// <summary>The caller whom a token tells.</summary>
    /// <exception cref="RefusedTokenException">The token is not good here.</exception>
    /// <exception cref="Application.Common.Errors.OgcException">The issuer does not answer.</exception>
    public async Task<Caller> CallerOfAsync(string token, CancellationToken cancellationToken)
    {
        await issuer.SeekKeyAsync(TokenEvents.KeyOf(token), cancellationToken);
        var configuration = await issuer.GetConfigurationAsync(cancellationToken);
        var parameters = bearer.Get(Schemes.Token).TokenValidationParameters.Clone();
        (parameters.ValidIssuer, parameters.IssuerSigningKeys) = (configuration.Issuer, configuration.SigningKeys);
        var result = await _handler.ValidateTokenAsync(token, parameters);
        if (!result.IsValid) throw new RefusedTokenException(TokenEvents.ReasonOf(result.Exception));
        return TokenClaims.CallerOf(TokenClaims.ObjectOf(((JsonWebToken)result.SecurityToken).EncodedPayload), security.Value.OpenIdConnect);
    }
}
