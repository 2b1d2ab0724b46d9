using System.Text.Json.Nodes;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Application.UnitTests.Processes.Cwl;

internal sealed class CwlTranslatorTests
{
    private static readonly RunnerOptions Limits = new() { CpuBudget = 4, MemoryBudget = 8_000_000_000, MaxTimeout = TimeSpan.FromHours(1) };

    [TestCase("\"string\"", """{"schema": {"type": "string"}}""")]
    [TestCase("\"int\"", """{"schema": {"type": "integer"}}""")]
    [TestCase("\"long\"", """{"schema": {"type": "integer", "format": "int64"}}""")]
    [TestCase("\"float\"", """{"schema": {"type": "number"}}""")]
    [TestCase("\"double?\"", """{"schema": {"type": "number"}, "minOccurs": 0}""")]
    [TestCase("\"boolean\"", """{"schema": {"type": "boolean"}}""")]
    [TestCase("\"Any\"", """{"schema": {}}""")]
    [TestCase("\"string[]\"", """{"schema": {"type": "array", "items": {"type": "string"}}}""")]
    [TestCase("\"int[][]\"", """{"schema": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}}""")]
    [TestCase("\"File\"", """{"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}""")]
    [TestCase("\"File[]?\"", """{"schema": {"type": "string", "contentMediaType": "application/octet-stream"}, "minOccurs": 0, "maxOccurs": "unbounded"}""")]
    [TestCase("""["File", {"type": "array", "items": "File"}]""", """{"schema": {"type": "string", "contentMediaType": "application/octet-stream"}, "maxOccurs": "unbounded"}""")]
    [TestCase("""["null", "int", "string"]""", """{"schema": {"anyOf": [{"type": "integer"}, {"type": "string"}]}, "minOccurs": 0}""")]
    [TestCase("""{"type": {"type": "enum", "symbols": ["a", "file.cwl#x/b"]}}""", """{"schema": {"type": "string", "enum": ["a", "b"]}}""")]
    [TestCase("""{"type": "int", "default": 3, "label": "L", "doc": ["one", "two"]}""", """{"title": "L", "description": "one\ntwo", "schema": {"type": "integer", "default": 3}, "minOccurs": 0}""")]
    [TestCase("""{"type": "File", "default": {"class": "File", "contents": "hi"}}""", """{"schema": {"type": "string", "contentMediaType": "application/octet-stream", "default": "hi"}, "minOccurs": 0}""")]
    [TestCase("""{"type": "File", "format": "image/tiff"}""", """{"schema": {"type": "string", "contentMediaType": "image/tiff"}}""")]
    [TestCase("""{"type": "File", "format": ["text/csv", "edam:format_3464"]}""", """{"schema": {"oneOf": [{"type": "string", "contentMediaType": "text/csv"}, {"type": "string", "contentMediaType": "application/json"}]}}""")]
    [TestCase("""{"type": "File", "format": "https://www.iana.org/assignments/media-types/application/geo+json"}""", """{"schema": {"type": "string", "contentMediaType": "application/geo+json"}}""")]
    [TestCase("""{"type": "File", "format": "edam:format_1929"}""", """{"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}""")]
    public void Inputs_OfEachType_AreDescribed(string parameter, string description)
    {
        var tool = ACwl.Tool().With("/$namespaces", """{"edam": "http://edamontology.org/"}""").Taking("x", parameter);
        var input = JsonNode.Parse(tool.Read().Description.Document.GetProperty("inputs").GetProperty("x").GetRawText());
        Assert.That(JsonNode.DeepEquals(input, JsonNode.Parse(description)), Is.True, input!.ToJsonString());
    }

    [Test]
    public void Inputs_AsAList_AreThoseOfAnObject()
    {
        var read = ACwl.Tool().With("/inputs", """[{"id": "#tool/x", "type": "string", "inputBinding": {}}]""").Read();
        Assert.That(read.Description.Inputs.Keys, Is.EqualTo(new[] { "x" }));
    }

