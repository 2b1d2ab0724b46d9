using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests.Security;

/// <summary>What a server makes of its issuer: new and withdrawn keys, silence, and issuers that name things otherwise.</summary>
internal sealed class IssuerTests
{
    [Test]
    public async Task Rotate_WhileTheServerRuns_IsFollowedAndCantBeForced()
    {
        await using var issuer = await Issuer.StartAsync();
        using var server = new Server([("Security:Mode", "OpenIdConnect"), .. issuer.Settings]);
        var old = issuer.AccessToken("ada", Issuer.Reader);
        Assert.That(await StatusAsync(server, old), Is.EqualTo(200));
        Assert.That(issuer.KeysAsked, Is.EqualTo(1));

        issuer.Rotate();
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => StatusAsync(server, issuer.AccessToken("ada", Issuer.Reader))));
        Assert.That(answers, Is.All.EqualTo(200), "the first token of a new key already");
        Assert.That(await StatusAsync(server, old), Is.EqualTo(401));
        Assert.That(issuer.KeysAsked, Is.EqualTo(2));

        answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => StatusAsync(server, IssuerKey.Ec().Sign(issuer.Claims("ada", Issuer.Admin)))));
        Assert.That(answers, Is.All.EqualTo(401));
        Assert.That(issuer.KeysAsked, Is.EqualTo(2), "who makes keys up can't have the issuer asked again and again");
    }

    [Test]
    public async Task Ask_OfAnIssuerThatIsAway_Is503UntilItIsBack()
    {
        var issuer = Issuer.NotListening();
        using var server = new Server([("Security:Mode", "OpenIdConnect"), ("Security:OpenIdConnect:KeyLifetime", "00:00:01"), .. issuer.Settings]);
        var token = issuer.AccessToken("ada", Issuer.Reader);
        var answer = await server.AskAsync("GET", "/processes", null, ("Authorization", $"Bearer {token}"));
        Assert.That(((int)answer.Status, answer.Json["title"]!.GetValue<string>()), Is.EqualTo((503, "The issuer of tokens does not answer")));
        Assert.That(answer.Headers.RetryAfter!.Delta, Is.GreaterThan(TimeSpan.Zero));
        Assert.That((int)(await server.GetAsync("/health/live")).Status, Is.EqualTo(200), "the server itself is well");

        await issuer.ListenAsync();
        await UntilAsync(server, token, 200);
        issuer.Rotate();
        await UntilAsync(server, token, 401);
        token = issuer.AccessToken("ada", Issuer.Reader);
        await UntilAsync(server, token, 200);
        await issuer.DisposeAsync();
        await UntilAsync(server, token, 503);
    }

    [Test]
    public async Task Ask_WithTokensAsCognitoMakesThem_IsJudgedByTheirClient()
    {
        await using var issuer = await Issuer.StartAsync();
        using var server = new Server(
            ("Security:Mode", "OpenIdConnect"), ("Security:OpenIdConnect:Authority", issuer.Url), ("Security:OpenIdConnect:ClientIds:0", Issuer.ClientId),
            ("Security:OpenIdConnect:RolesClaim", "cognito:groups"), ("Security:OpenIdConnect:Roles:Reader:0", "readers"));
        Assert.That(await StatusAsync(server, Token()), Is.EqualTo(200));
        Assert.That(await StatusAsync(server, Token(claims => claims["client_id"] = "another")), Is.EqualTo(401));
        Assert.That(await StatusAsync(server, Token(claims => claims["token_use"] = "id")), Is.EqualTo(401));
        Assert.That(await StatusAsync(server, Token(claims => claims.Remove("token_use"))), Is.EqualTo(401));
        Assert.That(await StatusAsync(server, Token(claims => claims["aud"] = Issuer.ClientId)), Is.EqualTo(401), "an ID token is for the client");
        Assert.That(await StatusAsync(server, Token(claims => claims["cognito:groups"] = "others")), Is.EqualTo(403), "a role is given by name");

        string Token(Action<JsonObject>? change = null)
        {
            var claims = issuer.Claims("ada");
            foreach (var absent in (string[])["aud", "nbf", "roles"]) claims.Remove(absent);
            (claims["token_use"], claims["cognito:groups"]) = ("access", new JsonArray("readers"));
            change?.Invoke(claims);
            return issuer.Sign(claims, type: null);
        }
    }

    [Test]
    public async Task Ask_WithTokensAsKeycloakMakesThem_FindsRolesWithinObjects()
    {
        await using var issuer = await Issuer.StartAsync();
        using var server = new Server(
            ("Security:Mode", "OpenIdConnect"), ("Security:OpenIdConnect:Authority", issuer.Url), ("Security:OpenIdConnect:Audiences:0", Issuer.Audience),
            ("Security:OpenIdConnect:UserClaim", "preferred_username"), ("Security:OpenIdConnect:RolesClaim", "realm_access.roles"),
            ("Security:OpenIdConnect:Roles:Admin:0", "ogc-admin"), ("Security:OpenIdConnect:DefaultRole", "Reader"));
        Assert.That(await DeployAsync("""{ "realm_access": { "roles": ["offline_access", "ogc-admin"] } }"""), Is.EqualTo(400), "the body is read");
        foreach (var other in (string[])["{}", """{ "realm_access.roles": ["ogc-admin"] }""", """{ "realm_access": ["ogc-admin"] }""", """{ "realm_access": { "roles": { "ogc-admin": 1 } } }"""])
            Assert.That(await DeployAsync(other), Is.EqualTo(403), other);

        async Task<int> DeployAsync(string access)
        {
            var claims = issuer.Claims("0001", "ogc-admin");
            (claims["typ"], claims["preferred_username"], claims["azp"]) = ("Bearer", "ada", Issuer.ClientId);
            foreach (var (name, value) in JsonNode.Parse(access)!.AsObject()) claims[name] = value!.DeepClone();
            return (int)(await server.AskAsync("POST", "/processes", "{}", ("Authorization", $"Bearer {issuer.Sign(claims, "JWT")}"))).Status;
        }
    }

    private static async Task<int> StatusAsync(Server server, string token) =>
        (int)(await server.AskAsync("GET", "/processes", null, ("Authorization", $"Bearer {token}"))).Status;

    private static async Task UntilAsync(Server server, string token, int status)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(20); DateTime.UtcNow < deadline; await Task.Delay(50))
            if (await StatusAsync(server, token) == status) return;
        throw new TimeoutException($"The answer has not become {status}.");
    }
}
