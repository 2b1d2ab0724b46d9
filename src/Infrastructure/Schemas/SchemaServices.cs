using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OgcProcesses.Application.Common.Schemas;

namespace OgcProcesses.Infrastructure.Schemas;

/// <summary>Registers the check of values against schemas.</summary>
public static class SchemaServices
{
    /// <summary>Adds the validator of inputs and outputs.</summary>
    public static IServiceCollection AddSchemaValidator(this IServiceCollection services)
    {
        services.TryAddSingleton<ISchemaValidator, NJsonSchemaValidator>();
        return services;
    }
}
