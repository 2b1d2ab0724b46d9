namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>What one caller may have, and how they are told.</summary>
internal sealed class QuotaTests
{
    private const string Work = "dd if=/dev/zero of=/dev/null bs=30M count=30 2>/dev/null";

    [Test]
    public async Task Execute_OnceTheCpuTimeOfTheDayIsUsedUp_Is429UntilTheNext_AlsoWhenTheJobWasDismissed()
    {
        using var server = new Server(("Quotas:CpuHoursPerDay", "0.000001"));
        var before = (await server.GetAsync("/me")).Json;
        var package = Package.Running($"{Work}; echo '::progress 50 Half'; sleep 600");
        await server.DeployAsync(package);
        var job = (await server.ExecuteAsync(package.Id, "{}", "respond-async")).Json["jobID"]!.GetValue<string>();
        await server.UntilAsync(job, status => status["progress"]!.GetValue<int>() == 50);
        await server.DeleteAsync($"/jobs/{job}");

        var refused = await server.ExecuteAsync(package.Id, "{}", "respond-async");
        var me = (await server.GetAsync("/me")).Json;

        Assert.Multiple(() =>
        {
            Assert.That((int)refused.Status, Is.EqualTo(429), refused.Text);
            Assert.That(refused.Headers.RetryAfter!.Delta, Is.InRange(TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)));
            Assert.That(refused.Json["detail"]!.GetValue<string>(), Does.Contain("Quotas:CpuHoursPerDay"));
            Assert.That((before["id"]!.GetValue<string>(), before["role"]!.GetValue<string>()), Is.EqualTo(("anonymous", "admin")));
            Assert.That(before["use"]!["cpuHours"]!["used"]!.GetValue<double>(), Is.Zero);
            Assert.That(me["use"]!["cpuHours"]!["used"]!.GetValue<double>(), Is.GreaterThanOrEqualTo(me["use"]!["cpuHours"]!["most"]!.GetValue<double>()));
            Assert.That(me["use"]!["cpuHoursRenew"]!.GetValue<DateTimeOffset>(), Is.GreaterThan(DateTimeOffset.UtcNow.AddMinutes(-1)).And.LessThan(DateTimeOffset.UtcNow.AddDays(1)));
        });
    }

    [Test]
    public async Task Execute_OnceResultsTakeTooMuch_Is403UntilSomeAreRemoved()
    {
        using var server = new Server(("Quotas:Callers:0:Id", "anonymous"), ("Quotas:Callers:0:MaxStoredBytes", "3"));
        var package = Package.Running("echo text > word.txt").Giving("word", """{"type":"string","contentMediaType":"image/tiff"}""");
        await server.DeployAsync(package);
        var job = (await server.ExecuteAsync(package.Id, "{}", "respond-async")).Json["jobID"]!.GetValue<string>();
        await server.UntilAsync(job, status => status["status"]!.GetValue<string>() == "successful");

        var refused = await server.ExecuteAsync(package.Id, "{}", "respond-async");
        var page = await server.GetAsync("/me?f=html");
        await server.DeleteAsync($"/jobs/{job}");
        var allowed = await server.ExecuteAsync(package.Id, "{}", "respond-async");

        Assert.That(((int)refused.Status, (int)allowed.Status), Is.EqualTo((403, 201)), refused.Text);
        Assert.That(refused.Headers.RetryAfter, Is.Null);
        Assert.That(refused.Json["title"]!.GetValue<string>(), Is.EqualTo("Your results and uploads take too much room"));
        Assert.That(page.Text, Does.Contain("<td>5</td><td>3</td>").And.Contain("anonymous"));
    }
}
