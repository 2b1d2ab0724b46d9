using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;
using NJsonSchema.Validation;

namespace OgcProcesses.Infrastructure.Schemas;

/// <summary>The keywords that NJsonSchema does not enforce, or not as the standard says.</summary>
internal static class Rules
{
    private const int MostAlternativesTold = 5;

    /// <remarks>NJsonSchema's <c>integer</c> refuses 1.0 and numbers beyond 64 bits.</remarks>
    public static Rule Whole(IReadOnlyList<string> types) => (value, _, found) =>
    {
        if (Tokens.IsNumber(value) && !Tokens.IsWhole(value))
            found.Add(new Finding(value, $"expected {string.Join(" or ", types)}, found number", FindingKind.Type));
    };

    public static void Forbidden(JToken value, SchemaWalk walk, ICollection<ValidationError> found) =>
        found.Add(new Finding(value, "must not be there: its schema is false"));

    /// <remarks>NJsonSchema compares <c>enum</c> by text, so that "1" equals 1.</remarks>
    public static Rule OneOfValues(IReadOnlyList<JToken> values) => (value, _, found) =>
    {
        if (!values.Any(candidate => JToken.DeepEquals(candidate, value)))
            found.Add(new Finding(value, $"must be {Sentences.OneOf(values.Select(Tokens.Show))}", FindingKind.Choice));
    };

    /// <remarks>NJsonSchema counts UTF-16 code units; the standard counts characters.</remarks>
    public static Rule Length(int? least, int? most) => (value, _, found) =>
    {
        if (value is not JValue { Value: string text }) return;
        var length = text.EnumerateRunes().Count();
        if (length < least) found.Add(new Finding(value, $"must have at least {least} characters, has {length}"));
        if (length > most) found.Add(new Finding(value, $"must have at most {most} characters, has {length}"));
    };

    /// <remarks>NJsonSchema reads .NET's expressions without a timeout.</remarks>
    public static Rule Pattern(Regex regex, string pattern) => (value, _, found) =>
    {
        if (value is JValue { Value: string text } && !Matches(regex, text, value))
            found.Add(new Finding(value, $"must match the pattern '{pattern}'"));
    };

    /// <remarks>For bounds beyond what NJsonSchema holds (decimal).</remarks>
    public static Rule Bound(Func<double, bool> isInside, string words) => (value, _, found) =>
    {
        if (Tokens.IsNumber(value) && !isInside(value.Value<double>())) found.Add(new Finding(value, $"must be {words}"));
    };

    /// <remarks>NJsonSchema compares items by text, and takes a largest count of 0 for none.</remarks>
    public static void UniqueItems(JToken value, SchemaWalk walk, ICollection<ValidationError> found)
    {
        if (value is not JArray array) return;
        var seen = new HashSet<JToken>(JToken.EqualityComparer);
        foreach (var item in array)
            if (!seen.Add(item)) found.Add(new Finding(item, "must not repeat an item before it"));
    }

    public static void NoItems(JToken value, SchemaWalk walk, ICollection<ValidationError> found)
    {
        if (value is JArray { Count: > 0 }) found.Add(new Finding(value, "must have no items"));
    }

    public static void NoMembers(JToken value, SchemaWalk walk, ICollection<ValidationError> found)
    {
        if (value is JObject { Count: > 0 }) found.Add(new Finding(value, "must have no members"));
    }

    public static Rule Contains(CheckedSchema item, int least, int? most) => (value, walk, found) =>
    {
        if (value is not JArray array) return;
        var count = array.Count(entry => walk.Fits(entry, item));
        if (count < least) found.Add(new Finding(value, $"must contain at least {least} items that fit 'contains', has {count}"));
        if (count > most) found.Add(new Finding(value, $"must contain at most {most} items that fit 'contains', has {count}"));
    };

    /// <remarks>NJsonSchema refuses values that are no objects, too.</remarks>
    public static Rule Required(IReadOnlyList<string> names) => (value, _, found) =>
    {
        if (value is not JObject members) return;
        foreach (var name in names)
            if (!members.ContainsKey(name)) found.Add(new Finding(value, $"the member '{name}' is required"));
    };

    /// <remarks>NJsonSchema applies only the first pattern that matches a name.</remarks>
    public static Rule OtherMembers(
        HashSet<string> known, IReadOnlyList<(Regex Pattern, CheckedSchema Schema)> patterns, CheckedSchema? others, bool isClosed) =>
        (value, walk, found) =>
        {
            if (value is not JObject members) return;
            foreach (var member in members.Properties())
            {
                var isKnown = known.Contains(member.Name);
                foreach (var (pattern, schema) in patterns)
                {
                    if (!Matches(pattern, member.Name, member)) continue;
                    isKnown = true;
                    AddAll(found, walk.Check(member.Value, schema));
                }
                if (isKnown) continue;
                if (isClosed) found.Add(new Finding(member, $"must not be there: '{member.Name}' is no member of the schema"));
                else if (others is not null) AddAll(found, walk.Check(member.Value, others));
            }
        };

