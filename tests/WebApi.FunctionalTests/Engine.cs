using Docker.DotNet;
using Docker.DotNet.Models;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>The machine's Docker engine, seen past the server.</summary>
internal static class Engine
{
    /// <summary>Containers of a job, in whatever state.</summary>
    public static Task<IList<ContainerListResponse>> ContainersOfAsync(string jobId) => ContainersAsync($"org.ogcprocesses.job={jobId}");

    /// <summary>Containers of an installation, in whatever state.</summary>
    public static Task<IList<ContainerListResponse>> ContainersOfInstanceAsync(string instanceId) => ContainersAsync($"org.ogcprocesses.instance={instanceId}");

    /// <summary>Takes a container away behind the server's back, unless the server was faster.</summary>
    public static Task RemoveAsync(string containerId) => AskAsync(async docker =>
    {
        try
        {
            await docker.Containers.RemoveContainerAsync(containerId, new() { Force = true });
            return true;
        }
        catch (DockerContainerNotFoundException)
        {
            return false;
        }
    });

    /// <summary>Waits for the end of a container's program.</summary>
    public static Task EndOfAsync(string containerId) => AskAsync(docker => docker.Containers.WaitContainerAsync(containerId));

    /// <summary>Makes an image of another by replacing its entrypoint, unless an earlier run has made it.</summary>
    public static Task TagAsync(string image, string repository, string tag, string entrypoint) => AskAsync(async docker =>
    {
        var made = await docker.Images.ListImagesAsync(new()
        {
            Filters = new Dictionary<string, IDictionary<string, bool>>
            {
                ["reference"] = new Dictionary<string, bool> { [$"{repository}:{tag}"] = true },
            },
        });
        if (made.Count > 0) return false;
        var container = await docker.Containers.CreateContainerAsync(new() { Image = image });
        await docker.Images.CommitContainerChangesAsync(new()
        {
            ContainerID = container.ID, RepositoryName = repository, Tag = tag, Changes = [$"ENTRYPOINT {entrypoint}"],
        });
        await docker.Containers.RemoveContainerAsync(container.ID, new());
        return true;
    });

    private static Task<IList<ContainerListResponse>> ContainersAsync(string label) => AskAsync(docker => docker.Containers.ListContainersAsync(new()
    {
        All = true,
        Filters = new Dictionary<string, IDictionary<string, bool>> { ["label"] = new Dictionary<string, bool> { [label] = true } },
    }));

    /// <summary>Removes an image, if it is there.</summary>
    public static Task RemoveImageAsync(string image) => AskAsync(async docker =>
    {
        try
        {
            await docker.Images.DeleteImageAsync(image, new() { Force = true });
        }
        catch (DockerImageNotFoundException)
        {
            // Never pulled.
        }

        return true;
    });

    /// <summary>Lets a tag name another image.</summary>
    public static Task MoveTagAsync(string image, string repository, string tag) => AskAsync(async docker =>
    {
        await docker.Images.TagImageAsync(image, new() { RepositoryName = repository, Tag = tag, Force = true });
        return true;
    });

    private static async Task<T> AskAsync<T>(Func<DockerClient, Task<T>> ask)
    {
        using var configuration = new DockerClientConfiguration();
        using var docker = configuration.CreateClient();
        return await ask(docker);
    }
}
