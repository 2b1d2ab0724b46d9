namespace OgcProcesses.WebApi.FunctionalTests.Security;

/// <summary>Callers who share one place to run jobs.</summary>
internal sealed class TurnsTests
{
    [Test]
    public async Task Execute_ByACallerWithManyJobs_IsRefusedAlone_AndTheOthersJobIsNext()
    {
        using var callers = new Callers(("Runner:MaxConcurrentJobs", "1"), ("Quotas:MaxQueuedJobs", "2"), ("Processes:DefaultVisibility", "Public"));
        var (anna, bert) = (await callers.KeyOfAsync("anna", "executor"), await callers.KeyOfAsync("bert", "executor"));
        var program = Package.Running("echo '::progress 50 Half'; sleep 600");
        Assert.That((int)(await callers.AskAsync(callers.Admin, "POST", "/processes", program.ToString())).Status, Is.EqualTo(201));
        var first = await AcceptedAsync(anna);
        await UntilItRunsAsync(anna, first);
        string[] waiting = [await AcceptedAsync(anna), await AcceptedAsync(anna)];

        var refused = await ExecuteAsync(anna);
        var others = await AcceptedAsync(bert);
        var use = (await callers.AskAsync(anna, "GET", "/me")).Json["use"]!;
        await callers.AskAsync(anna, "DELETE", $"/jobs/{first}");
        await UntilItRunsAsync(bert, others);

        Assert.That((int)refused.Status, Is.EqualTo(429), refused.Text);
        Assert.That(refused.Headers.RetryAfter!.Delta, Is.GreaterThan(TimeSpan.Zero));
        Assert.That(refused.Json["detail"]!.GetValue<string>(), Does.StartWith("2 of your jobs are waiting"));
        Assert.That((use["queuedJobs"]!.ToJsonString(), use["runningJobs"]!["used"]!.GetValue<int>()), Is.EqualTo(("""{"used":2,"most":2}""", 1)));
        foreach (var job in waiting)
            Assert.That((await callers.AskAsync(anna, "GET", $"/jobs/{job}")).Json["status"]!.GetValue<string>(), Is.EqualTo("accepted"), "each had a turn before anybody has a second");

        foreach (var job in (string[])[.. waiting, others]) await callers.AskAsync(callers.Admin, "DELETE", $"/jobs/{job}");

        Task<Answer> ExecuteAsync(string key) => callers.AskAsync(key, "POST", $"/processes/{program.Id}/execution", "{}", ("Prefer", "respond-async"));

        async Task<string> AcceptedAsync(string key)
        {
            var answer = await ExecuteAsync(key);
            Assert.That((int)answer.Status, Is.EqualTo(201), answer.Text);
            return answer.Json["jobID"]!.GetValue<string>();
        }

        async Task UntilItRunsAsync(string key, string job)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            while ((await callers.AskAsync(key, "GET", $"/jobs/{job}")).Json["progress"]?.GetValue<int>() != 50) await Task.Delay(50, patience.Token);
        }
    }
}
