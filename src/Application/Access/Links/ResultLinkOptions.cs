using System.ComponentModel.DataAnnotations;

namespace OgcProcesses.Application.Access.Links;

/// <summary>Links to results that need no key or token. Section <c>Security:ResultLinks</c>.</summary>
public sealed class ResultLinkOptions
{
    /// <summary>How long such a link leads to its result; zero for no such links.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(1);
}
