using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using NSwag.Generation.AspNetCore;
using OgcProcesses.WebApi.Http;

namespace OgcProcesses.WebApi.Compatibility;

/// <summary>The profile <c>Compatibility:UnitySds</c>: what it adds to a server that has it, and nothing to any other.</summary>
/// <remarks>docs/compatibility.md</remarks>
internal static class UnitySds
{
    public static IServiceCollection AddCompatibility(this IServiceCollection services)
    {
        services.AddOptions<CompatibilityOptions>()
            .BindConfiguration(CompatibilityOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateOnStart();
        services.AddOptions<MvcOptions>().Configure<IOptions<CompatibilityOptions>>((mvc, options) =>
        {
            if (options.Value.UnitySds) mvc.Filters.Add(new UnitySdsExchange());
        });
        return services;
    }

    /// <summary>Maps the paths that only the profile has.</summary>
    public static void MapCompatibility(this WebApplication app)
    {
        if (!IsOn(app.Services)) return;
        app.MapGet(UnitySdsDefinition.Health, () => new { Status = "OK" }).WithMetadata(new PolledAttribute()).ExcludeFromDescription().AllowAnonymous();
    }

    /// <summary>Tells in the API's definition what the profile changes.</summary>
    public static void AddCompatibility(this AspNetCoreOpenApiDocumentGeneratorSettings document, IServiceProvider services)
    {
        if (IsOn(services)) document.DocumentProcessors.Add(new UnitySdsDefinition());
    }

    private static bool IsOn(IServiceProvider services) => services.GetRequiredService<IOptions<CompatibilityOptions>>().Value.UnitySds;
}
