using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using OgcProcesses.Application.Common;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Jobs.Run;

/// <summary>Tells identical executions from others.</summary>
/// <remarks>
/// Identical are those of one owner that give one image, by the same revision of the process, the same inputs - values as
/// canonical JSON, files by name and checksum, whatever link they came from - and want the same outputs in the same formats.
/// How the results are put into an answer is no part of it.
/// </remarks>
internal static class Fingerprint
{
    /// <summary>SHA-256 of all that makes an execution what it is, lower-case hexadecimal.</summary>
    public static string Of(Job job, ProcessRevision revision, ContainerImage image, StagedInputs inputs)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartArray();
            json.WriteStringValue(job.Owner);
            json.WriteStringValue(revision.Id);
            json.WriteStringValue(image.Id);
            WriteInputs(json, inputs);
            WriteChecksums(json, inputs.Checksums);
            WriteOutputs(json, revision, job.Request);
            json.WriteEndArray();
        }

        return Convert.ToHexStringLower(SHA256.HashData(bytes.WrittenSpan));
    }

    private static void WriteInputs(Utf8JsonWriter json, StagedInputs inputs)
    {
        json.WriteStartObject();
        foreach (var (id, input) in inputs.OrderBy(input => input.Key, StringComparer.Ordinal))
        {
            json.WriteStartArray(id);
            foreach (var occurrence in input.Occurrences) CanonicalJson.Write(json, occurrence);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteChecksums(Utf8JsonWriter json, IReadOnlyDictionary<string, string> checksums)
    {
        json.WriteStartObject();
        foreach (var (path, sha256) in checksums.OrderBy(file => file.Key, StringComparer.Ordinal)) json.WriteString(path, sha256);
        json.WriteEndObject();
    }

    private static void WriteOutputs(Utf8JsonWriter json, ProcessRevision revision, ExecuteRequest request)
    {
        json.WriteStartObject();
        foreach (var id in revision.Description.Outputs.Keys.Where(id => request.Outputs?.ContainsKey(id) != false).Order(StringComparer.Ordinal))
            json.WriteString(id, request.Outputs?.GetValueOrDefault(id)?.MediaType);
        json.WriteEndObject();
    }
}
