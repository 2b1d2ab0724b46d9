using System.Text.Json;
using OgcProcesses.Application.Common.Errors;

namespace OgcProcesses.Application.Processes.Deploy;

/// <summary>Reads members of JSON objects, and notes those that are not what they should be, each with its place.</summary>
/// <remarks>A member that is null counts as absent.</remarks>
internal abstract class MemberReader
{
    private readonly List<Violation> _violations = [];

    /// <summary>Everything found wrong so far.</summary>
    public IReadOnlyList<Violation> Violations => _violations;

    protected List<(string Name, JsonElement Value)> Members(JsonElement parent, string at, string name)
    {
        if (!parent.TryGetProperty(name, out var member) || member.ValueKind == JsonValueKind.Null) return [];
        if (member.ValueKind != JsonValueKind.Object)
        {
            Wrong($"{at}/{name}", "must be an object");
            return [];
        }

        var members = member.EnumerateObject().Select(item => (item.Name, item.Value)).ToList();
        foreach (var twice in members.GroupBy(item => item.Name).Where(items => items.Count() > 1))
            Wrong($"{at}/{name}/{JsonPointer.Escape(twice.Key)}", "is given more than once");
        return members;
    }

    /// <summary>The items of an array, each with its place.</summary>
    protected IReadOnlyList<(string Place, JsonElement Value)> Items(JsonElement parent, string at, string name)
    {
        if (parent.ValueKind != JsonValueKind.Object || !parent.TryGetProperty(name, out var member) || member.ValueKind == JsonValueKind.Null) return [];
        if (member.ValueKind == JsonValueKind.Array) return [.. member.EnumerateArray().Select((item, index) => ($"{at}/{name}/{index}", item))];
        Wrong($"{at}/{name}", "must be an array");
        return [];
    }

    protected string? Text(JsonElement parent, string at, string name, bool required = false)
    {
        if (!parent.TryGetProperty(name, out var member) || member.ValueKind == JsonValueKind.Null)
        {
            if (required) Wrong($"{at}/{name}", "is required");
            return null;
        }

        if (member.ValueKind == JsonValueKind.String) return member.GetString();
        Wrong($"{at}/{name}", "must be a string");
        return null;
    }

    protected bool? Flag(JsonElement parent, string at, string name)
    {
        if (!parent.TryGetProperty(name, out var member) || member.ValueKind == JsonValueKind.Null) return null;
        if (member.ValueKind is JsonValueKind.True or JsonValueKind.False) return member.GetBoolean();
        Wrong($"{at}/{name}", "must be true or false");
        return null;
    }

    protected int? Whole(JsonElement parent, string at, string name, bool mayBeNegative = false)
    {
        if (parent.ValueKind != JsonValueKind.Object || !parent.TryGetProperty(name, out var member) || member.ValueKind == JsonValueKind.Null)
            return null;
        if (member.ValueKind == JsonValueKind.Number && member.TryGetInt32(out var number) && (mayBeNegative || number >= 0)) return number;
        Wrong($"{at}/{name}", mayBeNegative ? "must be an integer" : "must be an integer of at least 0");
        return null;
    }

    protected double? Number(JsonElement parent, string at, string name, double least, double most, string unit)
    {
        if (!parent.TryGetProperty(name, out var member) || member.ValueKind == JsonValueKind.Null) return null;
        var number = member.ValueKind == JsonValueKind.Number ? member.GetDouble() : 0;
        if (number <= 0 || number < least || double.IsInfinity(number))
        {
            var bound = least > 0 ? FormattableString.Invariant($"of at least {least} {unit}") : "above 0";
            Wrong($"{at}/{name}", $"must be a number {bound}");
            return null;
        }

        if (number <= most) return number;
        Wrong($"{at}/{name}", FormattableString.Invariant($"{number} {unit} is more than this server gives to one job ({most:0.###} {unit})"));
        return null;
    }

    protected static string Escape(string name) => JsonPointer.Escape(name);

    protected void Add(IEnumerable<Violation> violations) => _violations.AddRange(violations);

    protected void Wrong(string pointer, string detail) => _violations.Add(Violation.InBody(pointer, detail));
}
