using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using OgcProcesses.Application.Callbacks;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Application.Processes;

namespace OgcProcesses.FaultyServer;

/// <summary>Puts a crossing before and after every call of the application's seams.</summary>
internal static class Seams
{
    private static readonly Type[] All =
    [
        typeof(IContainerRunner), typeof(IJobStore), typeof(IProcessStore), typeof(IOutputStore), typeof(ILogStore), typeof(IWorkFolders),
        typeof(IOutputFolder), typeof(IInputFetcher), typeof(ICallbackStore), typeof(ICallbackSender),
    ];

    public static void CountCrossings(this IServiceCollection services, Crossings crossings)
    {
        foreach (var seam in All)
        {
            services.Decorate(seam, (inner, _) =>
            {
                var proxy = DispatchProxy.Create(seam, typeof(Seam));
                ((Seam)proxy).Fill(inner, $"{seam.Name[1..]}", crossings);
                return proxy;
            });
        }
    }
}