    [TestCase("\"File\"", "{\"glob\": \"*.txt\"}", null, """{"schema": {"type": "string", "format": "binary"}}""", "*.txt")]
    [TestCase("\"File?\"", "{\"glob\": [\"a\", \"$(inputs.x.nameroot).png\"]}", "\"image/png\"", """{"schema": {"type": "string", "contentMediaType": "image/png"}, "minOccurs": 0}""", "a|$(inputs.x.nameroot).png")]
    [TestCase("\"File[]\"", "{\"glob\": \"$(runtime.outdir)/*.csv\"}", null, """{"schema": {"type": "string", "format": "binary"}, "minOccurs": 0}""", "/job/outputs/*.csv")]
    [TestCase("\"string\"", """{"glob": "n", "loadContents": true, "outputEval": "$(self[0].contents)"}""", null, """{"schema": {"type": "string"}}""", "n")]
    public void Outputs_OfEachKind_AreDescribedAndBound(string type, string binding, string? format, string description, string globs)
    {
        var read = ACwl.Tool().Taking("x", "\"File\"")
            .With("/outputs/out", $$"""{"type": {{type}}, "outputBinding": {{binding}}, "format": {{format ?? "null"}} }""").Read();
        var output = JsonNode.Parse(read.Description.Document.GetProperty("outputs").GetProperty("out").GetRawText());
        Assert.That(JsonNode.DeepEquals(output, JsonNode.Parse(description)), Is.True, output!.ToJsonString());
        Assert.That(string.Join('|', read.Unit.OutputBindings["out"].Glob.Select(glob => glob.Source)), Is.EqualTo(globs));
    }

    [TestCase(null, null, "out.txt")]
    [TestCase(null, "text/csv", "out.csv")]
    [TestCase("$(inputs.x).log", null, "$(inputs.x).log")]
    public void Outputs_OfStandardOutput_AreItsFile(string? stdout, string? format, string file)
    {
        var unit = ACwl.Tool().Taking("x", "\"string\"").With("/stdout", stdout is null ? null : $"\"{stdout}\"")
            .With("/outputs/out", $$"""{"type": "stdout" {{(format is null ? "" : $", \"format\": \"{format}\"")}} }""").Read().Unit;
        Assert.That((unit.Stdout?.Source, unit.OutputBindings["out"].Glob.Single().Source), Is.EqualTo((file, file)));
    }

    [Test]
    public void Outputs_OfStandardError_AreItsFile()
    {
        var unit = ACwl.Tool().With("/outputs/problems", "\"stderr\"").Read().Unit;
        Assert.That((unit.Stderr?.Source, unit.Stdout), Is.EqualTo(("problems.txt", (object?)null)));
    }

    [Test]
    public void Requirements_BecomeImageAndLimits()
    {
        var unit = ACwl.Tool()
            .With("/requirements/ResourceRequirement", """{"coresMin": 0.5, "coresMax": 2, "ramMin": 100, "ramMax": 2048, "tmpdirMin": 10, "outdirMin": 20}""")
            .With("/requirements/ToolTimeLimit", """{"timelimit": 60}""")
            .With("/requirements/NetworkAccess", """{"networkAccess": true}""")
            .Read(limits: new() { Networks = ["bridge"], CpuBudget = 4, MemoryBudget = 8_000_000_000 }).Unit;
        Assert.Multiple(() =>
        {
            Assert.That((unit.Image, unit.Network), Is.EqualTo(("busybox:1", true)));
            Assert.That((unit.Resources.CpuMin, unit.Resources.CpuMax), Is.EqualTo(((double?)0.5, (double?)2)));
            Assert.That(unit.Resources.MemoryMin, Is.EqualTo(104_857_600).Within(1));
            Assert.That(unit.Resources.MemoryMax, Is.EqualTo(2_147_483_648).Within(1));
            Assert.That(unit.Resources.StorageTempMin, Is.EqualTo(10_485_760).Within(1));
            Assert.That(unit.Resources.JobTimeout, Is.EqualTo(TimeSpan.FromMinutes(1)));
        });
    }

    [Test]
    public void Requirements_ThatAskForNext_ToNothing_GetTheLeastThereIs() => Assert.That(
        ACwl.Tool().With("/requirements/ResourceRequirement", """{"ramMin": 1, "coresMin": 0}""").Read().Unit.Resources,
        Is.EqualTo(new Domain.Processes.ResourceRequirements { MemoryMin = 20_000_000 }));

