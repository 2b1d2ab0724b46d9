using System.Text.Json;

namespace OgcProcesses.Application.Common.Schemas;

/// <summary>Checks values against the JSON Schemas of inputs and outputs.</summary>
/// <remarks>/req/core/process-execute-input-validation</remarks>
public interface ISchemaValidator
{
    /// <summary>Every place where a value breaks a schema; empty when it fits.</summary>
    IReadOnlyList<SchemaViolation> Validate(JsonElement schema, JsonElement value);

    /// <summary>What is wrong with a schema itself, and what in it is not enforced.</summary>
    SchemaReview Review(JsonElement schema);
}

/// <summary>One place where a value breaks its schema.</summary>
/// <param name="Pointer">JSON pointer (RFC 6901) from the value's root; empty for the value itself.</param>
/// <param name="Detail">What is wrong there, in a sentence.</param>
public sealed record SchemaViolation(string Pointer, string Detail);

/// <summary>What a look at a schema gave.</summary>
/// <param name="Error">Why it can't be used at all; null when it can.</param>
/// <param name="Warnings">Keywords and references that are kept and given back, but not enforced.</param>
public sealed record SchemaReview(string? Error, IReadOnlyList<string> Warnings);
