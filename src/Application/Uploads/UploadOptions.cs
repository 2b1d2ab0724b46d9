using System.ComponentModel.DataAnnotations;

namespace OgcProcesses.Application.Uploads;

/// <summary>What callers may send to have it as inputs. Section <c>Uploads</c>.</summary>
public sealed class UploadOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Uploads";

    /// <summary>Largest upload, in bytes; a larger one is answered by 413.</summary>
    [Range(1L, long.MaxValue)]
    public long MaxBytes { get; set; } = 10L << 30;

    /// <summary>How long an upload can be given as an input, counted from its beginning; for one that is not complete, how long it can be resumed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Most uploads that one caller has at a time; with more, a further one is answered by 429.</summary>
    [Range(1, 100_000)]
    public int MaxPerCaller { get; set; } = 100;
}
