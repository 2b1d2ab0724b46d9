using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;
using NJsonSchema;
using OgcProcesses.Application.Common.Errors;

namespace OgcProcesses.Infrastructure.Schemas;

/// <summary>A schema made ready for checking, or what is wrong with it.</summary>
internal sealed record CompiledSchema(CheckedSchema? Schema, string? Error, IReadOnlyList<string> Warnings);

/// <summary>Turns the JSON of a schema into a <see cref="CheckedSchema"/>.</summary>
/// <remarks>
/// <para>Takes OpenAPI 3.0's dialect (schema.yaml of Part 1) and JSON Schema up to 2020-12 alike.</para>
/// <para>Left to NJsonSchema: <c>type</c>, <c>properties</c>, <c>items</c>, <c>prefixItems</c>, <c>additionalItems</c>, bounds of numbers,
/// <c>multipleOf</c>, smallest and largest counts. All else is a <see cref="Rule"/>, and what is neither becomes a warning.</para>
/// </remarks>
internal sealed class SchemaCompiler
{
    private const int MaxDepth = 64;
    private const int MaxSchemas = 10_000;

    private static readonly HashSet<string> Annotations = new(StringComparer.Ordinal)
    {
        "title", "description", "default", "example", "examples", "deprecated", "readOnly", "writeOnly", "contentMediaType",
        "$schema", "$id", "id", "$comment", "$defs", "definitions", "externalDocs", "xml", "discriminator",
        // Read together with a keyword beside them.
        "then", "else", "minContains", "maxContains", "patternProperties", "additionalItems", "nullable", "maxLength",
    };

    private readonly JsonElement _root;
    private readonly Dictionary<string, CheckedSchema> _byPointer = new(StringComparer.Ordinal);
    private readonly List<string> _warnings = [];

    private SchemaCompiler(JsonElement root) => _root = root;

    /// <summary>Compiles a schema. Never throws for what a schema says, and never reads anything but the schema.</summary>
    public static CompiledSchema Compile(JsonElement root)
    {
        var compiler = new SchemaCompiler(root);
        try
        {
            var schema = compiler.At(root, "", 0);
            return new CompiledSchema(schema, null, compiler._warnings);
        }
        catch (SchemaFaultException fault)
        {
            return new CompiledSchema(null, fault.Message, compiler._warnings);
        }
    }

    private CheckedSchema At(JsonElement element, string pointer, int depth)
    {
        if (_byPointer.TryGetValue(pointer, out var known)) return known;
        if (depth > MaxDepth) throw new SchemaFaultException(pointer, $"the schema is nested more than {MaxDepth} levels deep");
        if (_byPointer.Count >= MaxSchemas) throw new SchemaFaultException(pointer, $"the schema holds more than {MaxSchemas} schemas");
        var schema = _byPointer[pointer] = new CheckedSchema();
        switch (element.ValueKind)
        {
            case JsonValueKind.Object: new Node(this, element, pointer, depth, schema).Apply(); break;
            case JsonValueKind.False: schema.Rules.Add(Rules.Forbidden); break;
            case JsonValueKind.True: break;
            default: throw new SchemaFaultException(pointer, "a schema must be an object, true or false");
        }
        return schema;
    }

    /// <summary>The schema behind a reference into this document; null when there is none.</summary>
    private CheckedSchema? Local(string reference, int depth)
    {
        var (target, canonical) = ((JsonElement?)_root, "");
        foreach (var step in Uri.UnescapeDataString(reference[1..]).Split('/').Skip(1))
        {
            var name = step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            target = target switch
            {
                { ValueKind: JsonValueKind.Object } parent when parent.TryGetProperty(name, out var member) => member,
                { ValueKind: JsonValueKind.Array } parent when int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                    && index < parent.GetArrayLength() => parent[index],
                _ => null,
            };
            canonical += "/" + JsonPointer.Escape(name);
        }
        return target is { } found ? At(found, canonical, depth) : null;
    }

    /// <summary>One schema object, keyword by keyword.</summary>
    private sealed class Node(SchemaCompiler compiler, JsonElement element, string pointer, int depth, CheckedSchema schema)
    {
        public void Apply()
        {
            schema.TakesNull = Member("nullable") is { } nullable && Boolean(nullable, "nullable");
            // First, because formats ask for it.
            if (Member("type") is { } type) ApplyType(type);
            foreach (var keyword in element.EnumerateObject()) Apply(keyword.Name, keyword.Value);
            if (Member("patternProperties") is { } || Member("additionalProperties") is { }) ApplyOtherMembers();
        }

