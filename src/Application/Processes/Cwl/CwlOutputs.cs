using System.Text.Json;
using System.Text.Json.Nodes;
using OgcProcesses.Application.Common;
using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Application.Processes.Cwl;

/// <summary>An output of a tool: what it is and where it is found.</summary>
internal sealed record CwlOutput(CwlNode Node, CwlType Type, IReadOnlyList<string> MediaTypes, IReadOnlyList<string> Globs);

/// <summary>Reads the outputs of a tool.</summary>
/// <remarks>CWL, CommandOutputParameter and CommandOutputBinding.</remarks>
internal sealed class CwlOutputs(CwlNode tool, CwlReferences references, CwlFormats formats, CwlNotes notes)
{
    /// <summary>The outputs by name; a stream that an output is gets a file in the execution unit.</summary>
    public Dictionary<string, CwlOutput> Read(JsonObject unit)
    {
        var outputs = new Dictionary<string, CwlOutput>();
        foreach (var (name, entry) in notes.Entries(tool.Member("outputs"), "id"))
        {
            var type = entry.IsObject ? entry.Member("type") : entry;
            if (type is null)
            {
                notes.Refuse(entry.At, "needs 'type'");
                continue;
            }

            if (entry.Member("secondaryFiles") is { IsEmpty: false } secondary)
                notes.Refuse(secondary.At, "'secondaryFiles' is not supported; declare each file as an output");
            var read = CwlType.Read(type.Value, notes);
            var mediaTypes = formats.Read(entry.Member("format"), notes);
            outputs[name] = read.Kind is CwlKind.Stdout or CwlKind.Stderr
                ? new(entry, new(CwlKind.File), mediaTypes, [StreamFile(read.Kind == CwlKind.Stdout ? "stdout" : "stderr", name, mediaTypes, unit)])
                : new(entry, read, mediaTypes, Globs(entry, read));
        }

        return outputs;
    }

    private static string StreamFile(string stream, string name, IReadOnlyList<string> mediaTypes, JsonObject unit)
    {
        if (unit[stream] is { } named) return named.GetValue<string>();
        var extension = mediaTypes.Count > 0 ? MediaTypes.ExtensionOf(mediaTypes[0]) : ".txt";
        unit[stream] = name + extension;
        return name + extension;
    }

    private List<string> Globs(CwlNode entry, CwlType type)
    {
        if (type.Kind == CwlKind.Refused) return [];
        if (entry.Member("outputBinding") is not { } binding)
        {
            notes.Refuse(entry.At, "needs 'outputBinding' with 'glob': what a tool writes to cwl.output.json is not read");
            return [];
        }

        var eval = binding.Member("outputEval");
        if (eval is { } given && !IsContents(given, binding, type))
            notes.Refuse(given.At, "is not supported, except for '$(self[0].contents)' of a string with loadContents");
        else if (eval is null && !type.IsFiles)
            notes.Refuse(entry.At, "is no file, so it needs the type string, 'loadContents: true' and 'outputEval: $(self[0].contents)'");
        if (binding.Member("glob") is not { } glob)
        {
            notes.Refuse(binding.At, "needs 'glob'");
            return [];
        }

        var globs = new List<string>();
        foreach (var pattern in glob.OneOrMore)
        {
            if (references.Translate(pattern) is not { } value) continue;
            if (value.Literal is { } literal && !ContainerPaths.IsOutput(literal)) notes.Refuse(pattern.At, "must lie below the output folder");
            else if (value.Text is { } text) globs.Add(text);
            else notes.Refuse(pattern.At, "must be a text");
        }

        return globs;
    }

    /// <remarks>The one way to give a text that many tools use; it needs no script.</remarks>
    private static bool IsContents(CwlNode eval, CwlNode binding, CwlType type) =>
        eval.Text?.Trim() == "$(self[0].contents)" && type.Kind == CwlKind.Text && binding.Member("loadContents")?.Json.ValueKind == JsonValueKind.True;
}