    [Test]
    public void Requirements_CountMoreThanHints_AndInnerMoreThanOuter()
    {
        var unit = ACwl.Workflow()
            .With("/$graph/1/requirements", """{"ToolTimeLimit": {"timelimit": 10}, "DockerRequirement": {"dockerPull": "outer:1"}}""")
            .With("/$graph/1/steps/only/requirements", """[{"class": "ToolTimeLimit", "timelimit": 20}]""")
            .Read().Unit;
        Assert.That((unit.Image, unit.Resources.JobTimeout), Is.EqualTo(("outer:1", TimeSpan.FromSeconds(20))));
    }

    [TestCase("true", null)]
    [TestCase("false", false)]
    [TestCase("\"$(inputs.x)\"", false)]
    public void WorkReuse_ForbidsTheReuseOfResults(string enable, bool? reuse) =>
        Assert.That(ACwl.Tool().With("/requirements/WorkReuse", $$"""{"enableReuse": {{enable}}}""").Read().Unit.Reuse, Is.EqualTo(reuse));

    [Test]
    public void Hints_ThatAreNotKnownOrGoTooFar_AreToldAndNotHeeded()
    {
        var read = ACwl.Tool()
            .With("/hints", """{"cwltool:CUDARequirement": {"x": 1}, "ResourceRequirement": {"coresMin": 64}, "NetworkAccess": {"networkAccess": true}, "InitialWorkDirRequirement": {"listing": []}}""")
            .Read(limits: Limits);
        Assert.That(read.Warnings, Has.Count.EqualTo(4));
        Assert.That((read.Unit.Resources.CpuMin, read.Unit.Network), Is.EqualTo(((double?)null, false)));
    }

    [Test]
    public void Description_SaysWhatTheToolSays()
    {
        var description = ACwl.Tool()
            .With("/id", "\"https://example.org/tools.cwl#main/cut\"").With("/label", "\"Cut\"").With("/doc", "[\"a\", \"b\"]")
            .With("/$namespaces", """{"s": "https://schema.org/"}""").With("/s:version", "1.50").Read().Description;
        Assert.That((description.Id.Value, description.Title, description.Version), Is.EqualTo(("cut", "Cut", "1.50")));
        Assert.That(description.Document.GetProperty("description").GetString(), Is.EqualTo("a\nb"));
    }

    [Test]
    [Requirement("/req/cwl/deploy-w-param")]
    public void Workflow_IsTheFirst_UnlessItIsNamed()
    {
        var cwl = ACwl.Workflow();
        Assert.That(cwl.Read().Description.Id.Value, Is.EqualTo("main"));
        Assert.That(cwl.Read("main").Description.Inputs.Keys, Is.EqualTo(new[] { "words" }));
        Assert.That(cwl.Read("#tool").Description.Inputs.Keys, Is.EqualTo(new[] { "text", "upper", "times" }));
    }

    [Test]
    [Requirement("/req/cwl/deploy-exception-workflow-not-found")]
    public void Workflow_OfAnUnknownName_IsNotFound()
    {
        var refusal = Assert.Throws<OgcException>(() => ACwl.Workflow().Read("other"));
        Assert.That((refusal!.Error, refusal.Message), Is.EqualTo((OgcError.WorkflowNotFound, "The document has no workflow 'other'; it has 'tool', 'main'.")));
    }

    [Test]
    public void Workflow_MapsInputsAndOutputs()
    {
        var read = ACwl.Workflow().Read();
        Assert.Multiple(() =>
        {
            Assert.That(read.Description.Title, Is.EqualTo("The workflow"));
            Assert.That(read.Description.Outputs.Keys, Is.EqualTo(new[] { "result" }));
            Assert.That(read.Unit.OutputBindings["result"].Glob.Single().Source, Is.EqualTo("$(inputs.words).txt"));
        });
    }

