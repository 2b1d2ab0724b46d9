using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using OgcProcesses.Application.Common;
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
        using (var json = new Utf8JsonWriter(canonical))
            CanonicalJson.Write(json, JsonSerializer.SerializeToElement(request with { Process = process.Value }, Options), numbersAsWritten: true);
        return Convert.ToHexStringLower(SHA256.HashData(canonical.WrittenSpan));
    }
}
