using Microsoft.Extensions.DependencyInjection;
using OgcProcesses.Application.Processes.Cwl;

namespace OgcProcesses.Infrastructure.Yaml;

/// <summary>Registers the reader of YAML.</summary>
internal static class YamlServices
{
    public static IServiceCollection AddYamlReader(this IServiceCollection services) => services.AddSingleton<IYamlReader, YamlReader>();
}