        private void Apply(string name, JsonElement value)
        {
            switch (name)
            {
                case "type" or "additionalProperties": break;
                case "$ref": ApplyReference(Text(value, name)); break;
                case "allOf": foreach (var part in Schemas(value, name)) schema.Rules.Add(Rules.All(part)); break;
                case "anyOf": schema.Rules.Add(Rules.AnyOf(Schemas(value, name))); break;
                case "oneOf": schema.Rules.Add(Rules.OneOf(Schemas(value, name))); break;
                case "not": schema.Rules.Add(Rules.Not(Schema(value, name))); break;
                case "if": ApplyIf(value); break;
                case "enum": schema.Rules.Add(Rules.OneOfValues(Values(value, name))); break;
                case "const": schema.Rules.Add(Rules.OneOfValues([Token(value)])); break;
                case "minimum": ApplyMinimum(value); break;
                case "maximum": ApplyMaximum(value); break;
                case "exclusiveMinimum": ApplyExclusiveMinimum(value); break;
                case "exclusiveMaximum": ApplyExclusiveMaximum(value); break;
                case "multipleOf": ApplyMultipleOf(value); break;
                case "minLength" or "maxLength": ApplyLength(name); break;
                case "pattern": ApplyPattern(Text(value, name)); break;
                case "format": ApplyFormat(Text(value, name)); break;
                case "contentEncoding": ApplyEncoding(Text(value, name)); break;
                case "contentMediaType": schema.SaysContent = Text(value, name).Length > 0; break;
                case "contentSchema": schema.SaysContent = true; Warn($"'{name}' is kept, but not enforced"); break;
                case "items": ApplyItems(value); break;
                case "prefixItems": ApplyTuple(Schemas(value, name), "items"); break;
                case "minItems": schema.MinItems = Own(Count(value, name)); break;
                case "maxItems": ApplyMaxItems(Count(value, name)); break;
                case "uniqueItems": if (Boolean(value, name)) schema.Rules.Add(Rules.UniqueItems); break;
                case "contains": ApplyContains(value); break;
                case "properties": ApplyProperties(value); break;
                case "required": schema.Rules.Add(Rules.Required(Names(value, name))); break;
                case "minProperties": schema.MinProperties = Own(Count(value, name)); break;
                case "maxProperties": ApplyMaxProperties(Count(value, name)); break;
                case "propertyNames": schema.Rules.Add(Rules.MemberNames(Schema(value, name))); break;
                case "dependentRequired" or "dependentSchemas" or "dependencies": ApplyDependencies(value, name); break;
                default:
                    if (!Annotations.Contains(name) && !name.StartsWith("x-", StringComparison.Ordinal))
                        Warn($"'{Shorten(name)}' is kept, but not enforced");
                    break;
            }
        }

        private void ApplyType(JsonElement value)
        {
            var names = value.ValueKind == JsonValueKind.String ? [value.GetString()!] : Names(value, "type");
            if (names.Count == 0) throw Fault("'type' names no type");
            schema.TypeNames = [.. names.Distinct()];
            schema.HasNullType = names.Contains("null") && schema.TypeNames.Count > 1;
            foreach (var name in schema.TypeNames)
                schema.Type |= name switch
                {
                    "object" => JsonObjectType.Object,
                    "array" => JsonObjectType.Array,
                    "string" => JsonObjectType.String,
                    "boolean" => JsonObjectType.Boolean,
                    // A rule asks for whole numbers.
                    "integer" or "number" => JsonObjectType.Number,
                    "null" => schema.HasNullType ? JsonObjectType.None : JsonObjectType.Null,
                    _ => throw Fault(
                        $"'type' is '{Shorten(name)}', which is not one of array, boolean, integer, null, number, object, string"),
                };
            if (names.Contains("integer") && !names.Contains("number")) schema.Rules.Add(Rules.Whole(schema.TypeNames));
            schema.HasOwnKeywords = true;
        }

        private void ApplyReference(string reference)
        {
            var isLocal = reference is "#" || reference.StartsWith("#/", StringComparison.Ordinal);
            if (isLocal && compiler.Local(reference, depth + 1) is { } local)
                schema.Rules.Add(Rules.All(local));
            else if (isLocal)
                Warn($"the reference '{Shorten(reference)}' leads to nothing in the schema: any value fits it");
            else if (GeoJson.OfReference(reference) is { } known)
                schema.Rules.Add(known);
            else
                Warn($"the reference '{Shorten(reference)}' is kept, but not followed: any value fits it");
        }

        private void ApplyIf(JsonElement value) => schema.Rules.Add(Rules.If(
            Schema(value, "if"),
            Member("then") is { } then ? Schema(then, "then") : null,
            Member("else") is { } otherwise ? Schema(otherwise, "else") : null));

