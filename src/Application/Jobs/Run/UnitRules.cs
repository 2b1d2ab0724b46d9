using OgcProcesses.Application.Processes.Image;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Jobs.Run;

/// <summary>Whether the operator still allows what a process was deployed with; settings may have changed since.</summary>
internal sealed class UnitRules(RunnerOptions options)
{
    private readonly ImageRules _images = new(options);

    /// <summary>Why a unit may not run, in a sentence; null when it may.</summary>
    public string? Refusal(ExecutionUnit unit)
    {
        if (_images.Refusal(unit.Image) is { } refusal) return $"The image {refusal}.";
        return unit.Network && options.NetworkOf(unit) is null
            ? $"The process asks for {(unit.NetworkName is { } name ? $"the network '{name}'" : "a network")}, which this server's operator does not allow any more (Runner:Networks)."
            : null;
    }
}
