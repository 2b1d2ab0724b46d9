using System.Globalization;
using Docker.DotNet.Models;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;
using ContainerSpec = OgcProcesses.Application.Jobs.Run.ContainerSpec;

namespace OgcProcesses.Infrastructure.Docker;

/// <summary>Turns a specification into what the engine is asked to create. The sandbox is here and nowhere else.</summary>
internal sealed class ContainerRecipe(DockerOptions docker, SandboxOptions sandbox, ThisNode node)
{
    public const string InstanceLabel = "org.ogcprocesses.instance";

    /// <summary>The node that made the container; another may have taken its job over since.</summary>
    public const string NodeLabel = "org.ogcprocesses.node";

    public const string JobLabel = "org.ogcprocesses.job";
    public const string AttemptLabel = "org.ogcprocesses.attempt";
    public const string GpusLabel = "org.ogcprocesses.gpus";
    public const string HolderLabel = "org.ogcprocesses.holder";

    /// <summary>The network mode of a container that joins another's namespace.</summary>
    public const string Joining = "container:";

    /// <summary>The name makes creating idempotent: a second container of an attempt can't exist.</summary>
    public static string NameOf(JobId jobId, int attempt) => $"ogcp-{jobId}-{attempt}";

    /// <param name="spec">What is asked for.</param>
    /// <param name="imageDefaults">The image's configuration where the engine's own rules for defaults don't fit.</param>
    /// <param name="holder">A container whose network namespace is joined; null for an own one.</param>
    /// <param name="gpus">The GPUs it gets; none for none.</param>
    public CreateContainerParameters For(ContainerSpec spec, Config? imageDefaults, string? holder, IReadOnlyList<string> gpus)
    {
        // To the engine, 0 means no limit.
        ArgumentOutOfRangeException.ThrowIfLessThan(spec.Memory, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(spec.Cpu, 0.001);
        var host = Hardened();
        host.NetworkMode = spec.Network ?? (holder is null ? "none" : Joining + holder);
        host.Init = sandbox.Init;
        host.PidsLimit = sandbox.PidsLimit;
        host.Memory = host.MemorySwap = spec.Memory;
        host.NanoCPUs = (long)(spec.Cpu * 1e9);
        host.ShmSize = sandbox.ShmSize;
        host.IpcMode = "private";
        // exec stays on: Python packages load libraries they unpack there. The owner, because runc gives it the mode that
        // the image's own /tmp has, be that one that nobody may write.
        var owner = sandbox.EffectiveUser.Split(':');
        host.Tmpfs = new Dictionary<string, string>
        {
            ["/tmp"] = $"rw,exec,nosuid,nodev,mode=1777,uid={owner[0]},gid={owner[1]},size={Text(sandbox.TmpfsSize)}",
        };
        host.Ulimits =
        [
            new() { Name = "nofile", Soft = sandbox.OpenFiles, Hard = sandbox.OpenFiles },
            new() { Name = "core", Soft = 0, Hard = 0 },
        ];
        if (spec.LargestFile is { } bytes) host.Ulimits.Add(new() { Name = "fsize", Soft = bytes, Hard = bytes });
        host.LogConfig = KeptLog();
        // By name, never by number: of a number the engine would always give the first.
        if (gpus.Count > 0) host.DeviceRequests = [new() { DeviceIDs = [.. gpus], Capabilities = [["gpu"]] }];
        host.Mounts = docker.UsesArchives ? [] : WorkFolder.Mounts(spec.WorkFolder);

        var labels = new Dictionary<string, string>
        {
            [InstanceLabel] = docker.Instance,
            [NodeLabel] = node.Id,
            [JobLabel] = spec.JobId.ToString(),
            [AttemptLabel] = Text(spec.Attempt),
        };
        if (gpus.Count > 0) labels[GpusLabel] = string.Join(',', gpus);
        return new()
        {
            Name = NameOf(spec.JobId, spec.Attempt),
            Image = spec.ImageId,
            User = sandbox.EffectiveUser,
            Entrypoint = spec.Entrypoint?.ToArray() ?? imageDefaults?.Entrypoint,
            Cmd = spec.Arguments?.ToArray() ?? imageDefaults?.Cmd,
            Env = Environment(spec),
            WorkingDir = ContainerPaths.Outputs,
            Volumes = docker.UsesArchives ? new Dictionary<string, EmptyStruct> { [ContainerPaths.Root] = default } : null,
            Healthcheck = NoHealthcheck,
            HostConfig = host,
            Labels = labels,
        };
    }

    /// <summary>A container that does nothing but hold a network namespace with nothing in it.</summary>
    /// <param name="run">The run of the server that it belongs to.</param>
    public CreateContainerParameters Holder(string run)
    {
        var host = Hardened();
        host.NetworkMode = "none";
        host.IpcMode = "none";
        host.PidsLimit = 4;
        // It needs next to nothing, but the engine's own runc, some 15 MiB, counts as the container's while it starts.
        host.Memory = host.MemorySwap = 64 * 1024 * 1024;
        host.LogConfig = new() { Type = "none" };
        return new()
        {
            Image = docker.HolderImage,
            User = SandboxOptions.Nobody,
            Entrypoint = ["sleep"],
            Cmd = ["2147483647"],
            Healthcheck = NoHealthcheck,
            HostConfig = host,
            Labels = new Dictionary<string, string> { [InstanceLabel] = docker.Instance, [NodeLabel] = node.Id, [HolderLabel] = run },
        };
    }

    private static HealthConfig NoHealthcheck => new() { Test = ["NONE"] };

    private static HostConfig Hardened() => new()
    {
        CapDrop = ["ALL"],
        SecurityOpt = ["no-new-privileges"],
        ReadonlyRootfs = true,
    };

    /// <summary>The <c>local</c> driver, since it alone keeps the very bytes: <c>json-file</c> replaces what is not UTF-8.</summary>
    /// <remarks>Two files, so that a rotation leaves at least one full file (<see cref="SandboxOptions.LogSize"/>).</remarks>
    private LogConfig KeptLog() => new()
    {
        Type = "local",
        Config = new Dictionary<string, string>
        {
            ["max-size"] = Text(sandbox.LogSize),
            ["max-file"] = "2",
            ["compress"] = "false",
        },
    };

    private static List<string> Environment(ContainerSpec spec)
    {
        var variables = spec.Environment.Select(v => $"{v.Key}={v.Value}").ToList();
        // Nobody has no home, and the image's own is read-only.
        if (!spec.Environment.ContainsKey("HOME")) variables.Add("HOME=/tmp");
        return variables;
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