    public static Rule MemberNames(CheckedSchema names) => (value, walk, found) =>
    {
        if (value is not JObject members) return;
        foreach (var member in members.Properties())
            if (walk.Check(new JValue(member.Name), names).FirstOrDefault() is { } first)
                found.Add(new Finding(member, $"its name {Sentences.Of(Sentences.Flat([first]).First(), first.Token!)}"));
    };

    public static Rule WithMember(string name, Rule then) => (value, walk, found) =>
    {
        if (value is JObject members && members.ContainsKey(name)) then(value, walk, found);
    };

    public static Rule RequiredWith(string name, IReadOnlyList<string> others) => WithMember(name, (value, _, found) =>
    {
        foreach (var other in others)
            if (!((JObject)value).ContainsKey(other)) found.Add(new Finding(value, $"the member '{other}' is required with '{name}'"));
    });

    public static Rule All(CheckedSchema schema) => (value, walk, found) => AddAll(found, walk.Check(value, schema));

    public static Rule Not(CheckedSchema schema) => (value, walk, found) =>
    {
        if (walk.Fits(value, schema)) found.Add(new Finding(value, "must not fit the schema of 'not'"));
    };

    public static Rule If(CheckedSchema condition, CheckedSchema? then, CheckedSchema? otherwise) => (value, walk, found) =>
    {
        if ((walk.Fits(value, condition) ? then : otherwise) is { } applied) AddAll(found, walk.Check(value, applied));
    };

    public static Rule AnyOf(IReadOnlyList<CheckedSchema> alternatives) => (value, walk, found) =>
    {
        if (!alternatives.Any(alternative => walk.Fits(value, alternative)))
            TellBest(value, alternatives.Select(alternative => walk.Check(value, alternative)), found);
    };

    /// <remarks>
    /// Part 1 uses <c>oneOf</c> for the formats of an input; several text formats all fit one string. Alternatives that differ only in
    /// what they say about the content therefore do not count as ambiguous (/req/ogc-process-description/input-mixed-type).
    /// </remarks>
    public static Rule OneOf(IReadOnlyList<CheckedSchema> alternatives) => (value, walk, found) =>
    {
        var results = alternatives.Select(alternative => walk.Check(value, alternative)).ToList();
        var fitting = Enumerable.Range(0, results.Count).Where(index => results[index].Count == 0).ToList();
        if (fitting.Count == 0) TellBest(value, results, found);
        else if (fitting.Count(index => !alternatives[index].SaysContent) > 1)
        {
            var numbers = string.Join(", ", fitting.Select(index => index + 1));
            found.Add(new Finding(value, $"fits {fitting.Count} alternatives of 'oneOf' (numbers {numbers}), must fit exactly one"));
        }
    };

    /// <summary>Tells what the one alternative lacks that was probably meant, else a line of each.</summary>
    private static void TellBest(JToken value, IEnumerable<ICollection<ValidationError>> results, ICollection<ValidationError> found)
    {
        var ranked = results.Select(errors => Sentences.Flat(errors).ToList())
            .Select((errors, index) => (Number: index + 1, Errors: errors, Distance: Distance(value, errors)))
            .OrderBy(entry => entry.Distance).ToList();
        if (ranked.Count == 1 || (ranked[0].Distance < 2 && ranked[0].Distance < ranked[1].Distance))
        {
            AddAll(found, ranked[0].Errors);
            return;
        }
        var told = ranked.OrderBy(entry => entry.Number).Take(MostAlternativesTold)
            .Select(entry => $"({entry.Number}) {Sentences.Of(entry.Errors[0], value)}");
        found.Add(new Finding(value, $"fits none of the {ranked.Count} alternatives: {string.Join("; ", told)}"
            + (ranked.Count > MostAlternativesTold ? "; ..." : ""), ranked[0].Distance == 2 ? FindingKind.Type : FindingKind.Other));
    }

    private static int Distance(JToken value, List<ValidationError> errors) =>
        errors.Any(error => error.Token == value && Sentences.IsAboutType(error)) ? 2
        : errors.Any(error => error is Finding { About: FindingKind.Choice }) ? 1
        : 0;

    private static bool Matches(Regex regex, string text, JToken value)
    {
        try
        {
            return regex.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            throw new WalkAbortedException(value, "could not be matched with a pattern of its schema in time");
        }
    }

    private static void AddAll(ICollection<ValidationError> found, IEnumerable<ValidationError> more)
    {
        foreach (var error in more) found.Add(error);
    }
}
