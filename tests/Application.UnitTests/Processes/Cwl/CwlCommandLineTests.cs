using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.UnitTests.Processes.Cwl;

/// <summary>The command line that a tool gets for some inputs, as CWL's "Input binding" has it.</summary>
internal sealed class CwlCommandLineTests
{
    private const string File = "\"/job/inputs/x/scene.b4.tif\"";

    [TestCase("\"string\"", "{}", "\"two words\"", "run 'two words'")]
    [TestCase("\"string\"", """{"prefix": "-x"}""", "\"v\"", "run -x v")]
    [TestCase("\"string\"", """{"prefix": "--x=", "separate": false}""", "\"v\"", "run --x=v")]
    [TestCase("\"int\"", """{"prefix": "-x"}""", "7", "run -x 7")]
    [TestCase("\"double\"", """{"prefix": "-x"}""", "0.5", "run -x 0.5")]
    [TestCase("\"boolean\"", """{"prefix": "-x"}""", "true", "run -x")]
    [TestCase("\"boolean\"", """{"prefix": "-x"}""", "false", "run")]
    [TestCase("\"boolean\"", "{}", "true", "run")]
    [TestCase("\"File\"", """{"prefix": "-x"}""", File, "run -x /job/inputs/x/scene.b4.tif")]
    [TestCase("\"string[]\"", """{"prefix": "-x"}""", """["a", "b"]""", "run -x a b")]
    [TestCase("\"string[]\"", """{"prefix": "-x"}""", "[]", "run")]
    [TestCase("\"string[]\"", "{}", """["a", "b"]""", "run a b")]
    [TestCase("\"int[]\"", """{"prefix": "-x", "itemSeparator": ","}""", "[1, 2]", "run -x 1,2")]
    [TestCase("\"int[]\"", """{"prefix": "-x=", "itemSeparator": ",", "separate": false}""", "[1, 2]", "run -x=1,2")]
    [TestCase("\"File[]\"", """{"prefix": "-x"}""", """["/a", "/b"]""", "run -x /a /b")]
    [TestCase("""{"type": "array", "items": "string", "inputBinding": {"prefix": "-i"}}""", null, """["a", "b"]""", "run -i a -i b")]
    [TestCase("""{"type": "array", "items": "string", "inputBinding": {"prefix": "-i=", "separate": false}}""", """{"prefix": "-x"}""", """["a", "b"]""", "run -x -i=a -i=b")]
    [TestCase("""{"type": "array", "items": "File", "inputBinding": {"valueFrom": "n:$(self.nameroot)"}}""", "{}", """["/s/a.tif", "/s/b.tif"]""", "run n:a n:b")]
    [TestCase("""{"type": "enum", "symbols": ["a", "b/c"], "inputBinding": {"prefix": "-e"}}""", null, "\"b/c\"", "run -e b/c")]
    [TestCase("""["null", "string"]""", """{"prefix": "-x"}""", "\"v\"", "run -x v")]
    [TestCase("""["string", "int"]""", """{"prefix": "-x"}""", "3", "run -x 3")]
    public void Line_OfAnInput_IsThatOfItsBinding(string type, string? binding, string value, string line)
    {
        var tool = ACwl.Tool().Taking("x", $$"""{"type": {{type}} {{(binding is null ? "" : $", \"inputBinding\": {binding}")}} }""");
        Assert.That(tool.Line($$"""{"x": {{value}} }"""), Is.EqualTo(line));
    }

    [TestCase("$(self)", "/job/inputs/x/scene.b4.tif")]
    [TestCase("$(self.path)", "/job/inputs/x/scene.b4.tif")]
    [TestCase("$(inputs.x.path)", "/job/inputs/x/scene.b4.tif")]
    [TestCase("$(inputs['x'].path)", "/job/inputs/x/scene.b4.tif")]
    [TestCase("$(inputs[\"x\"][\"basename\"])", "scene.b4.tif")]
    [TestCase("$(self.dirname)", "/job/inputs/x")]
    [TestCase("$(self.basename)", "scene.b4.tif")]
    [TestCase("$(self.nameroot)", "scene.b4")]
    [TestCase("$(self.nameext)", ".tif")]
    [TestCase("out=$(runtime.outdir)/$(self.nameroot).png", "out=/job/outputs/scene.b4.png")]
    [TestCase("$(runtime.tmpdir)", "/tmp")]
    [TestCase("$(runtime.cores)/$(runtime.ram)", "1/256")]
    [TestCase(@"\$(self.path)-$(self.nameext)", "$(self.path)-.tif")]
    [TestCase(@"a\b", @"a\b")]
    [TestCase(@"\\$(self.nameext)", @"\.tif")]
    [TestCase("costs $5", "'costs $5'")]
    public void Line_OfValueFrom_IsWhatItsReferencesGive(string valueFrom, string argument)
    {
        var tool = ACwl.Tool().Taking("x", $$"""{"type": "File", "inputBinding": {"valueFrom": {{System.Text.Json.JsonSerializer.Serialize(valueFrom)}} } }""");
        Assert.That(tool.Line($$"""{"x": {{File}} }"""), Is.EqualTo($"run {argument}"));
    }

    [Test]
    public void Line_IsInTheOrderOfPositions_ThenArgumentsThenNames() => Assert.That(
        ACwl.Tool()
            .With("/arguments", """["first", {"position": 2, "valueFrom": "two"}, {"position": -1, "valueFrom": "minus"}]""")
            .Taking("b", """{"type": "string", "inputBinding": {"position": 2}}""")
            .Taking("a", """{"type": "string", "inputBinding": {"position": 2}}""")
            .Taking("z", """{"type": "string", "inputBinding": {}}""")
            .Taking("unbound", "\"string\"")
            .Line("""{"a": "A", "b": "B", "z": "Z", "unbound": "U"}"""),
        Is.EqualTo("run minus first Z two A B"));

