using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OgcProcesses.WebApi.FunctionalTests.Security;

/// <summary>Access tokens of an issuer, and what is tried in their place.</summary>
internal sealed class TokenTests
{
    private readonly Logged _log = new();
    private Issuer _issuer = null!;
    private Issuer _attacker = null!;
    private Server _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _issuer = await Issuer.StartAsync();
        _attacker = await Issuer.StartAsync();
        _server = new Server([("Security:Mode", "OpenIdConnect"), ("Logging:LogLevel:OgcProcesses.WebApi.Security", "Information"), .. _issuer.Settings]);
        _server.Services.GetRequiredService<ILoggerFactory>().AddProvider(_log);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _server.Dispose();
        _log.Dispose();
        await _issuer.DisposeAsync();
        await _attacker.DisposeAsync();
    }

    private static IEnumerable<TestCaseData> Good()
    {
        yield return Case("signed by RSA", issuer => issuer.AccessToken("ada", Issuer.Reader));
        yield return Case("signed by an elliptic curve", issuer => issuer.EcKey.Sign(issuer.Claims("ada", Issuer.Reader)));
        yield return Case("of no type", issuer => issuer.Sign(issuer.Claims("ada", Issuer.Reader), type: null));
        yield return Case("of type JWT", issuer => issuer.Sign(issuer.Claims("ada", Issuer.Reader), "JWT"));
        yield return Case("of the long type", issuer => issuer.Sign(issuer.Claims("ada", Issuer.Reader), "application/at+jwt"));
        yield return Case("for several APIs", issuer => issuer.Sign(With(issuer, "aud", $"""["https://other.example", "{Issuer.Audience}"]""")));
        yield return Case("with roles in one text", issuer => issuer.Sign(With(issuer, "roles", $"\"openid {Issuer.Reader} profile\"")));
        yield return Case("expired a second ago, by another clock", issuer => issuer.Sign(With(issuer, "exp", Now(-1), "nbf", Now(-300))));
        yield return Case("with a nonce, of an older Keycloak", issuer => issuer.Sign(With(issuer, "nonce", "\"n\"", "typ", "\"Bearer\"")));

        static TestCaseData Case(string name, Func<Issuer, string> token) => new TestCaseData(token).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Good))]
    public async Task Ask_WithAnAccessToken_IsWhomItTells(Func<Issuer, string> token) => Assert.That(await RoleAsync(token(_issuer)), Is.EqualTo("reader"));

    /// <summary>Tokens that are refused, and the reason that the log gives: another reason would hide that the check has gone.</summary>
    private static IEnumerable<TestCaseData> Bad()
    {
        const string Key = "the issuer has no such key";
        const string Signature = "its signature is not right", Algorithm = "its algorithm is not taken (alg)", Type = "it is of another type (typ)";
        const string Audience = "it is meant for another API, or by a client that is not named", User = "its claim 'sub' is no identifier of a user";
        const string Unreadable = "it can't be read", NoJws = "it is no signed JSON Web Token", Use = "it is no access token, but of another use";

        // 1. Signed by nobody, or by what everybody knows
        foreach (var none in (string[])["none", "None", "NONE", "nOnE", ""])
        {
            yield return Case($"alg '{none}'", Algorithm, issuer => IssuerKey.Jws(Header(issuer, "alg", $"\"{none}\""), Claims(issuer), _ => []));
            yield return Case($"alg '{none}', signed", Algorithm, issuer => issuer.Key.Sign(Header(issuer, "alg", $"\"{none}\""), Claims(issuer)));
        }

        yield return Case("no alg", Algorithm, issuer => issuer.Key.Sign(Header(issuer, "alg", null), Claims(issuer)));
        yield return Case("HS256 by the public key", Algorithm, issuer => Hmac(issuer, issuer.Key.Info));
        yield return Case("HS256 by the public key as text", Algorithm, issuer => Hmac(issuer, Encoding.ASCII.GetBytes(PemEncoding.WriteString("PUBLIC KEY", issuer.Key.Info))));
        yield return Case("HS256 by the public key's modulus", Algorithm, issuer => Hmac(issuer, Base64Url.DecodeFromChars(issuer.Key.Public["n"]!.GetValue<string>())));
        yield return Case("HS256 by an empty key", Algorithm, issuer => Hmac(issuer, []));
        yield return Case("RS256 said, HS256 done", Signature, issuer => IssuerKey.Jws(Header(issuer), Claims(issuer), data => HMACSHA256.HashData(issuer.Key.Info, data)));
        yield return Case("ES256 said of an RSA key", Signature, issuer => issuer.Key.Sign(Header(issuer, "alg", "\"ES256\""), Claims(issuer)));
        yield return Case("an algorithm of no one", Algorithm, issuer => issuer.Key.Sign(Header(issuer, "alg", "\"RS257\""), Claims(issuer)));
        yield return Case("an elliptic signature of zeroes", Signature, issuer => IssuerKey.Jws(issuer.EcKey.Header().ToJsonString(), Claims(issuer), _ => new byte[64]));

        // 2. Signed by somebody else
        yield return Forged("another key under the name of the issuer's", Signature, (issuer, attacker) => attacker.Key.Sign(Header(issuer), Claims(issuer)));
        yield return Forged("another key", Key, (issuer, attacker) => attacker.Key.Sign(issuer.Claims("ada", Issuer.Admin)));
        yield return Forged("another issuer's token", "it is of another issuer", (_, attacker) => attacker.AccessToken("ada", Issuer.Admin));
        yield return Forged("jku", Key, (issuer, attacker) => attacker.Key.Sign(Header(attacker, "jku", $"\"{attacker.Url}/keys\""), Claims(issuer)));
        yield return Forged("x5u", Key, (issuer, attacker) => attacker.Key.Sign(Header(attacker, "x5u", $"\"{attacker.Url}/keys\""), Claims(issuer)));
        yield return Forged("jwk", Key, (issuer, attacker) => attacker.Key.Sign(Header(attacker, "jwk", attacker.Key.Public.ToJsonString()), Claims(issuer)));
        yield return Forged("jwk under the name of the issuer's", Signature, (issuer, attacker) => attacker.Key.Sign(Header(issuer, "jwk", attacker.Key.Public.ToJsonString()), Claims(issuer)));
        foreach (var kid in (string[])["", "../../../../../../dev/null", "' OR '1'='1", "/proc/self/environ", "http://127.0.0.1/keys", new string('k', 5000)])
            yield return Case($"kid '{kid[..Math.Min(20, kid.Length)]}'", Key, issuer => issuer.Key.Sign(Header(issuer, "kid", $"\"{kid}\""), Claims(issuer)));
        foreach (var kid in (string?[])[null, "null", "5", "[]", "{}"])
            yield return Case($"kid {kid}", "it does not name its key (kid)", issuer => issuer.Key.Sign(Header(issuer, "kid", kid), Claims(issuer)));
        yield return Case("crit", "it wants more to be understood than this server does (crit)", issuer => issuer.Key.Sign(Header(issuer, "crit", "[\"b64\"]"), Claims(issuer)));

        // 3. Of another time, for others, by others
        yield return Case("expired", "it has expired", issuer => issuer.Sign(With(issuer, "exp", Now(-60), "nbf", Now(-300))));
        yield return Case("expired in 1970", "it has expired", issuer => issuer.Sign(With(issuer, "exp", "1", "nbf", "0")));
        yield return Case("not yet valid", "it is not valid yet", issuer => issuer.Sign(With(issuer, "nbf", Now(60))));
        foreach (var exp in (string?[])[null, "null", "\"soon\"", "[]", "{}"])
            yield return Case($"exp {exp}", null, issuer => issuer.Sign(With(issuer, "exp", exp)));
        yield return Case("exp of no time", null, issuer => issuer.Sign(With(issuer, "exp", "-1e300")));
        foreach (var aud in (string[])["5", "{}", "[[\"https://ogc.example/api\"]]", "{\"https://ogc.example/api\":true}"])
            yield return Case($"aud {aud}", null, issuer => issuer.Sign(With(issuer, "aud", aud)));
        foreach (var aud in (string?[])[null, "null", "[]", "\"\"", "\"https://other.example\"", "\"https://ogc.example/api/\"", "\"https://ogc.example/API\"", "\"https://ogc.example/api https://other.example\""])
            yield return Case($"aud {aud}", Audience, issuer => issuer.Sign(With(issuer, "aud", aud)));
        yield return Case("no aud, of a client that is not named", Audience, issuer => issuer.Sign(With(issuer, "aud", null, "token_use", "\"access\"")));
        foreach (var iss in (string?[])[null, "null", "\"\"", "\"https://other.example\"", "[\"URL\"]", "\"URL/\"", "\"URL.example\"", "{}"])
            yield return Case($"iss {iss}", null, issuer => issuer.Sign(With(issuer, "iss", iss?.Replace("URL", issuer.Url, StringComparison.Ordinal))));

        // 4. Of another use
        yield return Case("an ID token", Audience, issuer => issuer.IdToken(new() { ["sub"] = "ada" }, "n"));
        yield return Case("an ID token for this API", Use, issuer => issuer.Sign(With(issuer, "nonce", "\"n\"", "client_id", null), "JWT"));
        yield return Case("token_use id", Use, issuer => issuer.Sign(With(issuer, "token_use", "\"id\"")));
        yield return Case("token_use of both", Use, issuer => issuer.Sign(With(issuer, "token_use", "[\"access\"]")));
        yield return Case("at_hash", Use, issuer => issuer.Sign(With(issuer, "at_hash", "\"h\"")));
        foreach (var typ in (string[])["ID", "Refresh", "Offline", "Logout"])
            yield return Case($"typ {typ} among the claims", Use, issuer => issuer.Sign(With(issuer, "typ", $"\"{typ}\"")));
        foreach (var typ in (string[])["logout+jwt", "secevent+jwt", "dpop+jwt", "JOSE"])
            yield return Case($"typ {typ}", Type, issuer => issuer.Sign(With(issuer), typ));

        // 5. Of nobody
        foreach (var sub in (string?[])[null, "null", "5", "\"\"", "\" ada\"", "\"ada \"", "\"a\\u0000da\"", "\"ada\\nroot\"", $"\"{new string('a', 257)}\""])
            yield return Case($"sub {sub?[..Math.Min(20, sub.Length)]}", User, issuer => issuer.Sign(With(issuer, "sub", sub)));
        foreach (var sub in (string[])["[\"ada\"]", "{}"])
            yield return Case($"sub {sub}", null, issuer => issuer.Sign(With(issuer, "sub", sub)));
        yield return Case("sub of half a character", null, issuer => issuer.Key.Sign(Header(issuer), Claims(issuer).Replace("\"ada\"", "\"\\ud800\"", StringComparison.Ordinal)));
        foreach (var sub in (string[])["server", "anonymous"])
            yield return Case($"sub {sub}", $"the user '{sub}' is the server's own", issuer => issuer.AccessToken(sub, Issuer.Admin));

        // 6. Read differently by different readers
        yield return Case("sub twice", Unreadable, issuer => issuer.Key.Sign(Header(issuer), Claims(issuer).Insert(1, "\"sub\":\"root\",")));
        yield return Case("aud twice", Unreadable, issuer => issuer.Key.Sign(Header(issuer), Claims(issuer).Insert(1, "\"aud\":\"https://other.example\",")));
        yield return Case("kid twice", Unreadable, issuer => issuer.Key.Sign(Header(issuer).Insert(1, "\"kid\":\"other\","), Claims(issuer)));
        yield return Case("alg twice", Unreadable, issuer => issuer.Key.Sign(Header(issuer).Insert(1, "\"alg\":\"none\","), Claims(issuer)));

        // 7. No token at all
        yield return Case("changed", Signature, issuer => Changed(issuer, claims => claims.Replace(Issuer.Reader, Issuer.Admin, StringComparison.Ordinal)));
        yield return Case("without a signature", Signature, issuer => issuer.AccessToken("ada")[..(issuer.AccessToken("ada").LastIndexOf('.') + 1)]);
        yield return Case("cut", Signature, issuer => issuer.AccessToken("ada")[..^20]);
        yield return Case("two parts", NoJws, issuer => issuer.AccessToken("ada")[..issuer.AccessToken("ada").LastIndexOf('.')]);
        yield return Case("encrypted", NoJws, _ => $"{Base64Url.EncodeToString("{\"alg\":\"RSA-OAEP\",\"enc\":\"A256GCM\"}"u8)}.a.b.c.d");
        yield return Case("a token in a token", null, issuer => issuer.Key.Sign(Header(issuer, "cty", "\"JWT\""), $"\"{issuer.AccessToken("ada")}\""));
        yield return Case("huge", "it is longer than 16384 characters", issuer => issuer.Sign(With(issuer, "more", $"\"{new string('a', 16000)}\"")));
        yield return Case("an array for a header", "a part of it is no JSON object", _ => $"{Base64Url.EncodeToString("[]"u8)}.e30.AAAA");
        foreach (var (garbage, reason) in ((string, string)[])[("garbage", NoJws), ("..", Unreadable), ("a.b.c", Unreadable), ("%00.%00.%00", Unreadable), ("e30.e30.e30", Algorithm)])
            yield return Case(garbage, reason, _ => garbage);

        static TestCaseData Case(string name, string? reason, Func<Issuer, string> token) => Forged(name, reason, (issuer, _) => token(issuer));
        static TestCaseData Forged(string name, string? reason, Func<Issuer, Issuer, string> token) => new TestCaseData(token, reason).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Bad))]
    public async Task Ask_WithAnythingElse_IsRefusedWithoutTheReason(Func<Issuer, Issuer, string> forge, string? reason)
    {
        var (token, asked) = (forge(_issuer, _attacker), _attacker.KeysAsked);
        _log.Lines.Clear();
        var answer = await GetAsync(token);
        Assert.That((int)answer.Status, Is.EqualTo(401), answer.Text);
        Assert.That(answer.Headers.WwwAuthenticate.ToString(), Is.EqualTo("Bearer error=\"invalid_token\""));
        Assert.That(answer.Json["detail"]!.GetValue<string>(), Is.EqualTo("Your token is not good here, or no longer: get a new one."));
        Assert.That(_attacker.KeysAsked, Is.EqualTo(asked), "no address in a token is ever asked");
        Assert.That(_log.Lines, Has.One.Matches(reason is null ? Does.StartWith("A token was refused: ") : Is.EqualTo($"A token was refused: {reason}")));
        Assert.That(_log.Lines, Has.None.Contains(token), "nobody shall find tokens in a log");
    }

    private static IEnumerable<TestCaseData> Raising() =>
        from claim in (string[])
        [
            """ "role": "Admin" """, """ "role": ["Admin", "ogc-admin"] """, """ "Roles": ["ogc-admin"] """, """ "http://schemas.microsoft.com/ws/2008/06/identity/claims/role": "Admin" """,
            """ "caller": "root" """, """ "confined": "true", "process": "echo" """, """ "group": "Admin", "groups": ["ogc-admin"] """, """ "scope": "ogc-admin admin" """,
            """ "realm_access": { "roles": ["ogc-admin"] } """, """ "roles": { "0": "ogc-admin" } """, """ "roles": [["ogc-admin"], { "ogc-admin": true }, "ogc-read"] """,
            """ "roles": ["ogc-read", "OGC-ADMIN", "ogc-admin\u0000", " ogc-admin", "ogc-admin,ogc-deploy", "Admin", "*"] """, """ "roles": "ogc-read,ogc-admin" """,
        ]
        select new TestCaseData(claim).SetArgDisplayNames(claim.Trim());

    [TestCaseSource(nameof(Raising))]
    public async Task Ask_WithClaimsNamedLikeRoles_HasNoMoreThanItsRole(string claims)
    {
        var mine = _issuer.Claims("ada", Issuer.Reader);
        foreach (var (name, value) in JsonNode.Parse($"{{{claims}}}")!.AsObject()) mine[name] = value!.DeepClone();
        Assert.That(await RoleAsync(_issuer.Sign(mine)), Is.AnyOf("reader", null));
    }

    [TestCase(null)]
    [TestCase("reader", Issuer.Reader)]
    [TestCase("executor", Issuer.Executor)]
    [TestCase("executor", Issuer.Executor, Issuer.Reader)]
    [TestCase("deployer", Issuer.Reader, Issuer.Deployer)]
    [TestCase("deployer", Issuer.Admin, Description = "what admins may do besides, another test shows")]
    public async Task Ask_WithRolesOfTheIssuer_HasTheHighest(string? role, params string?[] roles) =>
        Assert.That(await RoleAsync(_issuer.AccessToken("ada", [.. roles.OfType<string>()])), Is.EqualTo(role));

    [Test]
    public async Task Ask_AsAdmin_SeesTheJobsOfOthers()
    {
        var job = (await AskAsync(HttpMethod.Post, "/processes/echo/execution", _issuer.AccessToken("ada", Issuer.Executor), """{ "inputs": { "message": "Hello" } }""")).ContentHeaders.ContentLocation!.AbsolutePath;
        Assert.That((int)(await AskAsync(HttpMethod.Get, job, _issuer.AccessToken("ada", Issuer.Reader))).Status, Is.EqualTo(200));
        Assert.That((int)(await AskAsync(HttpMethod.Get, job, _issuer.AccessToken("bob", Issuer.Deployer))).Status, Is.EqualTo(404));
        Assert.That((int)(await AskAsync(HttpMethod.Get, job, _issuer.AccessToken("bob", Issuer.Admin))).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task Ask_WithATokenAnywhereElse_IsNotKnown()
    {
        var token = _issuer.AccessToken("ada", Issuer.Admin);
        (string, (string, string)[])[] places =
        [
            ($"/processes?access_token={token}", []), ("/processes", [("Cookie", $"access_token={token}")]), ("/processes", [("Authorization", token)]), ("/processes", [("Authorization", $"JWT {token}")]),
            ("/processes", [("Authorization", $"Basic {token}")]), ("/processes", [("X-Access-Token", token)]), ("/processes", [("Proxy-Authorization", $"Bearer {token}")]),
        ];
        foreach (var (path, headers) in places)
        {
            var answer = await _server.AskAsync("GET", path, null, headers);
            Assert.That((int)answer.Status, Is.EqualTo(401), path);
            Assert.That(answer.Headers.WwwAuthenticate.ToString(), Is.EqualTo("Bearer"), "no token was seen");
        }
    }

    [Test]
    public async Task Ask_WithTwoTokens_IsRefused()
    {
        var token = _issuer.AccessToken("ada", Issuer.Admin);
        var answer = await _server.AskAsync("GET", "/processes", null, ("Authorization", $"Bearer {token}"), ("Authorization", $"Bearer {token}"));
        Assert.That((int)answer.Status, Is.EqualTo(401));
    }

    [Test]
    public async Task Ask_WhatIsOpenToAllWithABadToken_IsAnswered() =>
        Assert.That((int)(await AskAsync(HttpMethod.Get, "/conformance", "a.b.c")).Status, Is.EqualTo(200), "nothing was asked for that needs it");

    private Task<Answer> GetAsync(string token) => AskAsync(HttpMethod.Get, "/processes", token);

    private Task<Answer> AskAsync(HttpMethod method, string path, string token, string? body = null) =>
        _server.AskAsync(method.Method, path, body, ("Authorization", $"bearer {token}"));

    /// <summary>The role of a token, by what a request is told that only deployers may make, and nobody for this process; null for none.</summary>
    private async Task<string?> RoleAsync(string token)
    {
        var answer = await AskAsync(HttpMethod.Delete, "/processes/echo", token);
        Assert.That((int)answer.Status, Is.EqualTo(403), answer.Text);
        if (answer.Type!.EndsWith("immutable-process", StringComparison.Ordinal)) return "deployer";
        var detail = answer.Json["detail"]!.GetValue<string>();
        return detail.Contains("no role", StringComparison.Ordinal) ? null : detail.Split('\'')[^2];
    }

    private static JsonObject With(Issuer issuer, params string?[] namesAndValues) => Changed(issuer.Claims("ada", Issuer.Reader), namesAndValues);

    private static string Header(Issuer issuer, params string?[] namesAndValues) => Changed(issuer.Key.Header(), namesAndValues).ToJsonString();

    private static string Claims(Issuer issuer) => issuer.Claims("ada", Issuer.Admin).ToJsonString();

    /// <summary>The object with members set to JSON, or without those whose value is null.</summary>
    private static JsonObject Changed(JsonObject json, string?[] namesAndValues)
    {
        foreach (var pair in namesAndValues.Chunk(2))
            if (pair[1] is { } value) json[pair[0]!] = JsonNode.Parse(value);
            else json.Remove(pair[0]!);
        return json;
    }

    private static string Changed(Issuer issuer, Func<string, string> change)
    {
        var parts = issuer.AccessToken("ada", Issuer.Reader).Split('.');
        parts[1] = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(change(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1])))));
        return string.Join('.', parts);
    }

    private static string Hmac(Issuer issuer, byte[] key) => IssuerKey.Jws(Header(issuer, "alg", "\"HS256\""), Claims(issuer), data => HMACSHA256.HashData(key, data));

    private static string Now(int plusSeconds) => $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds() + plusSeconds}";

    /// <summary>Keeps what the server logs of tokens.</summary>
    private sealed class Logged : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception) + exception);

        public void Dispose()
        {
        }
    }
}
