using System.Text.Json;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Infrastructure.IntegrationTests.Persistence;

/// <summary>Jobs and processes of which only what matters is said.</summary>
internal static class Build
{
    public const string Node = "node-1";

    public static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    public static readonly Claim FirstClaim = new(Node, 1);

    public static Process AProcess(string id = "echo", string version = "1.0.0", string image = "echo:1") => Process.Deploy(
        Description(id, version), new() { Image = image }, $$"""{"package":"{{id}}"}""", "anna", mutable: true, Noon);

    public static Job AJob(string process = "echo", DateTimeOffset? at = null, ExecuteRequest? request = null, string owner = "anna") =>
        Job.Accept(AProcess(process), request ?? new(Inputs("""{"a":1}"""), null, null), owner, at ?? Noon);

    public static Job ARunningJob(string process = "echo", DateTimeOffset? at = null, string node = Node, DateTimeOffset? leaseUntil = null)
    {
        var job = AJob(process, at);
        job.Start(node, leaseUntil ?? Noon.AddSeconds(30), Noon);
        return job;
    }

    /// <summary>A running job, as accepted with a subscriber who wants to hear everything.</summary>
    public static Job ARunningJobThatTells()
    {
        var subscriber = new Subscriber(new("http://a.example/ok?k=1"), new("http://a.example/on"), new("http://a.example/no"), new("http://ogc.example/"));
        var job = AJob(request: new(Inputs("{}"), null, null) { Subscriber = subscriber });
        job.Start(Node, Noon.AddSeconds(30), Noon);
        return job;
    }

    public static ProcessDescription Description(string id, string version) => ProcessDescription.Read(
        JsonDocument.Parse(
            $$"""
            {"id":"{{id}}","version":"{{version}}","inputs":{"b":{"schema":{"type":"number"} },"a":{"schema":{"type":"string"},"x":1} } ,"outputs":{},"unknown":[1]}
            """).RootElement);

    public static IReadOnlyDictionary<string, JsonElement> Inputs(string json) =>
        JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json)!;
}
