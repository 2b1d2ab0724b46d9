using System.Globalization;
using Newtonsoft.Json.Linq;
using NJsonSchema;
using NJsonSchema.Validation;
using OgcProcesses.Application.Common.Schemas;

namespace OgcProcesses.Infrastructure.Schemas;

/// <summary>Findings in plain English, each at its place.</summary>
internal static class Sentences
{
    /// <summary>More than this many help nobody.</summary>
    public const int MostViolations = 50;

    private const int MostNamed = 20;

    public static IReadOnlyList<SchemaViolation> Of(IEnumerable<ValidationError> errors) =>
        [.. Flat(errors).Select(error => new SchemaViolation(Tokens.Pointer(error.Token!), Detail(error))).Distinct().Take(MostViolations)];

    /// <summary>One finding without its place in the document, but with its place below a value.</summary>
    public static string Of(ValidationError error, JToken value)
    {
        var below = Tokens.Pointer(error.Token!)[Tokens.Pointer(value).Length..];
        return below.Length == 0 ? Detail(error) : $"'{below}' {Detail(error)}";
    }

    /// <summary>NJsonSchema's errors without the levels it puts around those of items and of several types.</summary>
    public static IEnumerable<ValidationError> Flat(IEnumerable<ValidationError> errors) => errors.SelectMany(error => error switch
    {
        ChildSchemaValidationError child => Flat(child.Errors.Values.SelectMany(nested => nested)),
        MultiTypeValidationError multi when multi.Errors.TryGetValue(KindOf(multi.Token!), out var nested) => Flat(nested),
        _ => [error],
    });

    /// <summary>Whether an error says that a value has the wrong type.</summary>
    public static bool IsAboutType(ValidationError error) => error is Finding finding
        ? finding.About == FindingKind.Type
        : error.Kind is ValidationErrorKind.StringExpected or ValidationErrorKind.NumberExpected or ValidationErrorKind.BooleanExpected
            or ValidationErrorKind.ObjectExpected or ValidationErrorKind.ArrayExpected or ValidationErrorKind.NullExpected
            or ValidationErrorKind.NoTypeValidates;

    /// <summary>"a", "a or b", "one of a, b, c".</summary>
    public static string OneOf(IEnumerable<string> names)
    {
        var all = names.ToList();
        return all.Count switch
        {
            1 => all[0],
            2 => $"{all[0]} or {all[1]}",
            _ => $"one of {string.Join(", ", all.Take(MostNamed))}{(all.Count > MostNamed ? ", ..." : "")}",
        };
    }

    private static string Detail(ValidationError error)
    {
        if (error is Finding finding) return finding.Detail;
        var schema = (CheckedSchema)error.Schema;
        return error.Kind switch
        {
            _ when IsAboutType(error) => $"expected {string.Join(" or ", schema.TypeNames)}, found {Tokens.TypeName(error.Token!)}",
            ValidationErrorKind.NumberTooSmall => $"must be {Bounds(schema.Minimum, "at least", schema.ExclusiveMinimum, "greater than")}",
            ValidationErrorKind.NumberTooBig => $"must be {Bounds(schema.Maximum, "at most", schema.ExclusiveMaximum, "less than")}",
            ValidationErrorKind.NumberNotMultipleOf => $"must be a multiple of {Text(schema.MultipleOf)}",
            ValidationErrorKind.TooFewItems => $"must have at least {schema.MinItems} items, has {((JArray)error.Token!).Count}",
            ValidationErrorKind.TooManyItems => $"must have at most {schema.MaxItems} items, has {((JArray)error.Token!).Count}",
            ValidationErrorKind.TooManyItemsInTuple => $"must not be there: at most {schema.Items.Count} items are allowed",
            ValidationErrorKind.TooFewProperties => $"must have at least {schema.MinProperties} members",
            ValidationErrorKind.TooManyProperties => $"must have at most {schema.MaxProperties} members",
            _ => $"does not fit its schema ({error.Kind})",
        };
    }

    private static string Bounds(decimal? inclusive, string inclusiveWord, decimal? exclusive, string exclusiveWord) =>
        string.Join(" and ", new[]
        {
            inclusive is null ? null : $"{inclusiveWord} {Text(inclusive)}",
            exclusive is null ? null : $"{exclusiveWord} {Text(exclusive)}",
        }.OfType<string>());

    private static string Text(decimal? number) => number.GetValueOrDefault().ToString(CultureInfo.InvariantCulture);

    private static JsonObjectType KindOf(JToken value) => value.Type switch
    {
        JTokenType.Object => JsonObjectType.Object,
        JTokenType.Array => JsonObjectType.Array,
        JTokenType.String => JsonObjectType.String,
        JTokenType.Boolean => JsonObjectType.Boolean,
        JTokenType.Null => JsonObjectType.Null,
        _ => JsonObjectType.Number,
    };
}
