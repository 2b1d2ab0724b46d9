using Docker.DotNet;
using Docker.DotNet.Models;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>The machine's Docker engine, seen past the server.</summary>
internal static class Engine
{
    /// <summary>Containers of a job, in whatever state.</summary>
    public static async Task<IList<ContainerListResponse>> ContainersOfAsync(string jobId)
    {
        using var configuration = new DockerClientConfiguration();
        using var docker = configuration.CreateClient();
        return await docker.Containers.ListContainersAsync(new()
        {
            All = true,
            Filters = new Dictionary<string, IDictionary<string, bool>>
            {
                ["label"] = new Dictionary<string, bool> { [$"org.ogcprocesses.job={jobId}"] = true },
            },
        });
    }
}
