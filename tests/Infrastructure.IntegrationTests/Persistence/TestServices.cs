using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OgcProcesses.Infrastructure.Persistence;
using OgcProcesses.Infrastructure.Storage;

namespace OgcProcesses.Infrastructure.IntegrationTests.Persistence;

/// <summary>The registrations alone, with some settings.</summary>
internal sealed class TestServices(ServiceProvider provider) : IDisposable
{
    public static TestServices Of(params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string?> { ["Data:Directory"] = Path.GetTempPath() };
        foreach (var (key, value) in settings) all[key] = value;
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(all).Build());
        return new(services.AddPersistence().AddStorage().BuildServiceProvider());
    }

    /// <summary>Does what the host does before it starts.</summary>
    public void ValidateOptions() => provider.GetRequiredService<IStartupValidator>().Validate();

    public void Dispose() => provider.Dispose();
}