    [Test]
    public void Workflow_WithDefaults_TakesTheOuterFirst()
    {
        var cwl = ACwl.Workflow().With("/$graph/1/inputs/n", "\"int?\"").With("/$graph/1/steps/only/in/times", "\"n\"");
        Assert.That(cwl.Read().Description.Inputs["n"].Schema.Default!.Value.GetInt32(), Is.EqualTo(2), "the tool's");
        cwl.With("/$graph/1/steps/only/in/times", """{"source": "n", "default": 3}""");
        Assert.That(cwl.Read().Description.Inputs["n"].Schema.Default!.Value.GetInt32(), Is.EqualTo(3), "the step's");
        cwl.With("/$graph/1/inputs/n", """{"type": "int", "default": 4}""");
        Assert.That(cwl.Read().Description.Inputs["n"].Schema.Default!.Value.GetInt32(), Is.EqualTo(4), "the workflow's");
    }

    [Test]
    public void Workflow_WithTheToolInIt_NeedsNoGraph()
    {
        var tool = JsonNode.Parse(ACwl.Tool().Taking("x", """{"type": "string", "inputBinding": {}}""").ToString());
        var cwl = ACwl.Tool().With("/class", "\"Workflow\"").With("/baseCommand", null).With("/inputs/y", "\"string\"")
            .With("/steps", $$"""[{"id": "only", "in": [{"id": "x", "source": "#tool/y"}], "out": [], "run": {{tool!.ToJsonString()}} }]""");
        Assert.That(cwl.Line("""{"y": "v"}"""), Is.EqualTo("run v"));
    }

