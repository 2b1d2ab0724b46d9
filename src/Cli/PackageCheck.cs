using System.Text.Json;
using System.Text.Json.Nodes;

namespace OgcProcesses.Cli;

/// <summary>Finds what no server could take in a package, before an image is built or anything is sent. The server knows all the rules.</summary>
internal static class PackageCheck
{
    /// <summary>The media type of CWL documents.</summary>
    public const string Cwl = "application/cwl";

    /// <summary>What is wrong, each with its place (RFC 6901).</summary>
    public static IEnumerable<string> ErrorsOf(JsonObject package)
    {
        if (package["executionUnit"] is JsonObject document && document["mediaType"]?.ToString() == Cwl)
        {
            if (!document["value"]!.ToString().Contains("cwlVersion", StringComparison.Ordinal)) yield return "cwlVersion: is required in a CWL document";
            yield break;
        }

        if (package["processDescription"] is not JsonObject described)
        {
            yield return "/processDescription: is required: what the process is, takes and gives";
            yield break;
        }

        var (process, at) = described["process"] is JsonObject inner ? (inner, "/processDescription/process") : (described, "/processDescription");
        if (!IsText(process["id"])) yield return $"{at}/id: is required, as a text";
        foreach (var kind in (string[])["inputs", "outputs"])
        {
            if (process[kind] is null) continue;
            if (process[kind] is not JsonObject members) yield return $"{at}/{kind}: must be an object, with a member for each of them";
            else foreach (var (id, member) in members.Where(member => member.Value?["schema"] is not JsonObject)) yield return $"{at}/{kind}/{Escaped(id)}/schema: is required: what its values are";
        }

        if (package["executionUnit"] is null) yield return "/executionUnit: is required: the image, and how it is called";
        var (unit, unitAt) = package["executionUnit"] is JsonArray and [var only] ? (only, "/executionUnit/0") : (package["executionUnit"], "/executionUnit");
        if ((unit as JsonObject)?["image"] is { } image && !IsText(image)) yield return $"{unitAt}/image: must be a text";
        if ((unit as JsonObject)?["bindings"] is not JsonObject bindings) yield break;
        foreach (var (binding, kind) in ((string, string)[])[("inputBindings", "inputs"), ("outputBindings", "outputs")])
        foreach (var (id, _) in bindings[binding] as JsonObject ?? [])
            if (process[kind] is not JsonObject known || !known.ContainsKey(id)) yield return $"{unitAt}/bindings/{binding}/{Escaped(id)}: the process has no such {kind[..^1]}";
    }

    private static bool IsText(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String;

    private static string Escaped(string id) => id.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
