using System.Text.Json;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Infrastructure.Persistence;

internal sealed class JobIdConverter() : ValueConverter<JobId, Guid>(id => id.Value, value => new(value));

internal sealed class ProcessIdConverter() : ValueConverter<ProcessId, string>(id => id.Value, value => new(value));

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
        if (text.Length <= length) return text;
        var end = char.IsHighSurrogate(text[length - 2]) ? length - 2 : length - 1;
        return text[..end] + "…";
    }
}
