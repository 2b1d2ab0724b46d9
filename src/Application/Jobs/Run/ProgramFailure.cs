using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Run;

/// <summary>The reasons of jobs whose program did not end well, each with what to change.</summary>
internal static class ProgramFailure
{
    /// <summary>The exit code of a program that SIGXFSZ ended.</summary>
    private const long FileTooLarge = 153;

    /// <summary>A program that ended by itself, or was killed for its memory or the size of a file.</summary>
    public static JobFailure OfExit(ContainerExit exit, Demand demand, string? lastErrors) => exit switch
    {
        { OutOfMemory: true } => new(
            JobFailureKind.OutOfMemory,
            FormattableString.Invariant($"The program was killed because it used more than its {demand.MemoryLimit / 1e9:0.###} GB of memory; the package's config.memoryMax sets the limit."),
            exit.ExitCode,
            lastErrors),
        { ExitCode: FileTooLarge } => new(
            JobFailureKind.LimitExceeded,
            "The program was killed because it wrote a file larger than all outputs of a job may be together (SIGXFSZ); the operator's Runner:MaxOutputBytes sets the limit.",
            exit.ExitCode,
            lastErrors),
        _ => new(
            JobFailureKind.ExitCode,
            lastErrors is null
                ? $"The program ended with exit code {exit.ExitCode} and wrote nothing to stderr."
                : $"The program ended with exit code {exit.ExitCode}: {lastErrors.Split('\n')[^1]}",
            exit.ExitCode,
            lastErrors),
    };

    /// <summary>A program that was stopped because of what it wrote.</summary>
    public static JobFailure OfOutputs(OutputRefusedException tooMuch, string? lastErrors) =>
        new(tooMuch.Kind, $"{tooMuch.Message} It was stopped.", StandardError: lastErrors);

    /// <summary>A program that was stopped at its time limit.</summary>
    public static JobFailure OfTimeout(Demand demand, string? lastErrors) => new(
        JobFailureKind.Timeout,
        $"The program ran longer than its limit of {demand.Timeout:c} and was stopped; the package's config.jobTimeout sets the limit.",
        StandardError: lastErrors);
}
