using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace OgcProcesses.WebApi.FunctionalTests.Security;

/// <summary>An OpenID Connect issuer on a port of its own, with real keys: for access tokens, and for browsers that log in by code and PKCE.</summary>
/// <remarks>
/// <code>
/// await using var issuer = await Issuer.StartAsync();
/// using var server = new Server([("Security:Mode", "OpenIdConnect"), .. issuer.Settings]);
/// await server.AskAsync("GET", "/jobs", null, ("Authorization", $"Bearer {issuer.AccessToken("ada", Issuer.Executor)}"));
/// </code>
/// A browser that is sent to <c>/authorize</c> is taken for <see cref="User"/> without being asked, and comes back with a code; <c>/logout</c> sends it back, too.
/// Clients come back to any path of this machine, by the query (<c>response_mode=query</c>).
/// </remarks>
internal sealed class Issuer : IAsyncDisposable
{
    /// <summary>Values of the claim <c>roles</c> that <see cref="Settings"/> makes roles of.</summary>
    public const string Reader = "ogc-read", Executor = "ogc-execute", Deployer = "ogc-deploy", Admin = "ogc-admin";

    /// <summary>The API that access tokens are for.</summary>
    public const string Audience = "https://ogc.example/api";

    /// <summary>The client that browsers log in for; it may keep a secret, or come without.</summary>
    public const string ClientId = "ogc-pages", ClientSecret = "a-secret-of-the-pages";

    private readonly ConcurrentDictionary<string, (IQueryCollection Request, JsonObject User)> _codes = [];
    private readonly int _port = FreePort();
    private WebApplication? _app;
    private int _keysAsked;

    private Issuer() => Published = [Key, EcKey];

    public string Url => $"http://127.0.0.1:{_port}";

    /// <summary>What a server is told of this issuer.</summary>
    public (string, string)[] Settings =>
    [
        ("Security:OpenIdConnect:Authority", Url), ("Security:OpenIdConnect:Audiences:0", Audience),
        ("Security:OpenIdConnect:Roles:Reader:0", Reader), ("Security:OpenIdConnect:Roles:Executor:0", Executor),
        ("Security:OpenIdConnect:Roles:Deployer:0", Deployer), ("Security:OpenIdConnect:Roles:Admin:0", Admin),
    ];

    /// <summary>The key that tokens are signed with.</summary>
    public IssuerKey Key { get; private set; } = IssuerKey.Rsa();

    public IssuerKey EcKey { get; } = IssuerKey.Ec();

    /// <summary>The keys that clients are told of.</summary>
    public IReadOnlyList<IssuerKey> Published { get; private set; }

    /// <summary>How often clients have asked for the keys.</summary>
    public int KeysAsked => Volatile.Read(ref _keysAsked);

    /// <summary>Whom browsers are logged in as: <c>sub</c>, and what else their tokens say. Null for nobody: access is denied.</summary>
    public JsonObject? User { get; set; }

    public static async Task<Issuer> StartAsync()
    {
        var issuer = new Issuer();
        await issuer.ListenAsync();
        return issuer;
    }

    /// <summary>An issuer that does not answer until it listens.</summary>
    public static Issuer NotListening() => new();

