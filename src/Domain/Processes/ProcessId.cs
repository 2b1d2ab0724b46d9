using System.Text.RegularExpressions;

namespace OgcProcesses.Domain.Processes;

/// <summary>Identifies a process; chosen by its author, safe in URLs and file names.</summary>
public readonly partial record struct ProcessId : IComparable<ProcessId>
{
    /// <summary>What an identifier may look like, for error messages.</summary>
    public const string Rule = "a letter or digit, then up to 127 letters, digits, '.', '_', '-' or ':'";

    private readonly string? _value;

    /// <summary>Takes a well-formed identifier; throws <see cref="FormatException"/> for any other.</summary>
    public ProcessId(string value)
    {
        if (!Pattern.IsMatch(value)) throw new FormatException($"A process identifier is {Rule}.");
        _value = value;
    }

    /// <summary>The identifier.</summary>
    public string Value => _value ?? "";

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._:-]{0,127}\z")]
    private static partial Regex Pattern { get; }

    /// <summary>Reads an identifier.</summary>
    public static bool TryParse(string? text, out ProcessId id)
    {
        var legal = text is not null && Pattern.IsMatch(text);
        id = legal ? new(text!) : default;
        return legal;
    }

    /// <inheritdoc />
    public int CompareTo(ProcessId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc />
    public override string ToString() => Value;

#pragma warning disable CS1591 // The operators IComparable asks for.
    public static bool operator <(ProcessId left, ProcessId right) => left.CompareTo(right) < 0;
    public static bool operator >(ProcessId left, ProcessId right) => left.CompareTo(right) > 0;
    public static bool operator <=(ProcessId left, ProcessId right) => left.CompareTo(right) <= 0;
    public static bool operator >=(ProcessId left, ProcessId right) => left.CompareTo(right) >= 0;
#pragma warning restore CS1591
}