    [Test]
    public void Line_OfInputsNotGiven_LeavesOutWhatIsNothingElse() => Assert.That(
        ACwl.Tool()
            .With("/arguments", """["$(inputs.x)", {"prefix": "-y", "valueFrom": "$(inputs.x)"}, "x=$(inputs.x)"]""")
            .Taking("x", """{"type": "string?", "inputBinding": {"prefix": "-x", "valueFrom": "fixed"}}""")
            .Line(),
        Is.EqualTo("run x="));

    [Test]
    public void Line_OfAReferenceAlone_IsTheValueItself() => Assert.That(
        ACwl.Tool()
            .With("/arguments", """[{"prefix": "-f", "valueFrom": "$(inputs.flag)"}, {"prefix": "-l", "valueFrom": "$(inputs.list)", "itemSeparator": ";"}]""")
            .Taking("flag", "\"boolean\"").Taking("list", "\"int[]\"")
            .Line("""{"flag": true, "list": [1, 2]}"""),
        Is.EqualTo("run -f -l 1;2"));

    [TestCase("""["sh", "-c"]""", "sh -c")]
    [TestCase("[]", "default")]
    [TestCase(null, "default")]
    public void Line_OfBaseCommand_KeepsTheImagesEntrypoint(string? command, string line)
    {
        var tool = ACwl.Tool().With("/baseCommand", command);
        Assert.That(tool.Line(), Is.EqualTo(line));
        Assert.That(tool.Read().Unit.KeepEntrypoint, Is.True);
    }

    [Test]
    public void Line_OfArgumentsWithoutBaseCommand_TakesThePlaceOfTheImagesCommand() =>
        Assert.That(ACwl.Tool().With("/baseCommand", null).With("/arguments", "[\"a\"]").Line(), Is.EqualTo("a"));

    [Test]
    public void Line_WithStreams_LetsTheShellOpenThemAndReadNothingElse() => Assert.That(
        ACwl.Tool().With("/stdin", "\"$(inputs.x.path)\"").With("/stdout", "\"$(inputs.x.nameroot); rm.txt\"").Taking("x", "\"File\"")
            .Line($$"""{"x": {{File}} }"""),
        Is.EqualTo("""/bin/sh -c 'exec <"$1" >"$2"; shift 2; exec "$@"' sh /job/inputs/x/scene.b4.tif 'scene.b4; rm.txt' entry run"""));

    [TestCase("stdout", "/proc/self/mem")]
    [TestCase("stdout", "../inputs.json")]
    [TestCase("stdout", "")]
    [TestCase("stderr", "/job/outputs/../x")]
    public void Line_WithInputsThatLeadAnOutputStreamOut_IsNone(string stream, string x)
    {
        var tool = ACwl.Tool().With($"/{stream}", "\"$(inputs.x)\"").Taking("x", "\"string\"");
        var failed = Assert.Throws<JobFailedException>(() => tool.Line($$"""{"x": "{{x}}"}"""))!;
        Assert.That(failed.Failure.Kind, Is.EqualTo(JobFailureKind.InputInvalid));
    }

    [Test]
    public void Line_WithStdinOfAnInputNotGiven_HasNone() =>
        Assert.That(ACwl.Tool().With("/stdin", "\"$(inputs.x.path)\"").Taking("x", "\"File?\"").Line(), Is.EqualTo("run"));

    [Test]
    public void Line_OfAStdinInput_ReadsIt() =>
        Assert.That(ACwl.Tool().Taking("x", "\"stdin\"").Line("""{"x": "/f"}"""), Does.EndWith("sh /f entry run"));

    [TestCase("""{"words": "hi"}""", "run -t hi -n 2")]
    public void Line_OfAWorkflow_IsThatOfItsTool(string inputs, string line) => Assert.That(ACwl.Workflow().Line(inputs), Is.EqualTo(line));

    [TestCase("true", "run -t hi -n 2 -u")]
    [TestCase("false", "run -t hi -n 2")]
    public void Line_OfAWorkflowThatFixesAnInput_HasItsValue(string value, string line) =>
        Assert.That(ACwl.Workflow().With("/$graph/1/steps/only/in/upper", $$"""{"default": {{value}} }""").Line("""{"words": "hi"}"""), Is.EqualTo(line));

    [Test]
    public void Environment_OfATool_IsThatOfCwl()
    {
        var unit = ACwl.Tool()
            .With("/requirements/EnvVarRequirement", """{"envDef": {"PLAIN": "$5 \\$(x) $(runtime.cores)", "OF": "$(inputs.x)", "OFFILE": "<$(inputs.f.basename)>"}}""")
            .Taking("x", "\"string?\"").Taking("f", "\"File\"").Read().Unit;
        Assert.Multiple(() =>
        {
            Assert.That(unit.Environment, Is.EqualTo(new Dictionary<string, string> { ["HOME"] = "/job/outputs", ["TMPDIR"] = "/tmp", ["PLAIN"] = "$5 $(x) 1" }));
            Assert.That(unit.EnvironmentFrom.ToDictionary(one => one.Key, one => one.Value.Source), Is.EqualTo(new Dictionary<string, string>
            {
                ["OF"] = "$(inputs.x)", ["OFFILE"] = "<$(inputs.f.basename)>",
            }));
        });
    }
}