        private void ApplyMinimum(JsonElement value)
        {
            var isExclusive = Member("exclusiveMinimum") is { ValueKind: JsonValueKind.True };
            if (!TryDecimal(value, "minimum", out var bound))
                AddBound(value, isExclusive ? "greater than" : "at least", (number, limit) => isExclusive ? number > limit : number >= limit);
            else if (isExclusive) schema.ExclusiveMinimum = Own(bound);
            else schema.Minimum = Own(bound);
        }

        private void ApplyMaximum(JsonElement value)
        {
            var isExclusive = Member("exclusiveMaximum") is { ValueKind: JsonValueKind.True };
            if (!TryDecimal(value, "maximum", out var bound))
                AddBound(value, isExclusive ? "less than" : "at most", (number, limit) => isExclusive ? number < limit : number <= limit);
            else if (isExclusive) schema.ExclusiveMaximum = Own(bound);
            else schema.Maximum = Own(bound);
        }

        private void ApplyExclusiveMinimum(JsonElement value)
        {
            if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return;
            if (TryDecimal(value, "exclusiveMinimum", out var bound)) schema.ExclusiveMinimum = Own(bound);
            else AddBound(value, "greater than", (number, limit) => number > limit);
        }

        private void ApplyExclusiveMaximum(JsonElement value)
        {
            if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return;
            if (TryDecimal(value, "exclusiveMaximum", out var bound)) schema.ExclusiveMaximum = Own(bound);
            else AddBound(value, "less than", (number, limit) => number < limit);
        }

        private void AddBound(JsonElement value, string words, Func<double, double, bool> isInside)
        {
            var limit = value.GetDouble();
            schema.Rules.Add(Rules.Bound(number => isInside(number, limit), $"{words} {value.GetRawText()}"));
        }

        private void ApplyMultipleOf(JsonElement value)
        {
            if (!TryDecimal(value, "multipleOf", out var divisor)) Warn("'multipleOf' is beyond what can be checked and not enforced");
            else if (divisor <= 0) throw Fault("'multipleOf' must be greater than 0");
            else schema.MultipleOf = Own(divisor);
        }

        private void ApplyLength(string name)
        {
            int? least = Member("minLength") is { } low ? Count(low, "minLength") : null;
            int? most = Member("maxLength") is { } high ? Count(high, "maxLength") : null;
            // Once for both.
            if (name == "minLength" || least is null) schema.Rules.Add(Rules.Length(least, most));
        }

        private void ApplyPattern(string pattern)
        {
            var regex = Regex(pattern, "pattern");
            schema.Rules.Add(Rules.Pattern(regex, pattern));
        }

        private void ApplyFormat(string format)
        {
            if (Formats.For(format, schema, out var isEnforced) is { } rule) schema.Rules.Add(rule);
            else if (!isEnforced) Warn($"the format '{Shorten(format)}' is kept, but not enforced");
        }

        private void ApplyEncoding(string encoding)
        {
            schema.SaysContent = true;
            // Part 1's examples write binary for what travels as base64.
            if (encoding is "base64" or "binary") schema.Rules.Add(Formats.Base64Text);
            else Warn($"the content encoding '{Shorten(encoding)}' is kept, but not enforced");
        }

        private void ApplyItems(JsonElement value)
        {
            if (value.ValueKind == JsonValueKind.Array) ApplyTuple(Schemas(value, "items"), "additionalItems");
            else if (Member("prefixItems") is null) schema.Item = Own(Schema(value, "items"));
        }

        /// <summary>The first items each have a schema; the keyword for the others is called differently from draft to draft.</summary>
        private void ApplyTuple(IReadOnlyList<CheckedSchema> first, string others)
        {
            foreach (var item in first) schema.Items.Add(Own(item));
            if (Member(others) is not { } rest) return;
            if (rest.ValueKind == JsonValueKind.False) schema.AllowAdditionalItems = false;
            else schema.AdditionalItemsSchema = Schema(rest, others);
        }

        private void ApplyMaxItems(int most)
        {
            if (most == 0) schema.Rules.Add(Rules.NoItems);
            else schema.MaxItems = Own(most);
        }

        private void ApplyMaxProperties(int most)
        {
            if (most == 0) schema.Rules.Add(Rules.NoMembers);
            else schema.MaxProperties = Own(most);
        }

        private void ApplyContains(JsonElement value) => schema.Rules.Add(Rules.Contains(
            Schema(value, "contains"),
            Member("minContains") is { } least ? Count(least, "minContains") : 1,
            Member("maxContains") is { } most ? Count(most, "maxContains") : null));

        private void ApplyProperties(JsonElement value)
        {
            foreach (var property in Members(value, "properties"))
            {
                var reference = Schema(property.Value, "properties", property.Name);
                schema.Properties[property.Name] = Own(new JsonSchemaProperty { Reference = reference });
            }
        }

