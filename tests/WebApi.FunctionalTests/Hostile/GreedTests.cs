namespace OgcProcesses.WebApi.FunctionalTests.Hostile;

/// <summary>Programs that take all they can get: processes, memory, disk, log, time. Each ends with its reason, and the server goes on answering.</summary>
[Platform("Linux")]
internal sealed class GreedTests : Cage
{
    [TestCase("i=0; while [ $i -lt 1000 ]; do sleep 60 & i=$((i+1)); done; wait", "exitCode", "can't fork")]
    [TestCase("bomb() { bomb | bomb & }; bomb & exec sleep 60", "timeout", "limit")]
    [TestCase("exec tail /dev/zero", "outOfMemory", "memory")]
    [TestCase("tail /dev/zero; exit 3", "outOfMemory", "memory", Description = "A child, not the first process")]
    [TestCase("for i in 1 2 3; do sh -c 'tail /dev/zero' & done; wait; exit 4", "outOfMemory", "memory")]
    [TestCase("for i in 1 2 3; do head -c 30000000 /dev/zero > /tmp/$i || { echo full >&2; exit 5; }; done", "exitCode", "full")]
    [TestCase("for i in 1 2 3; do head -c 30000000 /dev/zero > /dev/shm/$i || { echo full >&2; exit 5; }; done", "exitCode", "full")]
    [TestCase("trap '' TERM; while :; do sleep 1; done", "timeout", "limit")]
    [TestCase("trap '' TERM; for i in 1 2 3; do setsid sh -c 'while :; do sleep 1; done' & done; while :; do sleep 1; done", "timeout", "limit")]
    public async Task Program_TakesMoreThanItsShare_FailsWithTheReason(string script, string kind, string reason)
    {
        var failure = await FailureOfAsync(Package.Running(script).With("jobTimeout", 3));
        Assert.That(failure["type"]!.GetValue<string>(), Is.EqualTo(kind), failure.ToJsonString());
        Assert.That(failure["detail"]!.GetValue<string>(), Does.Contain(reason));
    }

    [TestCase("exec dd if=/dev/zero of=one bs=1M", "file larger", Description = "One file")]
    [TestCase("i=0; while :; do i=$((i+1)); dd if=/dev/zero of=$((i%90)) bs=1M count=8; done 2>/dev/null", "33554432 bytes", Description = "Many files")]
    [TestCase("exec truncate -s 1099511627776 sparse", "file larger", Description = "A hole")]
    [TestCase("for i in 1 2 3 4 5; do truncate -s 30M $i; done; while :; do sleep 1; done", "33554432 bytes", Description = "Holes")]
    [TestCase("seq 100000 | xargs touch; while :; do sleep 1; done", "100 files", Description = "Files")]
    [TestCase("i=0; while :; do mkdir -p $((i+=1))/a/b/c; done", "100 files", Description = "Folders")]
    [TestCase("trap '' TERM; seq 100000 | xargs touch", "100 files", Description = "Files, and the end")]
    [TestCase("d=$(printf '%0200d' 0); i=0; while [ $i -lt 300 ]; do mkdir $d && cd $d; i=$((i+1)); done; cd /; while :; do sleep 1; done", null, Description = "Depth")]
    public async Task Program_FillsItsOutputs_IsStoppedAtTheLimit(string script, string? reason)
    {
        var failure = await FailureOfAsync(Package.Running(script).With("jobTimeout", 100));
        Assert.That(failure["type"]!.GetValue<string>(), reason is null ? Is.EqualTo("limitExceeded").Or.EqualTo("outputInvalid") : Is.EqualTo("limitExceeded"), failure.ToJsonString());
        Assert.That(failure["detail"]!.GetValue<string>(), Does.Contain(reason ?? ""));
    }

    [TestCase("yes | head -c 2000000", Description = "Lines")]
    [TestCase("head -c 50000000 /dev/zero | tr '\\0' x", Description = "One endless line")]
    [TestCase("head -c 5000000 /dev/urandom", Description = "What is not UTF-8")]
    [TestCase("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo '::progress 50 again'; done", Description = "Progress")]
    public async Task Program_FloodsItsLog_KeepsTheLimitAndTheJob(string script)
    {
        var ended = await EndOfAsync(Package.Running($"{script}; {script} >&2; echo; echo last >&2; exit 7"));
        var log = await Server.GetAsync($"/jobs/{ended.Json["jobID"]}/logs?f=json&limit=10000");
        Assert.That(ended.Json["exception"]!["exitCode"]!.GetValue<int>(), Is.EqualTo(7), ended.Text);
        Assert.That((int)log.Status, Is.EqualTo(200), log.Text);
        Assert.That(log.Body, Has.Length.LessThan(32 << 20));
        Assert.That(Directory.EnumerateFiles(Path.Combine(Server.Folder, "logs"), "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length), Is.LessThan(64 << 20));
    }

    [Test]
    public async Task Program_WritesTerminalEscapes_TheyReachNoTerminal()
    {
        var ended = await EndOfAsync(Package.Running("printf '\\033]0;owned\\007\\033[2Jtext\\r\\n'; printf '::progress 10 \\033[31mred\\n'; sleep 1; printf '\\033[31mwhy' >&2; exit 1"));
        Assert.That(ended.Body, Has.None.EqualTo((byte)0x1B));
        foreach (var form in (string[])["application/json", "text/html", "text/plain"])
            Assert.That((await Server.GetAsync($"/jobs/{ended.Json["jobID"]}/logs", form)).Body, Has.None.EqualTo((byte)0x1B).And.None.EqualTo((byte)7), form);
    }

    [Test]
    public async Task Program_LeavesZombies_TheyAreReaped()
    {
        // More than may be there at once: were they not reaped, the last could not be made.
        await ResultsOfAsync(Package.Running("i=0; while [ $i -lt 300 ]; do sh -c 'true &'; i=$((i+1)); done"));
    }

    [Test]
    public async Task Dismiss_ProgramThatIgnoresSigterm_RemovesItAll()
    {
        var package = Package.Running("trap '' TERM; echo '::progress 1 deaf'; while :; do sleep 1; done");
        await Server.DeployAsync(package);
        var job = (await Server.ExecuteAsync(package.Id, "{}", "respond-async")).Json["jobID"]!.GetValue<string>();
        await Server.UntilAsync(job, status => status["message"]?.GetValue<string>() == "deaf");

        Assert.That((int)(await Server.DeleteAsync($"/jobs/{job}")).Status, Is.EqualTo(200));
        await NothingIsLeftAsync(job);
    }
}