    [TestCase("/cwlVersion", "\"v1.3\"", "/cwlVersion")]
    [TestCase("/cwlVersion", null, "/cwlVersion")]
    [TestCase("/class", "\"ExpressionTool\"", "/class")]
    [TestCase("/class", null, "/class")]
    [TestCase("/requirements/DockerRequirement", null, "")]
    [TestCase("/requirements/DockerRequirement", """{"dockerFile": "FROM x"}""", "/requirements/DockerRequirement/dockerFile", "/requirements/DockerRequirement")]
    [TestCase("/requirements/DockerRequirement/dockerPull", "7", "/requirements/DockerRequirement/dockerPull")]
    [TestCase("/requirements/DockerRequirement/dockerPull", "\"--privileged\"", "/requirements/DockerRequirement/dockerPull")]
    [TestCase("/requirements/InitialWorkDirRequirement", "{}", "/requirements/InitialWorkDirRequirement")]
    [TestCase("/requirements/SomethingNew", "{}", "/requirements/SomethingNew")]
    [TestCase("/requirements", "[{\"dockerPull\": \"x\"}]", "/requirements/0", "")]
    [TestCase("/requirements/NetworkAccess", """{"networkAccess": true}""", "/requirements/NetworkAccess")]
    [TestCase("/requirements/NetworkAccess", """{"networkAccess": "$(inputs.x)"}""", "/requirements/NetworkAccess/networkAccess")]
    [TestCase("/requirements/ResourceRequirement", """{"coresMin": 64}""", "/requirements/ResourceRequirement/coresMin")]
    [TestCase("/requirements/ResourceRequirement", """{"ramMin": "$(inputs.x)"}""", "/requirements/ResourceRequirement/ramMin")]
    [TestCase("/requirements/ToolTimeLimit", """{"timelimit": 1e300}""", "/requirements/ToolTimeLimit/timelimit")]
    [TestCase("/requirements/EnvVarRequirement", """{"envDef": {"OGC_JOB_ID": "x"}}""", "/requirements/EnvVarRequirement/envDef/OGC_JOB_ID")]
    [TestCase("/requirements/EnvVarRequirement", """{"envDef": [{"envName": "A B", "envValue": "x"}]}""", "/requirements/EnvVarRequirement/envDef/0")]
    [TestCase("/inputs", "7", "/inputs")]
    [TestCase("/inputs", "[\"x\"]", "/inputs/0")]
    [TestCase("/inputs", """[{"id": "x", "type": "int"}, {"id": "#x", "type": "int"}]""", "/inputs/1")]
    [TestCase("/inputs/x", "{}", "/inputs/x")]
    [TestCase("/inputs/x", "\"Directory\"", "/inputs/x")]
    [TestCase("/inputs/x", "\"record\"", "/inputs/x")]
    [TestCase("/inputs/x", "\"strin\"", "/inputs/x")]
    [TestCase("/inputs/x", "\"File[][]\"", "/inputs/x")]
    [TestCase("/inputs/x", "\"stdout\"", "/inputs/x")]
    [TestCase("/inputs/x", "7", "/inputs/x")]
    [TestCase("/inputs/x", """{"type": {"type": "record", "fields": []}}""", "/inputs/x/type")]
    [TestCase("/inputs/x", """{"type": {"type": "enum", "symbols": []}}""", "/inputs/x/type")]
    [TestCase("/inputs/x", """{"type": {"type": "array"}}""", "/inputs/x/type")]
    [TestCase("/inputs/x", """{"type": "File", "secondaryFiles": [".bai"]}""", "/inputs/x/secondaryFiles")]
    [TestCase("/inputs/x", """{"type": "File", "default": {"class": "File", "location": "a.txt"}}""", "/inputs/x/default")]
    [TestCase("/inputs/x", """{"type": "int", "default": "many"}""", "/inputs/x")]
    [TestCase("/inputs/a b", "\"int\"", "/inputs/a b")]
    [TestCase("/inputs/x", """{"type": "int", "inputBinding": {"position": "$(self)"}}""", "/inputs/x/inputBinding/position")]
    [TestCase("/inputs/x", """{"type": "int", "inputBinding": {"shellQuote": false}}""", "/inputs/x/inputBinding/shellQuote")]
    [TestCase("/inputs/x", """{"type": "int", "inputBinding": {"separate": false}}""", "/inputs/x/inputBinding/separate")]
    [TestCase("/inputs/x", """{"type": "int", "inputBinding": {"prefix": 7}}""", "/inputs/x/inputBinding/prefix")]
    [TestCase("/inputs/x", """{"type": "int", "inputBinding": {"valueFrom": "${return 1;}"}}""", "/inputs/x/inputBinding/valueFrom")]
    [TestCase("/inputs/x", """{"type": "int", "inputBinding": {"valueFrom": "$(self + 1)"}}""", "/inputs/x/inputBinding/valueFrom")]
    [TestCase("/inputs/x", """{"type": "int", "inputBinding": {"valueFrom": "$(self"}}""", "/inputs/x/inputBinding/valueFrom")]
    [TestCase("/inputs/x", """{"type": "int", "inputBinding": {"valueFrom": "$(inputs.y)"}}""", "/inputs/x/inputBinding/valueFrom")]
    [TestCase("/inputs/x", """{"type": "int", "inputBinding": {"valueFrom": "$(self.basename)"}}""", "/inputs/x/inputBinding/valueFrom")]
    [TestCase("/inputs/x", """{"type": "File", "inputBinding": {"valueFrom": "a$(self)"}}""", "/inputs/x/inputBinding/valueFrom")]
    [TestCase("/inputs/x", """{"type": "File", "inputBinding": {"valueFrom": "$(self.size)"}}""", "/inputs/x/inputBinding/valueFrom")]
    [TestCase("/inputs/x", """{"type": "int[]", "inputBinding": {"valueFrom": "$(self[0])"}}""", "/inputs/x/inputBinding/valueFrom")]
    [TestCase("/inputs/x", """{"type": "int[]", "inputBinding": {"valueFrom": "$(self.length)"}}""", "/inputs/x/inputBinding/valueFrom")]
    [TestCase("/baseCommand", "[1]", "/baseCommand")]
    [TestCase("/arguments", "[{}]", "/arguments/0")]
    [TestCase("/arguments", "[7]", "/arguments/0")]
    [TestCase("/arguments", "[\"$(runtime.exitCode)\"]", "/arguments/0")]
    [TestCase("/arguments", "[\"a\\u0000b\"]", "/arguments/0")]
    [TestCase("/stdout", "\"../x\"", "/stdout")]
    [TestCase("/stdin", "7", "/stdin")]
    [TestCase("/successCodes", "[0, 1]", "/successCodes")]
    [TestCase("/outputs/o", "\"File\"", "/outputs/o")]
    [TestCase("/outputs/o", """{"type": "Directory", "outputBinding": {"glob": "x"}}""", "/outputs/o/type")]
    [TestCase("/outputs/o", """{"type": "int", "outputBinding": {"glob": "x"}}""", "/outputs/o")]
    [TestCase("/outputs/o", """{"type": "int", "outputBinding": {"glob": "x", "loadContents": true, "outputEval": "$(parseInt(self[0].contents))"}}""", "/outputs/o/outputBinding/outputEval")]
    [TestCase("/outputs/o", """{"type": "File", "outputBinding": {}}""", "/outputs/o/outputBinding")]
    [TestCase("/outputs/o", """{"type": "File", "outputBinding": {"glob": "/etc/passwd"}}""", "/outputs/o/outputBinding/glob")]
    [TestCase("/outputs/o", """{"type": "File", "outputBinding": {"glob": ["a", "../x"]}}""", "/outputs/o/outputBinding/glob/1")]
    [TestCase("/outputs/o", """{"type": "File", "outputBinding": {"glob": "[z-a]"}}""", "/outputs/o")]
    [TestCase("/outputs/o", """{"type": "File", "outputBinding": {"glob": "x"}, "secondaryFiles": ["^.bai"]}""", "/outputs/o/secondaryFiles")]
    [TestCase("/inputs/x", """{"$import": "x.yml"}""", "/inputs/x/$import", "/inputs/x")]
    [TestCase("/id", "\"a b\"", "/id")]
    [TestCase("/id", null, "")]
    public void Tool_WithWhatIsNotSupported_IsRefusedAtItsPlace(string pointer, string? json, params string[] places)
    {
        var wrongs = ACwl.Tool().With(pointer, json).Wrongs(Limits);
        Assert.That(wrongs.Select(wrong => wrong.Pointer).Distinct(), Is.EquivalentTo(places), string.Join('\n', wrongs));
    }

