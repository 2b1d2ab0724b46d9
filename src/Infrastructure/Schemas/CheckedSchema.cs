using Newtonsoft.Json.Linq;
using NJsonSchema;
using NJsonSchema.Validation;

namespace OgcProcesses.Infrastructure.Schemas;

/// <summary>A check that NJsonSchema does not make, or makes wrongly.</summary>
internal delegate void Rule(JToken value, SchemaWalk walk, ICollection<ValidationError> found);

/// <summary>A schema of NJsonSchema with the rules it lacks.</summary>
/// <remarks>
/// Built member by member, never parsed by NJsonSchema: its reader follows <c>$ref</c> to other servers and to files.
/// Of its own keywords only those are set that it enforces as the standard says; <see cref="SchemaCompiler"/> lists which.
/// </remarks>
internal sealed class CheckedSchema : JsonSchema
{
    /// <summary>Applied after NJsonSchema's own checks.</summary>
    public List<Rule> Rules { get; } = [];

    /// <summary>Whether null is a value whatever the rest says (OpenAPI's <c>nullable</c>).</summary>
    public bool TakesNull { get; set; }

    /// <summary>Whether <c>null</c> is one of several types.</summary>
    public bool HasNullType { get; set; }

    /// <summary>Whether NJsonSchema has anything to do here.</summary>
    public bool HasOwnKeywords { get; set; }

    /// <summary>Whether it names a media type, an encoding or a schema of the content, which no check can tell apart.</summary>
    public bool SaysContent { get; set; }

    /// <summary>The words of <c>type</c>.</summary>
    public IReadOnlyList<string> TypeNames { get; set; } = [];
}

/// <summary>What a rule found.</summary>
internal sealed class Finding(JToken value, string detail, FindingKind kind = FindingKind.Other)
    : ValidationError(ValidationErrorKind.Unknown, null, null, value, Nowhere)
{
    private static readonly JsonSchema Nowhere = new();

    public string Detail => detail;

    public FindingKind About => kind;
}

/// <summary>How telling a finding is when the best of several alternatives is sought.</summary>
internal enum FindingKind
{
    Other,

    /// <summary>Another value was asked for: <c>enum</c> or <c>const</c>.</summary>
    Choice,

    /// <summary>Another type was asked for.</summary>
    Type,
}