    public async Task ListenAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, _port));
        _app = builder.Build();
        _app.MapGet("/.well-known/openid-configuration", context => TellAsync(context, Discovery()));
        _app.MapGet("/keys", context =>
        {
            Interlocked.Increment(ref _keysAsked);
            return TellAsync(context, new() { ["keys"] = new JsonArray([.. Published.Select(key => key.Public)]) });
        });
        _app.MapGet("/authorize", Authorize);
        _app.MapPost("/token", TokenAsync);
        _app.MapGet("/logout", LogOut);
        await _app.StartAsync();
    }

    /// <summary>Signs with a new key from now on, and withdraws the old one.</summary>
    public void Rotate()
    {
        Key = IssuerKey.Rsa();
        Published = [Key, EcKey];
    }

    /// <summary>What a valid access token says.</summary>
    /// <remarks>RFC 9068, 2.2</remarks>
    public JsonObject Claims(string user, params string[] roles)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return new()
        {
            ["iss"] = Url, ["sub"] = user, ["aud"] = Audience, ["iat"] = now, ["nbf"] = now, ["exp"] = now + 300,
            ["jti"] = Guid.NewGuid().ToString(), ["client_id"] = ClientId, ["scope"] = "openid", ["roles"] = new JsonArray([.. roles]),
        };
    }

    /// <summary>A valid access token.</summary>
    public string AccessToken(string user, params string[] roles) => Sign(Claims(user, roles));

    /// <summary>A token that says anything, signed by the issuer.</summary>
    public string Sign(JsonObject claims, string? type = "at+jwt") => Key.Sign(claims, type);

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
    }

    /// <remarks>OpenID Connect Discovery 1.0, 3</remarks>
    private JsonObject Discovery() => new()
    {
        ["issuer"] = Url,
        ["authorization_endpoint"] = $"{Url}/authorize",
        ["token_endpoint"] = $"{Url}/token",
        ["end_session_endpoint"] = $"{Url}/logout",
        ["jwks_uri"] = $"{Url}/keys",
        ["response_types_supported"] = new JsonArray("code"),
        ["response_modes_supported"] = new JsonArray("query"),
        ["grant_types_supported"] = new JsonArray("authorization_code"),
        ["subject_types_supported"] = new JsonArray("public"),
        ["id_token_signing_alg_values_supported"] = new JsonArray("RS256"),
        ["code_challenge_methods_supported"] = new JsonArray("S256"),
        ["token_endpoint_auth_methods_supported"] = new JsonArray("none", "client_secret_post", "client_secret_basic"),
        ["authorization_response_iss_parameter_supported"] = true,
    };

    /// <remarks>RFC 6749, 4.1.1; RFC 7636, 4.3; RFC 9207</remarks>
    private Task Authorize(HttpContext context)
    {
        var request = context.Request.Query;
        if (request["client_id"] != ClientId || !IsOfThisMachine(request["redirect_uri"])) return RefuseAsync(context, "invalid_request");
        var answer = new Dictionary<string, string?> { ["iss"] = Url, ["state"] = request["state"] };
        var error = request["response_type"] != "code" ? "unsupported_response_type"
            : request["response_mode"].ToString() is not ("" or "query") || request["code_challenge_method"] != "S256" || request["code_challenge"] == "" ? "invalid_request"
            : !request["scope"].ToString().Split(' ').Contains("openid") ? "invalid_scope"
            : User is null ? "access_denied" : null;
        if (error is null) _codes[answer["code"] = Convert.ToHexString(RandomNumberGenerator.GetBytes(16))] = (request, (JsonObject)User!.DeepClone());
        else answer["error"] = error;
        context.Response.Redirect(QueryHelpers.AddQueryString(request["redirect_uri"]!, answer));
        return Task.CompletedTask;
    }

    /// <remarks>RFC 6749, 4.1.3; RFC 7636, 4.6; OpenID Connect Core 1.0, 3.1.3</remarks>
    private async Task TokenAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        var (client, secret) = ClientOf(context.Request.Headers.Authorization.ToString(), form);
        // A code is good for one try.
        if (client != ClientId || secret is not ("" or ClientSecret))
            await RefuseAsync(context, "invalid_client");
        else if (form["grant_type"] != "authorization_code")
            await RefuseAsync(context, "unsupported_grant_type");
        else if (!_codes.TryRemove(form["code"].ToString(), out var granted) || form["redirect_uri"] != granted.Request["redirect_uri"]
            || Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) != granted.Request["code_challenge"])
            await RefuseAsync(context, "invalid_grant");
        else
            await TellAsync(context, new()
            {
                ["token_type"] = "Bearer", ["expires_in"] = 300,
                ["access_token"] = Sign(With(Claims(""), granted.User)),
                ["id_token"] = IdToken(granted.User, granted.Request["nonce"]),
            });
    }

    /// <summary>Tells a client who has logged in: no access token.</summary>
    public string IdToken(JsonObject user, string? nonce = null)
    {
        var claims = With(Claims(""), user);
        claims["aud"] = ClientId;
        if (nonce is not null) claims["nonce"] = nonce;
        foreach (var ofAccess in (string[])["client_id", "scope"]) claims.Remove(ofAccess);
        return Sign(claims, "JWT");
    }

    /// <remarks>OpenID Connect RP-Initiated Logout 1.0, 2</remarks>
    private Task LogOut(HttpContext context)
    {
        var request = context.Request.Query;
        if (!IsOfThisMachine(request["post_logout_redirect_uri"])) return RefuseAsync(context, "invalid_request");
        User = null;
        context.Response.Redirect(QueryHelpers.AddQueryString(request["post_logout_redirect_uri"]!, "state", request["state"].ToString()));
        return Task.CompletedTask;
    }

    private static (string Id, string Secret) ClientOf(string authorization, IFormCollection form)
    {
        if (!authorization.StartsWith("Basic ", StringComparison.Ordinal)) return (form["client_id"].ToString(), form["client_secret"].ToString());
        var pair = Encoding.UTF8.GetString(Convert.FromBase64String(authorization["Basic ".Length..])).Split(':');
        return (Uri.UnescapeDataString(pair[0]), Uri.UnescapeDataString(pair[1]));
    }

    private static JsonObject With(JsonObject claims, JsonObject more)
    {
        foreach (var (name, value) in more) claims[name] = value?.DeepClone();
        return claims;
    }

    private static bool IsOfThisMachine(string? uri) => Uri.TryCreate(uri, UriKind.Absolute, out var absolute) && absolute is { IsLoopback: true, Scheme: "http" or "https" };

    private static Task RefuseAsync(HttpContext context, string error)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return TellAsync(context, new() { ["error"] = error });
    }

    private static Task TellAsync(HttpContext context, JsonObject body)
    {
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(body.ToJsonString());
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}

