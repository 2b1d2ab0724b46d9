using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OgcProcesses.Client;

/// <summary>All operations of the API as NSwag generates them from its definition. <see cref="OgcProcessesClient"/> is what to begin with.</summary>
/// <remarks>What the server refuses is thrown as <see cref="OgcProcessesException"/>, by the handlers of <see cref="OgcProcessesClient.Api"/>.</remarks>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "All types are known to ApiJson.")]
[UnconditionalSuppressMessage("AOT", "IL3050", Justification = "All types are known to ApiJson.")]
[UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "The fields of enumerations are kept.")]
public partial class OgcApi
{
    static partial void UpdateJsonSerializerSettings(JsonSerializerOptions settings)
    {
        settings.TypeInfoResolver = ApiJson.Default;
        settings.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
    }
}
