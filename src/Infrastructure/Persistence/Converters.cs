using System.Text.Json;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Infrastructure.Persistence;

internal sealed class JobIdConverter() : ValueConverter<JobId, Guid>(id => id.Value, value => new(value));

internal sealed class ProcessIdConverter() : ValueConverter<ProcessId, string>(id => id.Value, value => new(value));

internal sealed class ViewerConverter() : ValueConverter<Viewer, string>(viewer => viewer.Name, name => new(name));

/// <summary>Times in UTC, to the microsecond, which every database here can keep and sort.</summary>
/// <remarks>Truncated rather than rounded, so that no stored time lies after the one it came from.</remarks>
internal sealed class UtcConverter() : ValueConverter<DateTimeOffset, DateTime>(time => Truncate(time), stored => Read(stored))
{
    private static DateTime Truncate(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMicrosecond), DateTimeKind.Utc);

    private static DateTimeOffset Read(DateTime stored) => new(stored.Ticks, TimeSpan.Zero);
}

/// <summary>Spans of time as a number, in microseconds, that every database compares and none limits to a day.</summary>
internal sealed class MicrosecondsConverter()
    : ValueConverter<TimeSpan, long>(span => span.Ticks / TimeSpan.TicksPerMicrosecond, stored => new(stored * TimeSpan.TicksPerMicrosecond));

/// <summary>Enumerations as the words that clients read.</summary>
internal sealed class WordConverter<T>() : ValueConverter<T, string>(value => Words[value], word => Values[word])
    where T : struct, Enum
{
    private static readonly Dictionary<T, string> Words =
        Enum.GetValues<T>().ToDictionary(value => value, value => JsonNamingPolicy.CamelCase.ConvertName(value.ToString()));

    private static readonly Dictionary<string, T> Values = Words.ToDictionary(word => word.Value, word => word.Key);
}

/// <summary>Text for people, cut at what its column holds: a program's long message must not keep its job from being recorded.</summary>
internal sealed class ClippingConverter : ValueConverter<string, string>
{
    private ClippingConverter(int length)
        : base(text => Clip(text, length), text => text)
    {
    }

    public static ValueConverter To(int length) => new ClippingConverter(length);

    private static string Clip(string text, int length)
    {
        text = StorableTextConverter.Storable(text);
        if (text.Length <= length) return text;
        var end = char.IsHighSurrogate(text[length - 2]) ? length - 2 : length - 1;
        return text[..end] + "…";
    }
}

/// <summary>Text as PostgreSQL takes it, which knows no NUL and no half of a surrogate pair; a program's message may hold both.</summary>
internal sealed class StorableTextConverter() : ValueConverter<string, string>(text => Storable(text), text => text)
{
    private const char Replacement = '\uFFFD';

    /// <summary>The text, with U+FFFD for what can't be stored.</summary>
    public static string Storable(string text) => IsStorable(text)
        ? text
        : string.Concat(text.EnumerateRunes().Select(rune => rune.Value == 0 ? Replacement.ToString() : rune.ToString()));

    private static bool IsStorable(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == 0 || char.IsLowSurrogate(text[i])) return false;
            if (!char.IsHighSurrogate(text[i])) continue;
            if (++i == text.Length || !char.IsLowSurrogate(text[i])) return false;
        }

        return true;
    }
}