        private void ApplyOtherMembers()
        {
            var known = Member("properties") is { ValueKind: JsonValueKind.Object } properties
                ? properties.EnumerateObject().Select(property => property.Name) : [];
            const string Patterned = "patternProperties";
            var patterns = Member(Patterned) is { } patterned ? Members(patterned, Patterned) : [];
            var others = Member("additionalProperties");
            schema.Rules.Add(Rules.OtherMembers(
                known.ToHashSet(StringComparer.Ordinal),
                [.. patterns.Select(entry => (Regex(entry.Name, Patterned), Schema(entry.Value, Patterned, entry.Name)))],
                others is { } rest ? Schema(rest, "additionalProperties") : null,
                isClosed: others is { ValueKind: JsonValueKind.False }));
        }

        private void ApplyDependencies(JsonElement value, string keyword)
        {
            foreach (var entry in Members(value, keyword))
                schema.Rules.Add(keyword == "dependentRequired" || (keyword, entry.Value.ValueKind) is ("dependencies", JsonValueKind.Array)
                    ? Rules.RequiredWith(entry.Name, Names(entry.Value, keyword))
                    : Rules.WithMember(entry.Name, Rules.All(Schema(entry.Value, keyword, entry.Name))));
        }

        /// <summary>Marks that NJsonSchema has something to do here.</summary>
        private T Own<T>(T value)
        {
            schema.HasOwnKeywords = true;
            return value;
        }

        private JsonElement? Member(string name) => element.TryGetProperty(name, out var value) ? value : null;

        private CheckedSchema Schema(JsonElement value, params ReadOnlySpan<string> path)
        {
            var below = pointer;
            foreach (var step in path) below += "/" + JsonPointer.Escape(step);
            return compiler.At(value, below, depth + 1);
        }

        private List<CheckedSchema> Schemas(JsonElement value, string keyword)
        {
            if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0)
                throw Fault($"'{keyword}' must be an array of schemas");
            return [.. value.EnumerateArray().Select((item, index) => Schema(item, keyword, index.ToString(CultureInfo.InvariantCulture)))];
        }

        private JsonElement.ObjectEnumerator Members(JsonElement value, string keyword) => value.ValueKind == JsonValueKind.Object
            ? value.EnumerateObject()
            : throw Fault($"'{keyword}' must be an object");

        private List<string> Names(JsonElement value, string keyword) =>
            value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
                ? [.. value.EnumerateArray().Select(item => item.GetString()!)]
                : throw Fault($"'{keyword}' must be {(keyword == "type" ? "a string or " : "")}an array of strings");

        private List<JToken> Values(JsonElement value, string keyword) =>
            value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0
                ? [.. value.EnumerateArray().Select(Token)]
                : throw Fault($"'{keyword}' must be an array of at least one value");

        private JToken Token(JsonElement value)
        {
            try
            {
                return Tokens.From(value);
            }
            catch (WalkAbortedException exception)
            {
                throw Fault($"a value {exception.Message}");
            }
        }

        private string Text(JsonElement value, string keyword) =>
            value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Fault($"'{keyword}' must be a string");

        private bool Boolean(JsonElement value, string keyword) =>
            value.ValueKind is JsonValueKind.True or JsonValueKind.False
                ? value.GetBoolean()
                : throw Fault($"'{keyword}' must be true or false");

        private int Count(JsonElement value, string keyword) =>
            value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var count) && count >= 0 && decimal.IsInteger(count)
                ? (int)Math.Min(count, int.MaxValue)
                : throw Fault($"'{keyword}' must be a whole number of at least 0");

        private bool TryDecimal(JsonElement value, string keyword, out decimal number) => value.ValueKind == JsonValueKind.Number
            ? value.TryGetDecimal(out number)
            : throw Fault($"'{keyword}' must be a number{(keyword.StartsWith('e') ? " or a Boolean" : "")}");

        private Regex Regex(string pattern, string keyword)
        {
            try
            {
                return EcmaPattern.Compile(pattern);
            }
            catch (ArgumentException exception)
            {
                throw Fault($"'{keyword}' holds '{Shorten(pattern)}', which is not a regular expression: {exception.Message}");
            }
        }

        private SchemaFaultException Fault(string sentence) => new(pointer, sentence);

        private void Warn(string sentence) => compiler._warnings.Add(pointer.Length == 0 ? sentence : $"at '{pointer}': {sentence}");

        private static string Shorten(string text) => text.Length <= 100 ? text : text[..97] + "...";
    }

    private sealed class SchemaFaultException(string pointer, string sentence)
        : Exception(pointer.Length == 0 ? sentence : $"at '{pointer}': {sentence}");
}
