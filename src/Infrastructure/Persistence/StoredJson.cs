using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Infrastructure.Persistence;

/// <summary>The JSON that columns hold.</summary>
internal static class StoredJson
{
    // By reflection: generated code would give null to what a row of an older version leaves out, not the type's own default.
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), new ExpressionConverter() },
    };

    public static string Write(ExecuteRequest request) => JsonSerializer.Serialize(request, Options);

    /// <summary>A request; null when the text is none.</summary>
    public static ExecuteRequest? TryReadRequest(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<ExecuteRequest>(json, Options) is { Inputs: not null } request ? request : null;
        }
        catch (Exception damage) when (Unreadable.Is(damage))
        {
            return null;
        }
    }

    private static string Write(ExecutionUnit unit) => JsonSerializer.Serialize(unit, Options);

    private static ExecutionUnit ReadUnit(string json) => JsonSerializer.Deserialize<ExecutionUnit>(json, Options)!;

    private static string Write(IReadOnlyList<CallbackAttempt> log) => JsonSerializer.Serialize(log, Options);

    private static List<CallbackAttempt> ReadLog(string json) => JsonSerializer.Deserialize<List<CallbackAttempt>>(json, Options)!;

    private static string Write(IEnumerable<string> texts) => JsonSerializer.Serialize(texts, Options);

    private static List<string> ReadTexts(string json) => JsonSerializer.Deserialize<List<string>>(json, Options)!;

    private static string Write(IReadOnlyList<ProcessId> ids) => Write(ids.Select(id => id.Value));

    private static List<ProcessId> ReadIds(string json) => ReadTexts(json).ConvertAll(text => ProcessId.TryParse(text, out var id) ? id : throw new JsonException($"'{text}' identifies no process."));

    private static string Write(IReadOnlyList<JobAttempt> attempts) => JsonSerializer.Serialize(attempts, Options);

    private static List<JobAttempt> ReadAttempts(string json) => JsonSerializer.Deserialize<List<JobAttempt>>(json, Options)!;

    private static string Write(ProcessAccess access) => JsonSerializer.Serialize(access, Options);

    private static ProcessAccess ReadAccess(string json) => JsonSerializer.Deserialize<ProcessAccess>(json, Options)!;

    private static ProcessDescription ReadDescription(string json) =>
        ProcessDescription.Read(JsonSerializer.Deserialize<JsonElement>(json));

    public sealed class UnitConverter() : ValueConverter<ExecutionUnit, string>(unit => Write(unit), json => ReadUnit(json));

    public sealed class AccessConverter() : ValueConverter<ProcessAccess, string>(access => Write(access), json => ReadAccess(json));

    public sealed class DescriptionConverter()
        : ValueConverter<ProcessDescription, string>(process => process.Document.GetRawText(), json => ReadDescription(json));

    public sealed class LogConverter() : ValueConverter<IReadOnlyList<CallbackAttempt>, string>(log => Write(log), json => ReadLog(json));

    public sealed class AttemptsConverter()
        : ValueConverter<IReadOnlyList<JobAttempt>, string>(attempts => Write(attempts), json => ReadAttempts(json));

    public sealed class TextsConverter() : ValueConverter<IReadOnlyList<string>, string>(texts => Write(texts), json => ReadTexts(json));

    public sealed class ProcessIdsConverter() : ValueConverter<IReadOnlyList<ProcessId>, string>(ids => Write(ids), json => ReadIds(json));

    /// <remarks>These lists are only ever replaced, never changed: another list is another value.</remarks>
    public sealed class ListComparer<T>()
        : ValueComparer<IReadOnlyList<T>>((left, right) => ReferenceEquals(left, right), list => RuntimeHelpers.GetHashCode(list), list => list);

    private sealed class ExpressionConverter : JsonConverter<Expression>
    {
        public override Expression Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Expression.Parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, Expression value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Source);
    }
}
