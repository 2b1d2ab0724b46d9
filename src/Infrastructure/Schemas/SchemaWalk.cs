using System.Runtime.CompilerServices;
using Newtonsoft.Json.Linq;
using NJsonSchema;
using NJsonSchema.Validation;

namespace OgcProcesses.Infrastructure.Schemas;

/// <summary>One value's way through one schema: NJsonSchema's walk, with the rules of each schema applied on the way.</summary>
/// <remarks>
/// Bounded in depth and in steps, so that neither a schema that contains itself nor nested alternatives can hang it.
/// Not thread-safe; one per check.
/// </remarks>
/// <param name="size">How many values the value is made of; it bounds the steps.</param>
internal sealed class SchemaWalk(int size) : JsonSchemaValidator(Settings)
{
    private const int MaxDepth = 256;

    // No format validators: their regular expressions have no timeout. See Formats.
    private static readonly JsonSchemaValidatorSettings Settings = new() { FormatValidators = [] };

    private int _depth;
    private long _stepsLeft = 100_000 + (500L * size);

    /// <summary>Everything wrong with a value.</summary>
    public ICollection<ValidationError> Check(JToken value, CheckedSchema schema) =>
        Validate(value, schema, SchemaType.JsonSchema, null, "");

    /// <summary>Whether a value has nothing wrong.</summary>
    public bool Fits(JToken value, CheckedSchema schema) => Check(value, schema).Count == 0;

    protected override ICollection<ValidationError> Validate(
        JToken token, JsonSchema schema, SchemaType schemaType, string? propertyName, string propertyPath)
    {
        if (--_stepsLeft < 0 || _depth >= MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new WalkAbortedException(token, "is nested too deeply, or its schema leads in circles: it can't be checked");
        var own = (CheckedSchema)schema;
        if (token.Type == JTokenType.Null && own.TakesNull) return [];
        _depth++;
        var found = own.HasOwnKeywords && !(own.HasNullType && token.Type == JTokenType.Null)
            ? base.Validate(token, schema, schemaType, propertyName, propertyPath)
            : own.Rules.Count == 0 ? [] : new List<ValidationError>();
        foreach (var rule in own.Rules) rule(token, this, found);
        _depth--;
        return found;
    }
}

/// <summary>A check was given up; what is wrong with the value is that it can't be checked.</summary>
internal sealed class WalkAbortedException(JToken value, string detail) : Exception(detail)
{
    public JToken Value => value;
}
