using System.ComponentModel.DataAnnotations;

namespace OgcProcesses.Application.Access.Keys;

/// <summary>How long keys are valid. Section <c>Security:Keys</c>.</summary>
public sealed class KeyOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Security:Keys";

    /// <summary>Lifetime of a key that states none.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "36500.00:00:00")]
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromDays(90);

    /// <summary>Longest lifetime that a key may state.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "36500.00:00:00")]
    public TimeSpan MaxLifetime { get; set; } = TimeSpan.FromDays(366);
}
