using System.Diagnostics;
using System.Runtime.Loader;
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

    /// <summary>A file with a line for each further server that runs in this process, its arguments separated by tabs.</summary>
    private const string Also = "OGC_FAULT_ALSO";

    public static void Initialize()
    {
        var crossings = Environment.GetEnvironmentVariable(KillAt) is { Length: > 0 } place ? new Crossings(place) : null;
        // Before any server starts: to make a listener while event sources are made elsewhere may end in a deadlock.
        if (crossings is not null) _ = new EngineRequests(crossings);
        var clock = Environment.GetEnvironmentVariable(Clock) is { Length: > 0 } file ? new SteppedClock(file) : null;
        DiagnosticListener.AllListeners.Subscribe(new Observer<DiagnosticListener>(listener =>
        {
            if (listener.Name == "Microsoft.Extensions.Hosting") listener.Subscribe(new Observer<KeyValuePair<string, object?>>(Watch));
        }));

        if (Environment.GetEnvironmentVariable(Also) is { Length: > 0 } others) StartOthers(others);

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

    /// <summary>Runs more servers beside the first: what one kill ends is then in many states, and starts once for all of them.</summary>
    private static void StartOthers(string file)
    {
        var server = AssemblyLoadContext.Default.LoadFromAssemblyName(new("OgcProcesses.WebApi"));
        foreach (var line in File.ReadLines(file))
            new Thread(() => Run(line.Split('\t'))) { IsBackground = true }.Start();

        // One that does not start ends them all, or nobody would hear of it.
        void Run(string[] arguments)
        {
            if (server.EntryPoint!.Invoke(null, [arguments]) is int code and not 0) Environment.Exit(code);
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
