using System.Collections.Concurrent;
using System.Text.Json;
using OgcProcesses.Application.Common.Schemas;

namespace OgcProcesses.Infrastructure.Schemas;

/// <summary>Checks values by NJsonSchema, with rules of our own for what it does not enforce.</summary>
/// <remarks>Compiled schemas are kept by their text. Thread-safe: a compiled schema never changes, a walk is used once.</remarks>
internal sealed class NJsonSchemaValidator : ISchemaValidator
{
    private const int MostKept = 1024;
    private const int LongestKept = 256 * 1024;

    private readonly ConcurrentDictionary<string, CompiledSchema> _compiled = new(StringComparer.Ordinal);

    public IReadOnlyList<SchemaViolation> Validate(JsonElement schema, JsonElement value)
    {
        var compiled = Compiled(schema);
        if (compiled.Schema is null) return [new SchemaViolation("", $"can't be checked, because its schema is wrong: {compiled.Error}")];
        try
        {
            var token = Tokens.From(value, out var size);
            var errors = new SchemaWalk(size).Check(token, compiled.Schema);
            return errors.Count == 0 ? [] : Sentences.Of(errors);
        }
        catch (WalkAbortedException aborted)
        {
            return [new SchemaViolation(Tokens.Pointer(aborted.Value), aborted.Message)];
        }
    }

    public SchemaReview Review(JsonElement schema)
    {
        var compiled = Compiled(schema);
        return new SchemaReview(compiled.Error, compiled.Warnings);
    }

    private CompiledSchema Compiled(JsonElement schema)
    {
        var text = schema.GetRawText();
        if (_compiled.TryGetValue(text, out var known)) return known;
        var compiled = SchemaCompiler.Compile(schema);
        if (text.Length > LongestKept) return compiled;
        // Rarely reached; starting over is simpler than remembering who was used when.
        if (_compiled.Count >= MostKept) _compiled.Clear();
        return _compiled[text] = compiled;
    }
}
