using FluentValidation;

namespace OgcProcesses.Application.Jobs.List;

/// <summary>The filters that choose jobs, of a list or of a dismissal.</summary>
/// <remarks>Part 1, class job-list.</remarks>
public record JobSelection
{
    /// <summary>Only jobs of these types; this server has jobs of type "process".</summary>
    public IReadOnlyList<string>? Type { get; init; }

    /// <summary>Only jobs of these processes, each given by its identifier or the URI of its description.</summary>
    public IReadOnlyList<string>? ProcessID { get; init; }

    /// <summary>Only jobs in these statuses.</summary>
    public IReadOnlyList<string>? Status { get; init; }

    /// <summary>Only jobs created at an instant, on a day or in an interval (RFC 3339; <c>a/b</c>, <c>../b</c>, <c>a/..</c>), ends included.</summary>
    public string? Datetime { get; init; }

    /// <summary>Only jobs that ran at least so many seconds; of running ones, until now.</summary>
    public long? MinDuration { get; init; }

    /// <summary>Only jobs that ran at most so many seconds; of running ones, until now.</summary>
    public long? MaxDuration { get; init; }

    /// <summary>Whether anything but the type, which all jobs share, is asked for.</summary>
    internal bool IsFiltered =>
        JobFilters.Words(ProcessID).Count > 0 || JobFilters.Words(Status).Count > 0 || !string.IsNullOrEmpty(Datetime) || MinDuration is not null || MaxDuration is not null;
}

internal sealed class JobSelectionValidator : AbstractValidator<JobSelection>
{
    private const string Seconds = "must be a whole number of seconds, 0 or more";

    public JobSelectionValidator()
    {
        RuleFor(request => request.Status).Must(words => JobFilters.Words(words).All(word => JobFilters.TryParseStatus(word, out _)))
            .OverridePropertyName("status").WithMessage("must be accepted, running, successful, failed or dismissed");
        RuleFor(request => request.Datetime).IsDatetime();
        RuleFor(request => request.MinDuration).GreaterThanOrEqualTo(0).OverridePropertyName("minDuration").WithMessage(Seconds);
        RuleFor(request => request.MaxDuration).GreaterThanOrEqualTo(0).OverridePropertyName("maxDuration").WithMessage(Seconds);
        RuleFor(request => request.MinDuration).Must((request, least) => !(least > request.MaxDuration))
            .OverridePropertyName("minDuration").WithMessage("must not be more than maxDuration");
    }
}
