using System.Runtime.CompilerServices;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Infrastructure.Persistence;

/// <summary>What was asked of a job. Apart from the job's own row, which is written often and listed in masses.</summary>
internal sealed class JobRequestRow
{
    public JobId JobId { get; init; }

    public required string Request { get; init; }
}

/// <summary>One output of a job, in the order the job gave them.</summary>
internal sealed class JobOutputRow
{
    public JobId JobId { get; init; }

    public int Ordinal { get; init; }

    public required string OutputId { get; init; }

    public int Index { get; init; }

    public required string MediaType { get; init; }

    public string? Value { get; init; }

    public string? FileKey { get; init; }

    public string? FileName { get; init; }

    public long? FileLength { get; init; }

    public string? FileSha256 { get; init; }

    public static JobOutputRow Of(JobId jobId, int ordinal, JobOutput output) => new()
    {
        JobId = jobId,
        Ordinal = ordinal,
        OutputId = output.OutputId,
        Index = output.Index,
        MediaType = output.MediaType,
        Value = output.Value,
        FileKey = output.File?.Key,
        FileName = output.File?.Name,
        FileLength = output.File?.Length,
        FileSha256 = output.File?.Sha256,
    };

    public JobOutput ToOutput() =>
        new(OutputId, Index, MediaType, Value, FileKey is null ? null : new(FileKey, FileName!, FileLength ?? 0, FileSha256!));
}

/// <summary>CPU time of an owner's jobs on one day in UTC. It stays when they go.</summary>
internal sealed class OwnerCpuRow
{
    public required string Owner { get; init; }

    public DateOnly Day { get; init; }

    public long Microseconds { get; init; }
}

/// <summary>Puts into a job what lies outside its row.</summary>
internal static class JobParts
{
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Request")]
    public static extern void SetRequest(Job job, ExecuteRequest request);

    public static void SetOutputs(Job job, IEnumerable<JobOutput> outputs) => Outputs(job).AddRange(outputs);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_outputs")]
    private static extern ref List<JobOutput> Outputs(Job job);
}
