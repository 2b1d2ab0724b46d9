using System.ComponentModel.DataAnnotations;

namespace OgcProcesses.Application.Jobs.Run;

/// <summary>Whether jobs may be given the results of earlier ones. Section <c>Reuse</c>.</summary>
public sealed class ReuseOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Reuse";

    /// <summary>Whether a client that allows it gets the results of an identical execution instead of a run.</summary>
    public bool Enabled { get; init; }

    /// <summary>Age beyond which results are not reused, whatever the client allows.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(30);
}