/// <summary>A key that signs tokens, by nothing of the libraries that check them.</summary>
internal sealed class IssuerKey
{
    private readonly Func<byte[], byte[]> _sign;
    private readonly JsonObject _public;

    private IssuerKey(string algorithm, JsonObject parameters, byte[] info, Func<byte[], byte[]> sign)
    {
        (Algorithm, _public, Info, _sign) = (algorithm, parameters, info, sign);
        (_public["kid"], _public["use"], _public["alg"]) = (Id, "sig", algorithm);
    }

    public string Id { get; } = Guid.NewGuid().ToString("N");

    public string Algorithm { get; }

    /// <summary>The public half as clients get it.</summary>
    /// <remarks>RFC 7517, 4</remarks>
    public JsonObject Public => (JsonObject)_public.DeepClone();

    /// <summary>The public half as a SubjectPublicKeyInfo.</summary>
    public byte[] Info { get; }

    public static IssuerKey Rsa()
    {
        var rsa = RSA.Create(2048);
        var half = rsa.ExportParameters(includePrivateParameters: false);
        return new(
            "RS256", new() { ["kty"] = "RSA", ["n"] = Base64Url.EncodeToString(half.Modulus), ["e"] = Base64Url.EncodeToString(half.Exponent) },
            rsa.ExportSubjectPublicKeyInfo(), data => rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    public static IssuerKey Ec()
    {
        var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var half = ec.ExportParameters(includePrivateParameters: false);
        return new(
            "ES256", new() { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = Base64Url.EncodeToString(half.Q.X), ["y"] = Base64Url.EncodeToString(half.Q.Y) },
            ec.ExportSubjectPublicKeyInfo(), data => ec.SignData(data, HashAlgorithmName.SHA256));
    }

    /// <summary>The header of tokens that this key signs.</summary>
    public JsonObject Header(string? type = "at+jwt")
    {
        var header = new JsonObject { ["alg"] = Algorithm, ["kid"] = Id };
        if (type is not null) header["typ"] = type;
        return header;
    }

    /// <summary>A token of this key.</summary>
    public string Sign(JsonObject claims, string? type = "at+jwt") => Sign(Header(type).ToJsonString(), claims.ToJsonString());

    /// <summary>A token of this key, with whatever header and claims.</summary>
    /// <remarks>RFC 7515, 5.1</remarks>
    public string Sign(string header, string claims) => Jws(header, claims, _sign);

    /// <summary>A token with a signature made in any way.</summary>
    public static string Jws(string header, string claims, Func<byte[], byte[]> sign)
    {
        var signed = $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}";
        return $"{signed}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(signed)))}";
    }
}
