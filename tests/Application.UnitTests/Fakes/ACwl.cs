using System.Text.Json;
using System.Text.Json.Nodes;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Application.Processes.Cwl;
using OgcProcesses.Application.Processes.Deploy;

namespace OgcProcesses.Application.UnitTests.Fakes;

/// <summary>Builds a CWL document that can be deployed, and changes in it.</summary>
internal sealed class ACwl
{
    private readonly JsonObject _json;

    private ACwl(string json) => _json = JsonNode.Parse(json)!.AsObject();

    /// <summary>A tool that takes and gives nothing.</summary>
    public static ACwl Tool(string version = "v1.2") => new($$"""
        {
          "cwlVersion": "{{version}}", "class": "CommandLineTool", "id": "tool",
          "requirements": { "DockerRequirement": { "dockerPull": "busybox:1" } },
          "baseCommand": "run", "inputs": {}, "outputs": {}
        }
        """);

    /// <summary>A workflow of one step in a graph with its tool, which takes a text and gives a file.</summary>
    public static ACwl Workflow() => new("""
        {
          "cwlVersion": "v1.2",
          "$graph": [
            {
              "class": "CommandLineTool", "id": "#tool", "hints": { "DockerRequirement": { "dockerPull": "busybox:1" } },
              "baseCommand": "run",
              "inputs": {
                "text": { "type": "string", "inputBinding": { "prefix": "-t" } },
                "upper": { "type": "boolean?", "inputBinding": { "prefix": "-u" } },
                "times": { "type": "int", "default": 2, "inputBinding": { "prefix": "-n" } }
              },
              "outputs": { "file": { "type": "File", "outputBinding": { "glob": "$(inputs.text).txt" } } }
            },
            {
              "class": "Workflow", "id": "#main", "label": "The workflow",
              "inputs": { "words": { "type": "string", "doc": "Some words" } },
              "steps": { "only": { "run": "#tool", "in": { "text": "words" }, "out": ["file"] } },
              "outputs": { "result": { "type": "File", "outputSource": "only/file", "label": "The result" } }
            }
          ]
        }
        """);

    /// <summary>Puts a value in the place of a JSON pointer, making what lies on the way; null removes it.</summary>
    public ACwl With(string pointer, string? json)
    {
        var steps = pointer[1..].Split('/');
        JsonNode at = _json;
        foreach (var step in steps[..^1]) at = at is JsonArray list ? list[int.Parse(step)]! : at[step] ??= new JsonObject();
        if (json is null) at.AsObject().Remove(steps[^1]);
        else if (at is JsonArray items) items[int.Parse(steps[^1])] = JsonNode.Parse(json);
        else at[steps[^1]] = JsonNode.Parse(json);
        return this;
    }

    /// <summary>The tool with an input; its arguments are those of the binding.</summary>
    public ACwl Taking(string name, string parameter) => With($"/inputs/{name}", parameter);

    /// <summary>The document sent by itself.</summary>
    public ApplicationPackage Build(string mediaType = CwlText.Json) => new() { Cwl = new(mediaType, _json.ToJsonString()) };

    /// <summary>The document as the value of an execution unit.</summary>
    public JsonObject AsValue() => new() { ["value"] = _json.DeepClone(), ["mediaType"] = CwlText.Json };

    public override string ToString() => _json.ToJsonString();

    /// <summary>What the document says once it is read.</summary>
    public ReadPackage Read(string? workflow = null, RunnerOptions? limits = null) =>
        APackage.Source(limits: limits).ReadAsync(Build(), workflow, null, CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>Everything that is wrong with it.</summary>
    public IReadOnlyList<Violation> Wrongs(RunnerOptions? limits = null) => Assert.Throws<OgcException>(() => Read(limits: limits))!.Violations;

    /// <summary>The program and its arguments for some inputs, as one line.</summary>
    public string Line(string inputs = "{}", string? workflow = null)
    {
        var staged = new StagedInputs();
        var package = Read(workflow);
        foreach (var member in JsonDocument.Parse(inputs).RootElement.EnumerateObject())
        {
            var isArray = package.Description.Inputs[member.Name].IsMultiple;
            staged[member.Name] = new(isArray ? [.. member.Value.EnumerateArray()] : [member.Value], isArray);
        }

        var call = CommandLine.Of(package.Unit, new("sha256:1", "sha256:1", ["default"]) { Entrypoint = ["entry"] }, staged);
        return string.Join(' ', (call.Entrypoint ?? []).Concat(call.Arguments ?? ["default"]).Select(one => one.Contains(' ', StringComparison.Ordinal) ? $"'{one}'" : one));
    }
}
