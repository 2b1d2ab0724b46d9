using FluentValidation;

namespace OgcProcesses.Application.Common.Paging;

/// <summary>The rule that all lists share.</summary>
internal static class LimitRule
{
    /// <summary>At least one item; a wish above the maximum is met by the maximum.</summary>
    /// <remarks>/req/core/pl-limit-definition</remarks>
    public static void IsLimit<T>(this IRuleBuilder<T, int?> rule) =>
        rule.GreaterThanOrEqualTo(1).OverridePropertyName("limit").WithMessage("must be at least 1");
}
