using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OgcProcesses.Client;
using OgcProcesses.WebApi.FunctionalTests.Security;

namespace OgcProcesses.WebApi.FunctionalTests.Clients;

/// <summary>The C# client against a server with containers.</summary>
internal sealed class ClientTests : ServerTests
{
    private OgcProcessesClient _client = null!;

    [OneTimeSetUp]
    public void MakeClient() => _client = new OgcProcessesClient(Server.Http.BaseAddress!);

    [Test]
    public async Task Execute_GivesValuesStreamsAndFiles_AndTellsProgress()
    {
        var program = Package.Running(
                """
                echo '::progress 40 Half way'; sleep 2; printf '{"sum":%s,"where":{"x":1.5}}' "$1" > outputs.json; printf 'row\n' > table.bin; mkdir parts; echo a > parts/1.txt; echo b > parts/2.txt
                """)
            .Taking("n", """{"type":"integer"}""").Binding("inputBindings", "n", """{"position":1}""")
            .Giving("sum", """{"type":"integer"}""").Giving("where", """{"type":"object"}""")
            .Giving("table", """{"type":"string","contentMediaType":"image/tiff"}""").Binding("outputBindings", "table", """{"glob":"table.bin"}""")
            .Giving("parts", """{"type":"string","contentMediaType":"image/tiff"}""").Binding("outputBindings", "parts", """{"glob":"parts/*"}""");
        program.Process["outputs"]!["parts"]!["maxOccurs"] = "unbounded";
        await _client.DeployAsync(JsonNode.Parse(program.ToString())!.AsObject());
        var told = new List<JobProgress>();

        var results = await _client.ExecuteAsync(program.Id, new { n = 3 }, new Teller(told));

        Assert.That(results.GetValue<int>("sum"), Is.EqualTo(3));
        Assert.That(results.GetValue<Dictionary<string, double>>("where"), Is.EqualTo(new Dictionary<string, double> { ["x"] = 1.5 }));
        using (var reader = new StreamReader(await results.OpenAsync("table"))) Assert.That(await reader.ReadToEndAsync(), Is.EqualTo("row\n"));
        Assert.That(told.Select(step => (step.Percent, step.Message)), Does.Contain((40, "Half way")));
        Assert.That(told[^1].Status, Is.EqualTo(StatusCode.Successful));
        var folder = Path.Combine(Server.Folder, "saved");
        var files = await results.SaveAsync(folder);
        Assert.That(files.Select(file => $"{file.Name}: {File.ReadAllText(file.FullName).Trim()}"), Is.EquivalentTo(
            new[] { "sum.json: 3", """where.json: {"x":1.5}""", "table.bin: row", "1.txt: a", "2.txt: b" }));
        Assert.That(Directory.GetFileSystemEntries(folder), Has.Length.EqualTo(5));
    }

    [Test]
    public async Task Execute_OfAProgramThatFails_TellsWhy()
    {
        var program = Package.Running("echo 'no such band' >&2; exit 3");
        await _client.DeployAsync(JsonNode.Parse(program.ToString())!.AsObject());

        var failed = Assert.ThrowsAsync<JobFailedException>(() => _client.ExecuteAsync(program.Id, new ProcessInputs()))!;

        Assert.That(failed.Status.Exception!.ExitCode, Is.EqualTo(3));
        Assert.That(failed.Status.Exception.Stderr, Is.EqualTo("no such band"));
        Assert.That(failed.Message, Does.Contain(program.Id).And.Contain(failed.Status.Exception.Title));
    }

