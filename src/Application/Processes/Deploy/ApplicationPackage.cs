using System.Text.Json;
using System.Text.Json.Serialization;
using OgcProcesses.Application.Processes.Cwl;

namespace OgcProcesses.Application.Processes.Deploy;

/// <summary>An application package: what a process is and what runs when it is executed.</summary>
/// <remarks>Part 2, ogcapppkg.yaml; or, by itself, a CWL document.</remarks>
public sealed record ApplicationPackage
{
    /// <summary>The process description, directly or as member <c>process</c>.</summary>
    public JsonElement? ProcessDescription { get; init; }

    /// <summary>The execution unit: a container image and how to call it, or CWL by link or value.</summary>
    public JsonElement? ExecutionUnit { get; init; }

    /// <summary>The document that was sent in the place of a package; null for a package.</summary>
    /// <remarks>/req/cwl/body</remarks>
    [JsonIgnore]
    public CwlText? Cwl { get; init; }

    /// <summary>Every other member, kept and given back.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Others { get; init; }

    /// <summary>Reads the form that is kept with a process.</summary>
    public static ApplicationPackage FromJson(string json)
    {
        var package = JsonSerializer.Deserialize<ApplicationPackage>(json, JsonSerializerOptions.Web)!;
        // Every package has an execution unit; what has none is a document by itself.
        return package.ExecutionUnit is null ? new() { Cwl = JsonSerializer.Deserialize<CwlText>(json, JsonSerializerOptions.Web) } : package;
    }

    /// <summary>The form that is kept with a process, to be given back.</summary>
    public string ToJson() => Cwl is null
        ? JsonSerializer.Serialize(this, JsonSerializerOptions.Web)
        : JsonSerializer.Serialize(Cwl, JsonSerializerOptions.Web);
}