    [TestCase("/steps/only/scatter", "\"text\"", "/steps/only/scatter")]
    [TestCase("/steps/only/when", "\"$(inputs.x)\"", "/steps/only/when")]
    [TestCase("/steps/second", """{"run": "#tool", "in": {"text": "words"}, "out": []}""", "/steps")]
    [TestCase("/steps", "{}", "/steps")]
    [TestCase("/steps/only/run", "\"tool.cwl\"", "/steps/only/run")]
    [TestCase("/steps/only/run", "\"#other\"", "/steps/only/run")]
    [TestCase("/steps/only/run", "\"#main\"", "/steps/only/run")]
    [TestCase("/steps/only/in/text", """{"source": ["words", "words"]}""", "/steps/only/in/text/source")]
    [TestCase("/steps/only/in/text", "\"other\"", "/steps/only/in/text")]
    [TestCase("/steps/only/in/text", """{"source": "words", "valueFrom": "$(self)"}""", "/steps/only/in/text/valueFrom")]
    [TestCase("/steps/only/in/other", "\"words\"", "/steps/only/in")]
    [TestCase("/outputs/result/outputSource", "\"only/other\"", "/outputs/result/outputSource")]
    [TestCase("/outputs/result/outputSource", null, "/outputs/result")]
    [TestCase("/outputs/result/linkMerge", "\"merge_nested\"", "/outputs/result/linkMerge")]
    public void Workflow_WithWhatIsNotSupported_IsRefusedAtItsPlace(string pointer, string? json, string place)
    {
        var wrongs = ACwl.Workflow().With("/$graph/1" + pointer, json).Wrongs();
        Assert.That(wrongs.Select(wrong => wrong.Pointer), Does.Contain("/$graph/1" + place), string.Join('\n', wrongs));
    }

    [Test]
    public void Tool_WithManyObstacles_TellsThemAll()
    {
        var wrongs = ACwl.Tool()
            .With("/requirements", """{"InitialWorkDirRequirement": {}, "InlineJavascriptRequirement": {}}""")
            .Taking("d", "\"Directory\"").Taking("s", """{"type": "string", "inputBinding": {"valueFrom": "${return 1;}"}}""")
            .With("/arguments", "[\"$(inputs.s.toUpperCase())\"]")
            .With("/outputs/o", """{"type": "File", "outputBinding": {"glob": "*", "outputEval": "${return null;}"}}""")
            .Wrongs();
        Assert.That(wrongs.Select(wrong => wrong.Pointer), Is.EquivalentTo(new[]
        {
            "/requirements/InitialWorkDirRequirement", "", "/inputs/d", "/inputs/s/inputBinding/valueFrom", "/arguments/0", "/outputs/o/outputBinding/outputEval",
        }));
    }

