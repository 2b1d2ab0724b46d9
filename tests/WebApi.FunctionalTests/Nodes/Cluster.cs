using System.Net;
using System.Net.Sockets;
using OgcProcesses.WebApi.FunctionalTests.Faults;

namespace OgcProcesses.WebApi.FunctionalTests.Nodes;

/// <summary>Several nodes, each a process, on one PostgreSQL database and one data folder.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private Cluster(IReadOnlyList<Installation> nodes, string instanceId)
    {
        Nodes = nodes;
        InstanceId = instanceId;
    }

    public IReadOnlyList<Installation> Nodes { get; }

    /// <summary>What the containers of nodes are labelled with that share the engine.</summary>
    public string InstanceId { get; }

    /// <summary>The data folder of all nodes.</summary>
    public string Folder => Nodes[0].Folder;

    public static string NameOf(int node) => $"node-{node + 1}";

    /// <summary>Starts the nodes all at once, on a database that none has seen before.</summary>
    /// <param name="size">How many.</param>
    /// <param name="sharesEngine">Whether they have containers and work folders in common; else each knows its own alone, as if it had an engine of its own.</param>
    /// <param name="settings">Settings of a node, by its number from 0.</param>
    public static async Task<Cluster> StartAsync(int size, bool sharesEngine, Func<int, string[]> settings)
    {
        var (folder, instanceId) = (Directory.CreateTempSubdirectory("ogc-cluster-").FullName, $"cluster-{Guid.NewGuid():N}");
        var database = await SharedDatabase.CreateAsync();
        var cluster = new Cluster([.. Enumerable.Range(0, size).Select(Node)], instanceId);
        try
        {
            await Task.WhenAll(cluster.Nodes.Select(node => node.StartPlainAsync()));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }

        Installation Node(int number)
        {
            string[] own = sharesEngine ? [] : ["--Data:WorkDirectory", Path.Combine(folder, $"work-{NameOf(number)}")];
            return new(["--Database:Provider", "PostgreSql", "--Database:ConnectionString", database, "--Runner:NodeId", NameOf(number), .. own, .. settings(number)])
            {
                Folder = folder, InstanceId = sharesEngine ? instanceId : $"{instanceId}-{number}", Address = $"http://127.0.0.1:{FreePort()}",
            };
        }
    }

    /// <summary>The folder of a job's first attempt that its program writes to.</summary>
    public string OutputsOf(string jobId) => Path.Combine(Folder, "work", $"{jobId}.1", "outputs");

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        // None may settle or write anything while the folder is removed.
        foreach (var node in Nodes) await node.EndAsync();
        foreach (var node in Nodes) await node.DisposeAsync();
    }
}
