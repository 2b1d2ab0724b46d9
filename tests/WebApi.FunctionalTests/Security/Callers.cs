using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests.Security;

/// <summary>A server that asks for keys, and callers who have one each.</summary>
internal sealed class Callers : IDisposable
{
    public Callers(params (string Key, string Value)[] settings)
    {
        Server = new Server([("Security:Mode", "ApiKeys"), .. settings]);
        // By its command, while the server runs: there is no other way to the first key.
        Admin = KeyCommandAsync("create", "--owner", "root", "--role", "admin").GetAwaiter().GetResult().Output.Trim();
    }

    public Server Server { get; }

    /// <summary>A key of 'root', an admin.</summary>
    public string Admin { get; }

    /// <summary>Makes a key, as an admin does by HTTP.</summary>
    public async Task<string> KeyOfAsync(string owner, string role, JsonObject? more = null)
    {
        var wanted = new JsonObject(more?.Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())) ?? []) { ["owner"] = owner, ["role"] = role };
        var made = await AskAsync(Admin, "POST", "/admin/keys", wanted.ToJsonString());
        Assert.That((int)made.Status, Is.EqualTo(201), made.Text);
        return made.Json["key"]!.GetValue<string>();
    }

    /// <summary>Asks the server with a key; null for none.</summary>
    public Task<Answer> AskAsync(string? key, string method, string path, string? body = null, params (string Name, string Value)[] headers) =>
        Server.AskAsync(method, path, body, key is null ? headers : [("Authorization", $"Bearer {key}"), .. headers]);

    /// <summary>Runs <c>keys …</c> on the server's data folder.</summary>
    public Task<(int ExitCode, string Output, string Errors)> KeyCommandAsync(params string[] arguments) =>
        CommandLine.RunAsync(["keys", .. arguments, "--Data:Directory", Server.Folder]);

    public void Dispose() => Server.Dispose();
}