    [Test]
    public void Tool_ThatOnlyMentionsJavaScript_IsFine() =>
        Assert.That(ACwl.Tool().With("/requirements/InlineJavascriptRequirement", "{}").Line(), Is.EqualTo("run"));

    [TestCase("""{"cwlVersion": "v1.2", "$graph": 7}""")]
    [TestCase("""{"cwlVersion": "v1.2", "$graph": []}""")]
    [TestCase("""{"cwlVersion": "v1.2", "$graph": [null, 7, [], {"class": 7}]}""")]
    [TestCase("""{"cwlVersion": "v1.2", "class": "Workflow", "steps": [7, null, {"id": 1}]}""")]
    [TestCase("""{"cwlVersion": "v1.2", "class": "Workflow", "steps": {"a": 7}, "inputs": 7, "outputs": "x"}""")]
    [TestCase("""{"cwlVersion": "v1.2", "class": "CommandLineTool", "requirements": 7, "hints": "x", "inputs": null, "outputs": [[]], "arguments": {}, "baseCommand": {}}""")]
    [TestCase("""{"cwlVersion": "v1.2", "class": "CommandLineTool", "inputs": {"x": {"type": [[], [[]], null, {"type": {"type": {"type": 7}}}], "inputBinding": 7, "format": 7, "default": {}}}}""")]
    [TestCase("""{"cwlVersion": "v1.2", "class": "CommandLineTool", "requirements": {"DockerRequirement": 7, "EnvVarRequirement": {"envDef": {"A": {}, "B": 7, "C": null}}, "ResourceRequirement": []}}""")]
    [TestCase("""{"cwlVersion": "v1.2", "class": "CommandLineTool", "outputs": {"o": {"type": "File", "outputBinding": {"glob": {"a": [7]}}}, "p": {"type": "stdout", "outputBinding": 7, "format": {}}}}""")]
    [TestCase("[]")]
    [TestCase("7")]
    [TestCase("\"\"")]
    [TestCase("null")]
    public void Document_OfAnyShape_IsRefusedAndNothingBreaks(string json)
    {
        var package = new Application.Processes.Deploy.ApplicationPackage { Cwl = new("application/cwl+json", json) };
        var refusal = Assert.ThrowsAsync<OgcException>(() => APackage.Source().ReadAsync(package, null, null, CancellationToken.None));
        Assert.That(refusal!.Violations, Is.Not.Empty);
    }

    [Test]
    public void Type_OfManyBrackets_IsRefused() =>
        Assert.That(ACwl.Tool().Taking("x", $"\"int{string.Concat(Enumerable.Repeat("[]", 500_000))}\"").Wrongs().Single().Pointer, Is.EqualTo("/inputs/x"));

    [Test]
    [CancelAfter(20_000)]
    public void Reference_OfManyParentheses_IsRefusedInTime() =>
        Assert.That(ACwl.Tool().With("/arguments", $"[\"$({new string('(', 1_000_000)}\", \"$({string.Concat(Enumerable.Repeat("a.", 400_000))}\"]").Wrongs(), Has.Count.EqualTo(2));

    [Test]
    [CancelAfter(20_000)]
    public void FixedValue_ThatIsLongAndUsedOften_IsRefusedBeforeItFillsTheMemory()
    {
        var often = string.Concat(Enumerable.Repeat("-$(inputs.text)", 50_000));
        var cwl = ACwl.Workflow()
            .With("/$graph/1/steps/only/in/text", $$"""{"default": "{{new string('x', 1 << 19)}}"}""")
            .With("/$graph/0/arguments", $"[\"{often}\", \"$(inputs.text)\", \"$(inputs.text)\", \"$(inputs.text)\"]");
        Assert.That(cwl.Wrongs().Select(wrong => wrong.Pointer), Does.Contain("/$graph/0/arguments/0"));
    }
}
