using OgcProcesses.Domain.Access;

namespace OgcProcesses.Application.Processes;

/// <summary>What holds for deployed processes. Section <c>Processes</c>.</summary>
public sealed class ProcessOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Processes";

    /// <summary>Whom a new process is for, until its owner or an admin says otherwise.</summary>
    public Visibility DefaultVisibility { get; set; } = Visibility.Private;
}
