using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;

namespace OgcProcesses.WebApi.FunctionalTests.Security;

/// <summary>Keys from their making to their end, on a server that asks for them.</summary>
internal sealed class KeysTests
{
    private Callers _callers = null!;

    [OneTimeSetUp]
    public void Start() => _callers = new Callers();

    [OneTimeTearDown]
    public void Stop() => _callers.Dispose();

    [TestCase("reader", 403)]
    [TestCase("executor", 200)]
    public async Task Key_ByItsRole_LetsItsHolderDoSo(string role, int executes)
    {
        var key = await _callers.KeyOfAsync($"a {role}", role);

        Assert.That((int)(await _callers.AskAsync(key, "GET", "/processes")).Status, Is.EqualTo(200));
        Assert.That((int)(await ValidateAsync(key)).Status, Is.EqualTo(executes));
        var keys = await _callers.AskAsync(key, "GET", "/admin/keys");
        Assert.That((int)keys.Status, Is.EqualTo(403));
        Assert.That(keys.Json["detail"]!.GetValue<string>(), Is.EqualTo($"This needs the role 'admin'; yours is '{role}'."));
    }

    [Test]
    public async Task Key_InEitherHeader_IsAccepted_AndInTheQueryNot()
    {
        var key = await _callers.KeyOfAsync("anna", "reader");

        Assert.That((int)(await _callers.AskAsync(null, "GET", "/jobs", null, ("X-API-Key", key))).Status, Is.EqualTo(200));
        Assert.That((int)(await _callers.AskAsync(key, "GET", "/jobs", null, ("X-API-Key", key))).Status, Is.EqualTo(200), "twice the same");
        Assert.That((int)(await _callers.AskAsync(null, "GET", "/jobs", null, ("Authorization", $"bearer {key}"))).Status, Is.EqualTo(200));
        Assert.That((int)(await _callers.AskAsync(null, "GET", $"/jobs?api_key={key}&access_token={key}")).Status, Is.EqualTo(401));
        Assert.That((int)(await _callers.AskAsync(key, "GET", "/jobs", null, ("X-API-Key", _callers.Admin))).Status, Is.EqualTo(401), "two callers at once");
    }

    [Test]
    public async Task Key_ThatIsNotValid_IsRefusedInTheSameWords_WhateverTheReason()
    {
        var key = await _callers.KeyOfAsync("anna", "reader");
        var revoked = await _callers.KeyOfAsync("anna", "reader");
        Assert.That((int)(await _callers.AskAsync(revoked, "GET", "/jobs")).Status, Is.EqualTo(200));
        var answer = await _callers.AskAsync(_callers.Admin, "DELETE", $"/admin/keys/{revoked.Split('_')[1]}");
        Assert.That((int)answer.Status, Is.EqualTo(200), answer.Text);
        var other = key[..^4] + (key.EndsWith("AAAA", StringComparison.Ordinal) ? "BBBB" : "AAAA");

        string[] wrong = [revoked, other, $"ogcp_{new string('0', 20)}_{key.Split('_', 3)[2]}", "ogcp_nonsense", "ogcp_"];
        var answers = new List<Answer>();
        foreach (var text in wrong) answers.Add(await _callers.AskAsync(text, "GET", "/jobs"));

        Assert.That(answers.Select(refusal => (int)refusal.Status), Is.All.EqualTo(401));
        Assert.That(answers.Select(refusal => refusal.Text).Distinct().Count(), Is.EqualTo(1));
        Assert.That(answers.Select(refusal => refusal.Headers.WwwAuthenticate.ToString()), Is.All.Contains("invalid_token"));
    }

    [Test]
    public async Task Key_AfterItsTime_IsRefused()
    {
        var key = await _callers.KeyOfAsync("anna", "reader", new() { ["expires"] = DateTimeOffset.UtcNow.AddSeconds(2).ToString("O") });

        for (var deadline = DateTime.UtcNow.AddSeconds(30); DateTime.UtcNow < deadline; await Task.Delay(100))
            if ((int)(await _callers.AskAsync(key, "GET", "/jobs")).Status == 401) return;
        Assert.Fail("The key is accepted long after its time.");
    }

    [Test]
    public async Task Jobs_OfACaller_AreSeenByTheCallersKeys_AndNotByOthers()
    {
        var (anna, bert) = (await _callers.KeyOfAsync("anna", "executor"), await _callers.KeyOfAsync("bert", "executor"));
        var job = await _callers.AskAsync(anna, "POST", "/processes/echo/execution", """{"inputs":{"message":"hello"}}""", ("Prefer", "respond-async"));
        Assert.That((int)job.Status, Is.EqualTo(201), job.Text);
        var id = job.Json["jobID"]!.GetValue<string>();
        var second = await _callers.KeyOfAsync("anna", "reader");
        var elsewhere = await _callers.KeyOfAsync("anna", "reader", new() { ["processes"] = new JsonArray("other") });

        Assert.That(await SeesAsync(anna), Is.True);
        Assert.That(await SeesAsync(second), Is.True);
        Assert.That(await SeesAsync(_callers.Admin), Is.True);
        Assert.That(await SeesAsync(bert), Is.False);
        Assert.That(await SeesAsync(elsewhere), Is.False);

        async Task<bool> SeesAsync(string key)
        {
            var listed = (await _callers.AskAsync(key, "GET", "/jobs")).Json["jobs"]!.AsArray().Any(item => item!["jobID"]!.GetValue<string>() == id);
            Assert.That((int)(await _callers.AskAsync(key, "GET", $"/jobs/{id}")).Status, Is.EqualTo(listed ? 200 : 404));
            return listed;
        }
    }

