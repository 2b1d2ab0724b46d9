using System.Text.Json;
using System.Text.Json.Serialization;

namespace OgcProcesses.Application.Processes.Deploy;

/// <summary>An application package: what a process is and what runs when it is executed.</summary>
/// <remarks>Part 2, ogcapppkg.yaml.</remarks>
public sealed record ApplicationPackage
{
    /// <summary>The process description, directly or as member <c>process</c>.</summary>
    public JsonElement? ProcessDescription { get; init; }

    /// <summary>The execution unit: a container image and how to call it.</summary>
    public JsonElement? ExecutionUnit { get; init; }

    /// <summary>Every other member, kept and given back.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Others { get; init; }

    /// <summary>Reads the form that is kept with a process.</summary>
    public static ApplicationPackage FromJson(string json) => JsonSerializer.Deserialize<ApplicationPackage>(json, JsonSerializerOptions.Web)!;

    /// <summary>The form that is kept with a process, to be given back.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);
}
