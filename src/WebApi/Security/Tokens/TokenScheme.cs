using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OgcProcesses.Application.Common.Errors;

namespace OgcProcesses.WebApi.Security.Tokens;

/// <summary>Takes access tokens of the issuer: JSON Web Tokens in <c>Authorization: Bearer</c>, and nowhere else.</summary>
internal static class TokenScheme
{
    /// <summary>What a token's value stands behind.</summary>
    /// <remarks>RFC 6750, 2.1</remarks>
    public const string Prefix = "Bearer ";

    /// <summary>How tokens may be signed: by keys of two halves alone.</summary>
    /// <remarks>RFC 8725, 3.1</remarks>
    public static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    public static AuthenticationBuilder AddTokens(this AuthenticationBuilder authentication)
    {
        authentication.AddJwtBearer(Schemes.Token, _ => { });
        authentication.Services.AddSingleton<IValidateOptions<SecurityOptions>, IssuerOptionsValidator>();
        authentication.Services.AddSingleton<IssuerConnection>();
        authentication.Services.AddHostedService<IssuerAtStart>();
        authentication.Services.AddSingleton<TokenEvents>();
        authentication.Services.AddOptions<JwtBearerOptions>(Schemes.Token).Configure<IOptions<SecurityOptions>, IssuerConnection>(
            (bearer, security, issuer) => Configure(bearer, security.Value.OpenIdConnect, issuer));
        return authentication;
    }

    /// <summary>Whether a request brings a token.</summary>
    public static bool IsOf(HttpRequest request) => request.Headers.Authorization.ToString().StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    private static void Configure(JwtBearerOptions bearer, IssuerOptions options, IssuerConnection issuer)
    {
        bearer.ConfigurationManager = issuer;
        bearer.EventsType = typeof(TokenEvents);
        bearer.MapInboundClaims = false;
        bearer.SaveToken = false;
        // Why a token is refused helps whoever tries tokens.
        bearer.IncludeErrorDetails = false;
        bearer.TokenValidationParameters = new()
        {
            ValidAlgorithms = Algorithms,
            // The one that the token names, or none.
            TryAllIssuerSigningKeys = false,
            ValidateIssuerSigningKey = true,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ClockSkew = options.ClockSkew,
            AudienceValidator = (_, token, _) => TokenClaims.IsForUs(TokenClaims.ObjectOf(((JsonWebToken)token).EncodedPayload), options),
        };
    }
}

/// <summary>What is looked at before and after the framework checks signature, issuer, audience and lifetime.</summary>
internal sealed partial class TokenEvents(IssuerConnection issuer, IOptions<SecurityOptions> security, ILogger<TokenEvents> logger) : JwtBearerEvents
{
    private const int MostCharacters = 16 * 1024;

    public override async Task MessageReceived(MessageReceivedContext context)
    {
        try
        {
            var token = TokenOf(context.Request);
            await issuer.SeekKeyAsync(KeyOf(token), context.HttpContext.RequestAborted);
            context.Token = token;
        }
        catch (RefusedTokenException refused)
        {
            Refuse(context, refused);
        }
        catch (OgcException away)
        {
            context.Fail(away);
        }
    }

    public override Task TokenValidated(TokenValidatedContext context)
    {
        try
        {
            var claims = TokenClaims.ObjectOf(((JsonWebToken)context.SecurityToken).EncodedPayload);
            context.Principal = CallerClaims.PrincipalOf(TokenClaims.CallerOf(claims, security.Value.OpenIdConnect) with { Expires = context.SecurityToken.ValidTo }, Schemes.Token);
        }
        catch (RefusedTokenException refused)
        {
            Refuse(context, refused);
        }

        return Task.CompletedTask;
    }

    public override Task AuthenticationFailed(AuthenticationFailedContext context)
    {
        Refuse(context, context.Exception);
        return Task.CompletedTask;
    }

    /// <remarks>RFC 6750, 3.1</remarks>
    public override Task Challenge(JwtBearerChallengeContext context)
    {
        if (context.AuthenticateFailure is not null) context.Error = "invalid_token";
        return Task.CompletedTask;
    }

    private static string TokenOf(HttpRequest request)
    {
        if (request.Headers.Authorization is not [{ } authorization]) throw new RefusedTokenException("it came with another one");
        var token = authorization[TokenScheme.Prefix.Length..].Trim();
        return token.Length <= MostCharacters ? token : throw new RefusedTokenException($"it is longer than {MostCharacters} characters");
    }

    /// <summary>The key that a token says it is signed with.</summary>
    /// <remarks>RFC 7515, 4.1; RFC 9068, 2.1. Amazon Cognito states no type.</remarks>
    internal static string KeyOf(string token)
    {
        if (token.AsSpan().Count('.') != 2) throw new RefusedTokenException("it is no signed JSON Web Token");
        var header = TokenClaims.ObjectOf(token.AsSpan(0, token.IndexOf('.')));
        if (!TokenScheme.Algorithms.Contains(TokenClaims.TextOf(header, "alg"))) throw new RefusedTokenException("its algorithm is not taken (alg)");
        if (header.TryGetProperty("typ", out _) && TokenClaims.TextOf(header, "typ")?.ToUpperInvariant() is not ("JWT" or "AT+JWT" or "APPLICATION/AT+JWT"))
            throw new RefusedTokenException("it is of another type (typ)");
        if (header.TryGetProperty("crit", out _)) throw new RefusedTokenException("it wants more to be understood than this server does (crit)");
        return TokenClaims.TextOf(header, "kid") ?? throw new RefusedTokenException("it does not name its key (kid)");
    }

    /// <summary>Why a token is refused, for the operator.</summary>
    internal static string ReasonOf(Exception failure) => failure switch
    {
        RefusedTokenException => failure.Message,
        SecurityTokenNoExpirationException => "it never expires",
        SecurityTokenExpiredException => "it has expired",
        SecurityTokenNotYetValidException => "it is not valid yet",
        SecurityTokenInvalidIssuerException => "it is of another issuer",
        SecurityTokenInvalidAudienceException => "it is meant for another API, or by a client that is not named",
        SecurityTokenSignatureKeyNotFoundException => "the issuer has no such key",
        SecurityTokenInvalidSignatureException => "its signature is not right",
        // The library's messages repeat what the token says.
        _ => failure.GetType().Name,
    };

    private void Refuse(ResultContext<JwtBearerOptions> context, Exception failure)
    {
        LogRefused(ReasonOf(failure));
        context.Fail(new OgcException(OgcError.Unauthenticated, "Your token is not good here, or no longer: get a new one."));
    }

    [LoggerMessage(LogLevel.Information, "A token was refused: {Reason}")]
    private partial void LogRefused(string reason);
}
