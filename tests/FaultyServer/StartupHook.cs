using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using OgcProcesses.FaultyServer;

/// <summary>Puts the crossings into the server before its own first line runs.</summary>
/// <remarks>
/// https://github.com/dotnet/runtime/blob/main/docs/design/features/host-startup-hook.md asks for a class of this name without a
/// namespace. The host tells of its building by a diagnostic event; tests of ASP.NET change its services the same way.
/// </remarks>
internal static class StartupHook
{
    /// <summary>Where the server is to die: a crossing by its name, as <c>OutputStore.Take:after#2</c>, or the n-th of all, as <c>#137</c>.</summary>
    private const string KillAt = "OGC_FAULT_KILL_AT";

    /// <summary>A file that holds by how many seconds the server's clock is wrong.</summary>
    private const string Clock = "OGC_FAULT_CLOCK";

    public static void Initialize()
    {
        var crossings = Environment.GetEnvironmentVariable(KillAt) is { Length: > 0 } place ? new Crossings(place) : null;
        var clock = Environment.GetEnvironmentVariable(Clock) is { Length: > 0 } file ? new SteppedClock(file) : null;
        DiagnosticListener.AllListeners.Subscribe(new Observer<DiagnosticListener>(listener =>
        {
            if (listener.Name == "Microsoft.Extensions.Hosting") listener.Subscribe(new Observer<KeyValuePair<string, object?>>(Watch));
        }));

        void Change(IServiceCollection services)
        {
            if (crossings is not null) services.CountCrossings(crossings);
            if (clock is not null) services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock));
        }

        void Watch(KeyValuePair<string, object?> told)
        {
            if (told is { Key: "HostBuilding", Value: IHostBuilder host })
                host.ConfigureServices(Change);
        }
    }

    private sealed class Observer<T>(Action<T> next) : IObserver<T>
    {
        public void OnNext(T value) => next(value);

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }
}
