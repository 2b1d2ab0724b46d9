using System.Runtime.Versioning;

namespace OgcProcesses.WebApi.FunctionalTests.Hostile;

/// <summary>Outputs that are traps for who collects, keeps or serves them.</summary>
[Platform("Linux")]
[UnsupportedOSPlatform("windows")]
internal sealed class OutputTests : Cage
{
    private const string File = """{"type":"string","contentMediaType":"application/octet-stream"}""";

    [TestCase("ln -s /etc/passwd out", "symbolic link")]
    [TestCase("ln -s DATA/ogcprocesses.db out", "symbolic link")]
    [TestCase("ln -s DATA out; echo 1 > other", "symbolic link")]
    [TestCase("mkdir sub; ln -s / sub/root; echo 1 > out", "symbolic link")]
    [TestCase("ln -s out out", "symbolic link")]
    [TestCase("ln -s ../inputs.json out", "symbolic link")]
    [TestCase("mkfifo out", "named pipe")]
    [TestCase("mkfifo unasked; echo 1 > out", "named pipe")]
    [TestCase("printf 1 > \"$(printf 'a\\377')\"; echo 1 > out", "not UTF-8")]
    [TestCase("d=$(printf '%0200d' 0); i=0; while [ $i -lt 40 ]; do mkdir $d && cd $d; i=$((i+1)); done", "1000 characters")]
    [TestCase("mkdir out", "not found")]
    public async Task Output_ThatIsNoPlainFile_FailsTheJob(string script, string reason)
    {
        var failure = await FailureOfAsync(Package.Running(script.Replace("DATA", Server.Folder, StringComparison.Ordinal)).Giving("out", File));
        Assert.That(failure["type"]!.GetValue<string>(), Is.EqualTo("outputInvalid").Or.EqualTo("outputMissing"), failure.ToJsonString());
        Assert.That(failure["detail"]!.GetValue<string>(), Does.Contain(reason));
    }

    [TestCase("printf 1 > \"$(printf 'out.a\\nSet-Cookie: a=b')\"")]
    [TestCase("printf 1 > 'out.\"><script>alert(1)<script>'")]
    [TestCase("printf 1 > 'out...'")]
    [TestCase("printf 1 > 'out.\\..\\..\\x'")]
    [TestCase("printf 1 > \"out.$(printf '%0251d' 0)\"")]
    [TestCase("mkdir d; printf 1 > d/out.a; chmod 000 d/out.a; chmod 500 d")]
    [TestCase("printf 1 > out.a; chmod 6777 out.a")]
    [TestCase("printf 1 > first; ln first out.a; ln first out.b")]
    public async Task Output_OfAnOddNameOrMode_IsKeptHarmlessly(string script)
    {
        var package = Package.Running(script).Giving("out", File).Binding("outputBindings", "out", """{"glob":["out.*","d/out.*"]}""");
        var ended = await EndOfAsync(package);
        if (!Environment.IsPrivilegedProcess && script.Contains("chmod 000", StringComparison.Ordinal))
        {
            // Then the server's own user is the program's.
            Assert.That(ended.Json["status"]!.GetValue<string>(), Is.EqualTo("failed").Or.EqualTo("successful"));
            return;
        }

        Assert.That(ended.Json["status"]!.GetValue<string>(), Is.EqualTo("successful"), ended.Text);
        var output = await Server.GetAsync($"/jobs/{ended.Json["jobID"]}/results/out");
        var disposition = output.ContentHeaders.ContentDisposition?.ToString() ?? "";
        Assert.That(output.Headers.Contains("Set-Cookie"), Is.False);
        Assert.That(disposition, Does.Not.Contain("/").And.Not.Contain("\\").And.Not.Contain("<"));
        foreach (var kept in Directory.EnumerateFiles(Path.Combine(Server.Folder, "outputs"), "*", SearchOption.AllDirectories))
        {
            Assert.That(Path.GetFullPath(kept), Does.StartWith(Server.Folder));
            Assert.That(System.IO.File.GetUnixFileMode(kept) & (UnixFileMode.SetUser | UnixFileMode.SetGroup), Is.EqualTo(UnixFileMode.None), kept);
        }
    }

    [Test]
    public async Task Output_Literal_OfAHugeOrBrokenDocument_FailsTheJob()
    {
        const string text = """{"type":"string"}""";
        foreach (var script in (string[])[
            "head -c 6000000 /dev/zero | tr '\\0' ' ' > outputs.json",
            "head -c 200000 /dev/zero | tr '\\0' '[' > outputs.json",
            "printf '{\"out\":\"\\\\ud800\"}' > outputs.json",
            "printf '\\377\\376{}' > outputs.json"])
        {
            var failure = await FailureOfAsync(Package.Running(script).Giving("out", text));
            Assert.That(failure["type"]!.GetValue<string>(), Is.EqualTo("outputInvalid").Or.EqualTo("limitExceeded"), $"{script}: {failure}");
        }
    }
}
