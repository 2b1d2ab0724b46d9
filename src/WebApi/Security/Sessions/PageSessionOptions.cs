using System.ComponentModel.DataAnnotations;

namespace OgcProcesses.WebApi.Security.Sessions;

/// <summary>How long somebody stays logged in to the pages. Section <c>Security:Sessions</c>.</summary>
public sealed class PageSessionOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = $"{SecurityOptions.Section}:{nameof(SecurityOptions.Sessions)}";

    /// <summary>When a session ends, from its login on, whatever is done meanwhile. One by key ends with its key, too.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(8);
}
