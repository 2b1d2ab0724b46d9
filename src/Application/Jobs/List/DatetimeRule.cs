using FluentValidation;

namespace OgcProcesses.Application.Jobs.List;

/// <summary>The rule of all that is asked for by the time of jobs.</summary>
internal static class DatetimeRule
{
    /// <remarks>/req/job-list/datetime-definition</remarks>
    public static void IsDatetime<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(text => text is null || JobFilters.TryParseInterval(text, out _, out _)).OverridePropertyName("datetime")
            .WithMessage("must be a date-time (RFC 3339) or an interval such as 2026-01-01T00:00:00Z/.., which ends no earlier than it begins");
}
