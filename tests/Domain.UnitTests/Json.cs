using System.Text.Json;

namespace OgcProcesses.Domain.UnitTests;

/// <summary>Reads the JSON that tests write in line.</summary>
internal static class Json
{
    public static JsonElement Of(string json) => JsonDocument.Parse(json).RootElement;
}
