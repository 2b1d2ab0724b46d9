using System.ComponentModel.DataAnnotations;
using OgcProcesses.Application.Common.Access;

namespace OgcProcesses.Application.Jobs.Quotas;

/// <summary>What one caller may have of the server; what is left out is unbounded.</summary>
public class Quota
{
    /// <summary>Most jobs that wait; with more, executions answer 429.</summary>
    [Range(1, 10_000_000)]
    public int? MaxQueuedJobs { get; set; }

    /// <summary>Most jobs that run at once, on all nodes; the others wait.</summary>
    [Range(1, 1_000_000)]
    public int? MaxRunningJobs { get; set; }

    /// <summary>Most hours of CPU time, on all cores together, of one day in UTC; with more, executions answer 429.</summary>
    [Range(0.0, 1e9)]
    public double? CpuHoursPerDay { get; set; }

    /// <summary>Most bytes that the output files of jobs and the uploads take; with more, executions and uploads answer 403.</summary>
    [Range(0L, long.MaxValue)]
    public long? MaxStoredBytes { get; set; }
}

/// <summary>What one caller may have that the others may not, or may have less or more of.</summary>
public sealed class CallerQuota : Quota
{
    /// <summary>The caller's identifier.</summary>
    public string Id { get; init; } = "";
}

/// <summary>What each caller may have of the server, administrators included. Section <c>Quotas</c>.</summary>
public sealed class QuotaOptions : Quota, IValidatableObject
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Quotas";

    /// <summary>Makes the quota of who configures none: a queue that one caller can't fill.</summary>
    public QuotaOptions() => MaxQueuedJobs = 10_000;

    /// <summary>Callers with quotas of their own; where one of theirs is left out, that of all others holds.</summary>
    /// <remarks>A list, since identifiers may hold the colon that parts the names of settings.</remarks>
    public IList<CallerQuota> Callers { get; init; } = [];

    /// <summary>The quota of a caller.</summary>
    public Quota Of(string caller) => Callers.FirstOrDefault(quota => quota.Id == caller) is not { } own ? this : new()
    {
        MaxQueuedJobs = own.MaxQueuedJobs ?? MaxQueuedJobs,
        MaxRunningJobs = own.MaxRunningJobs ?? MaxRunningJobs,
        CpuHoursPerDay = own.CpuHoursPerDay ?? CpuHoursPerDay,
        MaxStoredBytes = own.MaxStoredBytes ?? MaxStoredBytes,
    };

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (index, quota) in Callers.Index())
        {
            var name = $"{Section}:{nameof(Callers)}:{index}";
            if (!Caller.IsId(quota.Id)) yield return new($"{name}:{nameof(quota.Id)} must be the identifier of a caller, as GET /me tells it.", [nameof(Callers)]);
            else if (Callers.Take(index).Any(other => other.Id == quota.Id)) yield return new($"{name}: '{quota.Id}' has quotas already.", [nameof(Callers)]);
            var wrong = new List<ValidationResult>();
            _ = Validator.TryValidateObject(quota, new(quota), wrong, validateAllProperties: true);
            foreach (var result in wrong) yield return new($"{name}: {result.ErrorMessage}", [nameof(Callers)]);
        }
    }
}
