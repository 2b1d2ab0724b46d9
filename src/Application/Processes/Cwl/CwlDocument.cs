using System.Text.Json;
using OgcProcesses.Application.Common;
using OgcProcesses.Application.Common.Errors;

namespace OgcProcesses.Application.Processes.Cwl;

/// <summary>A CWL document: a tool, or a workflow of one step and its tool.</summary>
internal sealed class CwlDocument
{
    private const int MostDepth = 64;

    private static readonly string[] Versions = ["v1.0", "v1.1", "v1.2"];

    private readonly CwlNode _root;
    private readonly CwlNotes _notes;
    private readonly List<CwlNode> _graph;

    /// <summary>Reads what a document is made of; the notes tell what of it is not supported.</summary>
    public CwlDocument(JsonElement json, CwlNotes notes)
    {
        (_root, _notes) = (new(json, ""), notes);
        if (!_root.IsObject) notes.Refuse("", "must be an object");
        Version = ReadVersion();
        RefuseImports(_root);
        Namespaces = (_root.Member("$namespaces")?.Members ?? []).Where(member => member.Value.Text is not null)
            .DistinctBy(member => member.Name)
            .ToDictionary(member => member.Name, member => member.Value.Text!);
        _graph = _root.Member("$graph") is { } graph ? [.. graph.Items] : [];
        if (_root.Member("$graph") is { IsArray: false } wrong) notes.Refuse(wrong.At, "must be a list");
    }

    /// <summary>The version of CWL that the document is written in.</summary>
    public string Version { get; }

    /// <summary>The IRIs that prefixes of names stand for.</summary>
    public IReadOnlyDictionary<string, string> Namespaces { get; }

    /// <summary>A member's name without its prefix, where the document declares that.</summary>
    public string Expand(string name) => CwlFormats.Expand(name, Namespaces);

    /// <summary>The document's text as JSON.</summary>
    /// <exception cref="FormatException">It is neither YAML nor JSON; the message says where.</exception>
    public static JsonElement Parse(CwlText text, IYamlReader yaml)
    {
        if (text.Value.Length > CwlText.MostBytes) throw new FormatException($"has more than {CwlText.MostBytes} characters");
        var json = TryParseJson(text, out var wrong) ?? (MediaTypes.AreSame(text.MediaType, CwlText.Json) ? throw wrong! : ParseYaml(text, yaml));
        return JsonText.FindMalformed(json) is { } place ? throw new FormatException($"{place} holds half a surrogate pair, which is no text".Trim()) : json;
    }

    /// <summary>The tool or workflow to run: the one of a name, else the first workflow, else the first tool.</summary>
    /// <remarks>/req/cwl/deploy-w-param</remarks>
    public CwlNode? Find(string? name)
    {
        var candidates = _root.Member("$graph") is null ? [_root] : _graph;
        if (name is not null)
        {
            var wanted = CwlNode.NameOf(name);
            var found = candidates.Where(candidate => candidate.TextOf("id") is { } id && CwlNode.NameOf(id) == wanted).ToList();
            return found.Count > 0 ? found[0] : throw NotFound(wanted, candidates);
        }

        var first = candidates.Where(candidate => candidate.TextOf("class") == "Workflow")
            .Concat(candidates.Where(candidate => candidate.TextOf("class") == "CommandLineTool"))
            .Concat(candidates).Take(1).ToList();
        if (first.Count > 0) return first[0];
        _notes.Refuse("/$graph", "holds no tool and no workflow");
        return null;
    }

    /// <summary>The tool that a step runs; null when the notes say why not.</summary>
    public CwlNode? ToolOf(CwlNode step)
    {
        if (step.Member("run") is not { } run)
        {
            _notes.Refuse(step.At, "needs 'run'");
            return null;
        }

        if (run.IsObject) return Tool(run, run.At);
        var name = run.Text is { } reference && reference.StartsWith('#') ? CwlNode.NameOf(reference) : null;
        var tool = _graph.Where(part => name is not null && part.TextOf("id") is { } id && CwlNode.NameOf(id) == name).Take(1).ToList();
        if (tool.Count > 0) return Tool(tool[0], run.At);
        _notes.Refuse(run.At, name is null
            ? "must be the tool itself, or '#' and its id in $graph: other documents are not fetched"
            : $"$graph holds no '{name}'");
        return null;
    }

    private CwlNode? Tool(CwlNode node, string at)
    {
        if (node.TextOf("class") == "CommandLineTool") return node;
        _notes.Refuse(at, $"the step must run a CommandLineTool; '{node.TextOf("class") ?? "nothing"}' is not supported");
        return null;
    }

    private static JsonElement? TryParseJson(CwlText text, out FormatException? wrong)
    {
        wrong = null;
        if (!MediaTypes.AreSame(text.MediaType, CwlText.Json) && !text.Value.AsSpan().TrimStart().StartsWith("{")) return null;
        try
        {
            using var document = JsonDocument.Parse(
                text.Value.TrimStart('\uFEFF'), new() { MaxDepth = MostDepth, AllowDuplicateProperties = false });
            return document.RootElement.Clone();
        }
        catch (JsonException malformed)
        {
            wrong = new($"is not JSON: line {malformed.LineNumber + 1}, column {malformed.BytePositionInLine + 1}", malformed);
            return null;
        }
    }

    private static JsonElement ParseYaml(CwlText text, IYamlReader yaml)
    {
        try
        {
            return yaml.Read(text.Value);
        }
        catch (YamlException malformed)
        {
            throw new FormatException($"is not YAML that can be read: {malformed.Message}", malformed);
        }
    }

    private static OgcException NotFound(string name, List<CwlNode> candidates)
    {
        var names = string.Join(", ", candidates.Select(candidate => candidate.TextOf("id")).OfType<string>().Select(id => $"'{CwlNode.NameOf(id)}'"));
        return new(OgcError.WorkflowNotFound, $"The document has no workflow '{name}'; it has {(names.Length > 0 ? names : "none with an id")}.");
    }

    private string ReadVersion()
    {
        if (_root.TextOf("cwlVersion") is { } version && Versions.Contains(version)) return version;
        _notes.Refuse("/cwlVersion", $"must be one of {string.Join(", ", Versions)}");
        return Versions[^1];
    }

    private void RefuseImports(CwlNode node)
    {
        foreach (var (name, value) in node.Members)
        {
            if (name is "$import" or "$include" or "$mixin") _notes.Refuse(value.At, $"'{name}' is not supported: other documents are not fetched");
            RefuseImports(value);
        }

        foreach (var item in node.Items) RefuseImports(item);
    }
}
