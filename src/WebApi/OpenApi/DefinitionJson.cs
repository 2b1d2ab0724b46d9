using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.OpenApi;

/// <summary>Writes a definition out of its general part and the paths of single processes.</summary>
internal static class DefinitionJson
{
    /// <summary>A definition is never part of a page: only what JSON itself asks for is escaped.</summary>
    public static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The document, as UTF-8 JSON.</summary>
    /// <param name="general">The general part, of which only those components are taken that something refers to.</param>
    /// <param name="server">The URL that all paths begin with.</param>
    /// <param name="typed">The paths of single processes.</param>
    public static byte[] Write(JsonObject general, string server, IReadOnlyCollection<TypedPath> typed)
    {
        var buffer = new ArrayBufferWriter<byte>(1 << 16);
        using (var json = new Utf8JsonWriter(buffer, new() { Encoder = Options.Encoder, SkipValidation = true }))
        {
            json.WriteStartObject();
            foreach (var (name, value) in general)
            {
                json.WritePropertyName(name);
                if (name == "paths") WritePaths(json, value!.AsObject(), typed);
                else if (name == "components") WriteComponents(json, value!.AsObject(), ReferredTo(general, typed), typed);
                else Write(json, value);
                if (name == "info") WriteServer(json, server);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteServer(Utf8JsonWriter json, string server)
    {
        json.WriteStartArray("servers");
        json.WriteStartObject();
        json.WriteString("url", server);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WritePaths(Utf8JsonWriter json, JsonObject general, IEnumerable<TypedPath> typed)
    {
        json.WriteStartObject();
        foreach (var (path, item) in general) Write(json, path, item);
        foreach (var path in typed)
        {
            json.WritePropertyName(path.Path);
            json.WriteRawValue(path.Item, skipInputValidation: true);
        }

        json.WriteEndObject();
    }

    private static void WriteComponents(Utf8JsonWriter json, JsonObject components, HashSet<string> referredTo, IEnumerable<TypedPath> typed)
    {
        json.WriteStartObject();
        foreach (var (kind, entries) in components)
        {
            json.WriteStartObject(kind);
            // Who may do what is not referred to by a pointer.
            foreach (var (name, entry) in entries!.AsObject())
                if (kind == "securitySchemes" || referredTo.Contains($"#/components/{kind}/{name}")) Write(json, name, entry);
            if (kind == "schemas")
            {
                foreach (var (name, schema) in typed.SelectMany(path => path.Schemas))
                {
                    json.WritePropertyName(name);
                    json.WriteRawValue(schema, skipInputValidation: true);
                }
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>The general components that a document uses.</summary>
    private static HashSet<string> ReferredTo(JsonObject general, IEnumerable<TypedPath> typed)
    {
        var found = new HashSet<string>();
        var waiting = new Stack<JsonNode?>([general["paths"]]);
        foreach (var part in typed.SelectMany(path => path.Schemas.Select(schema => schema.Value).Append(path.Item))) AddReferences(part, found, general, waiting);
        while (waiting.TryPop(out var node))
        {
            if (node is JsonArray items)
            {
                foreach (var item in items) waiting.Push(item);
            }
            else if (node is JsonObject members)
            {
                foreach (var (name, value) in members)
                    if (name == "$ref" && value is JsonValue text && text.TryGetValue<string>(out var reference)) Add(reference, found, general, waiting);
                    else waiting.Push(value);
            }
        }

        return found;
    }

    private static void AddReferences(ReadOnlySpan<byte> json, HashSet<string> found, JsonObject general, Stack<JsonNode?> waiting)
    {
        var reader = new Utf8JsonReader(json, new() { MaxDepth = 256 });
        while (reader.Read())
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("$ref"u8) && reader.Read() && reader.TokenType == JsonTokenType.String)
                Add(reader.GetString()!, found, general, waiting);
    }

    private static void Add(string reference, HashSet<string> found, JsonObject general, Stack<JsonNode?> waiting)
    {
        if (!found.Add(reference)) return;
        // The names of components hold neither '/' nor '~'.
        if (reference.Split('/') is ["#", "components", var kind, var name]) waiting.Push(general["components"]?[kind]?[name]);
    }

    private static void Write(Utf8JsonWriter json, string name, JsonNode? value)
    {
        json.WritePropertyName(name);
        Write(json, value);
    }

    private static void Write(Utf8JsonWriter json, JsonNode? value)
    {
        if (value is null) json.WriteNullValue();
        else value.WriteTo(json, Options);
    }
}