    [Test]
    public async Task Create_WithMistakes_TellsAllOfThem()
    {
        var answer = await _callers.AskAsync(_callers.Admin, "POST", "/admin/keys", """{"owner":" anna","role":"3","groups":["a",""],"processes":["no/id"],"expires":"2020-01-01T00:00:00Z"}""");

        Assert.That((int)answer.Status, Is.EqualTo(400));
        Assert.That(answer.Pointers(), Is.EquivalentTo((string[])["/owner", "/role", "/groups/1", "/processes/0", "/expires"]));
    }

    [Test]
    public async Task Secret_IsShownOnce_AndKeptNowhere()
    {
        var key = await _callers.KeyOfAsync("anna", "reader", new() { ["name"] = "of a notebook" });
        var secret = key.Split('_', 3)[2];

        var list = await _callers.AskAsync(_callers.Admin, "GET", "/admin/keys");

        Assert.That(list.Json["keys"]!.AsArray().Single(item => item!["id"]!.GetValue<string>() == key.Split('_')[1])!["name"]!.GetValue<string>(), Is.EqualTo("of a notebook"));
        Assert.That(list.Text, Does.Not.Contain(secret).And.Not.Contain("digest"));
        await using var database = new SqliteConnection($"Data Source={Path.Combine(_callers.Server.Folder, "ogcprocesses.db")};Mode=ReadOnly;Pooling=False");
        await database.OpenAsync();
        await using var query = database.CreateCommand();
        query.CommandText = "SELECT group_concat(id || name || owner || digest) FROM api_keys";
        Assert.That(await query.ExecuteScalarAsync(), Does.Contain("of a notebook").And.Not.Contain(secret));
    }

    [Test]
    public async Task Command_MakesListsAndRevokes()
    {
        var made = await _callers.KeyCommandAsync("create", "--owner", "cron", "--role", "executor", "--days", "7", "--name", "nightly run");
        var key = made.Output.Trim();
        var listed = await _callers.KeyCommandAsync("list");
        Assert.That((int)(await ValidateAsync(key)).Status, Is.EqualTo(200), made.Errors);
        var revoked = await _callers.KeyCommandAsync("revoke", key.Split('_')[1]);

        Assert.That((made.ExitCode, listed.ExitCode, revoked.ExitCode), Is.EqualTo((0, 0, 0)));
        Assert.That(made.Output, Does.Match("^ogcp_[0-9a-f]{20}_[A-Za-z0-9_-]{43}\n$"), "nothing else, so that a script can take it");
        Assert.That(listed.Output, Does.Contain(key.Split('_')[1]).And.Contain("nightly run").And.Not.Contain(key));
        for (var deadline = DateTime.UtcNow.AddSeconds(30); (int)(await ValidateAsync(key)).Status != 401; await Task.Delay(200))
            Assert.That(DateTime.UtcNow, Is.LessThan(deadline), "a server that runs does not hear of it");
    }

    [TestCase("create", "--owner", "anna", "'--role'")]
    [TestCase("create", "--owner", "anna", "--role", "king", "role")]
    [TestCase("create", "--owner", "anna", "--role", "admin", "--day", "3", "'--day'")]
    [TestCase("revoke", "0123", "no key '0123'")]
    [TestCase("burn", "'keys burn'")]
    public async Task Command_ThatIsWrong_SaysWhat(params string[] arguments)
    {
        var (code, output, errors) = await _callers.KeyCommandAsync(arguments[..^1]);

        Assert.That((code, output), Is.EqualTo((1, "")));
        Assert.That(errors, Does.StartWith("The command failed: ").And.Contain(arguments[^1]));
    }

    [Test]
    public async Task Me_TellsWhatTheKeySays()
    {
        var expires = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.AddDays(3).ToUnixTimeSeconds());
        var key = await _callers.KeyOfAsync("carl", "deployer", new() { ["groups"] = new JsonArray("ice"), ["processes"] = new JsonArray("echo"), ["expires"] = expires.ToString("O") });

        var me = (await _callers.AskAsync(key, "GET", "/me")).Json;

        Assert.That(
            (me["id"]!.GetValue<string>(), me["role"]!.GetValue<string>(), me["groups"]!.ToJsonString(), me["processes"]!.ToJsonString(), me["expires"]!.GetValue<DateTimeOffset>()),
            Is.EqualTo(("carl", "deployer", """["ice"]""", """["echo"]""", expires)));
    }

    [Test]
    public async Task Audit_TellsWhoMadeAKey_ByWhichKey_AndWhoCouldNotLogIn()
    {
        var key = await _callers.KeyOfAsync("dora", "reader");
        await _callers.AskAsync(key[..^1] + (key[^1] == 'A' ? 'B' : 'A'), "GET", "/jobs");

        var events = (await _callers.AskAsync(_callers.Admin, "GET", "/admin/audit")).Json["events"]!.AsArray();

        var made = events.First(item => item!["action"]!.GetValue<string>() == "key.create")!;
        Assert.That((made["caller"]!.GetValue<string>(), made["means"]!.GetValue<string>()), Is.EqualTo(("root", $"key:{_callers.Admin.Split('_')[1]}")));
        Assert.That(events.Select(item => item!["subject"]?.GetValue<string>()), Does.Contain(key.Split('_')[1]));
        var refused = events.First(item => item!["action"]!.GetValue<string>() == "login")!;
        Assert.That((refused["caller"]!.GetValue<string>(), refused["means"]!.GetValue<string>(), refused["outcome"]!.GetValue<string>()), Is.EqualTo(("", "key", "refused")));
    }

    private Task<Answer> ValidateAsync(string key) =>
        _callers.AskAsync(key, "POST", "/processes/echo/execution?validateOnly=true", """{"inputs":{"message":"hello"}}""");
}