    [Test]
    public void Submit_WhatIsRefused_TellsEveryPlace()
    {
        var refusal = Assert.ThrowsAsync<OgcProcessesException>(() => _client.SubmitAsync("echo", new ProcessInputs { ["mesage"] = "typo", ["message"] = 3 }))!;

        Assert.That(refusal.Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(refusal.Problem!.Errors!.Select(error => error.Pointer), Is.EquivalentTo(new[] { "/inputs/mesage", "/inputs/message" }));
        Assert.That(refusal.Message, Does.Contain("/inputs/mesage: "));
    }

    [Test]
    public async Task Follow_ByEventsAndByPolling_TellsTheSame([Values] bool byEvents)
    {
        // Without places for streams a client has to poll.
        using var own = byEvents ? null : new Server(("Events:MaxStreams", "0"));
        var client = new OgcProcessesClient(new OgcProcessesClientOptions { Server = (own ?? Server).Http.BaseAddress, PollInterval = TimeSpan.FromMilliseconds(50) });
        var program = Package.Running("for i in 1 2 3 4 5; do echo line $i; sleep 0.1; done; echo end >&2");
        await client.DeployAsync(JsonNode.Parse(program.ToString())!.AsObject());
        var job = await client.SubmitAsync(program.Id, []);

        var events = new List<JobEvent>();
        await foreach (var one in job.FollowAsync()) events.Add(one);

        Assert.That(
            events.OfType<LogEvent>().Select(line => $"{line.Attempt}.{line.Line} {line.Source} {line.Text}"),
            Is.EqualTo(new[] { "1.1 Stdout line 1", "1.2 Stdout line 2", "1.3 Stdout line 3", "1.4 Stdout line 4", "1.5 Stdout line 5", "1.6 Stderr end" }));
        Assert.That(events[^1], Is.InstanceOf<StatusEvent>().With.Property(nameof(StatusEvent.IsEnd)).True);
        Assert.That(job.Status.Status, Is.EqualTo(StatusCode.Successful));
    }

    [Test]
    public async Task Submit_WhoseAnswerIsLost_RunsOnce()
    {
        var lost = new LosesAnAnswer();
        var services = new ServiceCollection();
        services.AddOgcProcessesClient(options => options.Server = Server.Http.BaseAddress).AddHttpMessageHandler(() => lost);
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<OgcProcessesClient>();
        var program = Package.Running("true");
        await client.DeployAsync(JsonNode.Parse(program.ToString())!.AsObject());
        lost.Losing = HttpMethod.Post;

        var job = await client.SubmitAsync(program.Id, []);

        Assert.That(lost.Losing, Is.Null, "an answer was lost");
        Assert.That(await client.ListJobsAsync(new JobQuery { Processes = [program.Id] }).Select(status => status.JobID).ToListAsync(), Is.EqualTo(new[] { job.Id }));
    }

    [Test]
    public async Task Execute_WhenCancelled_DismissesTheJobOnlyIfAsked([Values] bool dismisses)
    {
        var program = Package.Running("echo '::progress 10 Begun'; sleep 600");
        await _client.DeployAsync(JsonNode.Parse(program.ToString())!.AsObject());
        using var cancelling = new CancellationTokenSource();
        var progress = new CancelsAt(10, cancelling);

        Assert.ThrowsAsync(Is.InstanceOf<OperationCanceledException>(), () => _client.ExecuteAsync(
            program.Id, new ProcessInputs(), progress, new ExecuteOptions { DismissWhenCancelled = dismisses }, cancelling.Token));

        var job = await _client.ListJobsAsync(new JobQuery { Processes = [program.Id] }).SingleAsync();
        Assert.That(job.Status, Is.EqualTo(dismisses ? StatusCode.Dismissed : StatusCode.Running));
        if (!dismisses) await (await _client.GetJobAsync(job.JobID)).DismissAsync();
        // Tests of all operations execute whatever is deployed, and wait.
        await _client.UndeployAsync(program.Id);
    }

    [Test]
    public async Task Lists_OfSeveralPages_AreWhole()
    {
        var program = Package.Running("true");
        await _client.DeployAsync(JsonNode.Parse(program.ToString())!.AsObject());
        var jobs = new List<Guid>();
        for (var number = 0; number < 101; number++) jobs.Add((await _client.SubmitAsync(program.Id, [])).Id);
        foreach (var job in jobs.Skip(2)) await _client.Api.DismissAsync(job);

        var listed = await _client.ListJobsAsync(new JobQuery { Processes = [program.Id], Since = DateTimeOffset.UtcNow.AddHours(-1) }).Select(job => job.JobID).ToListAsync();

        Assert.That(listed, Is.EqualTo(Enumerable.Reverse(jobs)));
        Assert.That(await _client.ListProcessesAsync().Select(process => process.Id).ToListAsync(), Does.Contain(program.Id));
        Assert.That((await _client.DescribeAsync(program.Id)).JobControlOptions, Does.Contain(JobControlOption.AsyncExecute));
    }

    [Test]
    public async Task Key_OfTheOptions_SaysWhoAsks()
    {
        using var callers = new Callers();
        var key = await callers.KeyOfAsync("anna", "executor");
        var server = callers.Server.Http.BaseAddress!;

        var me = await new OgcProcessesClient(server, key).WhoAmIAsync();
        var byToken = await new OgcProcessesClient(new OgcProcessesClientOptions { Server = server, AccessToken = _ => ValueTask.FromResult(key) }).WhoAmIAsync();
        var refusal = Assert.ThrowsAsync<OgcProcessesException>(() => new OgcProcessesClient(server).WhoAmIAsync())!;

        Assert.That((me.Id, me.Role, byToken.Id), Is.EqualTo(("anna", Role.Executor, "anna")));
        Assert.That(refusal.Status, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    private sealed class Teller(List<JobProgress> told) : IProgress<JobProgress>
    {
        public void Report(JobProgress value) => told.Add(value);
    }

    private sealed class CancelsAt(int percent, CancellationTokenSource cancelling) : IProgress<JobProgress>
    {
        public void Report(JobProgress value)
        {
            if (value.Percent == percent) cancelling.Cancel();
        }
    }

    /// <summary>Loses the answer to a request that the server has done.</summary>
    private sealed class LosesAnAnswer : DelegatingHandler
    {
        public HttpMethod? Losing { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (request.Method != Losing) return response;
            Losing = null;
            response.Dispose();
            throw new HttpRequestException("The connection broke.");
        }
    }
}
