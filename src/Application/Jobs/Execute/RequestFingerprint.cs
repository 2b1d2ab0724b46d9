using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Jobs.Execute;

/// <summary>Tells execute requests apart by what they say, not by how they are written.</summary>
/// <remarks>White space, escapes and the order of members do not count. Numbers do as they are written: 1 and 1.0 need not be the same to a program.</remarks>
internal static class RequestFingerprint
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>SHA-256 of the process and the request, lower-case hexadecimal.</summary>
    public static string Of(ProcessId process, Execute request)
    {
        // However the process was named: by the path, an identifier or a URI.
        var canonical = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(canonical)) Write(json, JsonSerializer.SerializeToElement(request with { Process = process.Value }, Options));
        return Convert.ToHexStringLower(SHA256.HashData(canonical.WrittenSpan));
    }

    private static void Write(Utf8JsonWriter json, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var member in value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    json.WritePropertyName(member.Name);
                    Write(json, member.Value);
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray()) Write(json, item);
                json.WriteEndArray();
                break;
            case JsonValueKind.String:
                json.WriteStringValue(value.GetString());
                break;
            default:
                json.WriteRawValue(value.GetRawText());
                break;
        }
    }
}
