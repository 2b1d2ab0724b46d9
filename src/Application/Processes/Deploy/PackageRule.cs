using FluentValidation;
using OgcProcesses.Application.Common.Schemas;
using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Application.Processes.Deploy;

/// <summary>The rule that deploying and replacing share.</summary>
internal static class PackageRule
{
    /// <summary>The package can be read; every violation has its own pointer.</summary>
    public static void IsPackage<T>(this IRuleBuilder<T, ApplicationPackage> rule, ISchemaValidator schemas, RunnerOptions limits) =>
        rule.Custom((package, context) =>
        {
            var reader = new PackageReader(schemas, limits);
            reader.Read(package);
            foreach (var violation in reader.Violations)
                context.AddFailure(new FluentValidation.Results.ValidationFailure(violation.Pointer!, violation.Detail));
        });
}
