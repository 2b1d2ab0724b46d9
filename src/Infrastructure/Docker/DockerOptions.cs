using System.ComponentModel.DataAnnotations;

namespace OgcProcesses.Infrastructure.Docker;

/// <summary>Where the container engine is and how it is spoken to.</summary>
public sealed class DockerOptions : IValidatableObject
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Docker";

    private static readonly string[] Schemes = ["unix", "tcp", "http", "https", "npipe"];

    /// <summary>The engine's address: <c>unix:///…</c>, <c>tcp://…</c> or <c>npipe://…</c>.</summary>
    /// <remarks>Unset, it is the environment's <c>DOCKER_HOST</c>, else the local engine.</remarks>
    public string? Endpoint { get; init; }

    /// <summary>Tells the containers of this installation from those of others on the same engine.</summary>
    /// <remarks>
    /// Servers that share a database and an engine share it too; two installations must never share one, since each removes
    /// containers it has no job for. Unset, it is the node's name (<c>Runner:NodeId</c>): set it where that changes, as in a container.
    /// </remarks>
    [RegularExpression("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")]
    public string? InstanceId { get; set; }

    /// <summary>How files get into containers and out again.</summary>
    public FileExchange FileExchange { get; init; } = FileExchange.Auto;

    /// <summary>Longest time for pulling one image.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan PullTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Longest time for one short request; waiting, following logs, pulling and transferring files are not bound by it.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>Network namespaces kept ready for jobs without a network, each held by a small container; 0 for none.</summary>
    [Range(0, 64)]
    public int Holders { get; init; } = 4;

    /// <summary>The image of these small containers: any with a <c>sleep</c> program. Absent from the engine, none are kept.</summary>
    [Required]
    public string HolderImage { get; init; } = "ogcprocesses/echo:1";

    internal Uri EndpointUri => new(EndpointText);

    internal string Instance => InstanceId ?? throw new InvalidOperationException("Docker:InstanceId is not set.");

    internal bool UsesArchives => FileExchange switch
    {
        FileExchange.BindMount => false,
        FileExchange.Archive => true,
        _ => EndpointUri.Scheme != "unix",
    };

    private string EndpointText =>
        Endpoint ?? (Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } host ? host : Local);

    private static string Local => OperatingSystem.IsWindows() ? "npipe://./pipe/docker_engine" : "unix:///var/run/docker.sock";

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Uri.TryCreate(EndpointText, UriKind.Absolute, out var uri) || !Schemes.Contains(uri.Scheme))
            yield return new($"'{EndpointText}' is not an address of a container engine ({string.Join(", ", Schemes)}).", [nameof(Endpoint)]);
    }
}

/// <summary>How files get into containers and out again.</summary>
public enum FileExchange
{
    /// <summary><see cref="BindMount"/> when the engine is reached through a Unix socket, else <see cref="Archive"/>.</summary>
    Auto,

    /// <summary>The container sees the server's folders. Server and engine must see the same disk under the same paths.</summary>
    BindMount,

    /// <summary>Files are copied through the engine's API into a volume and back; slower, works everywhere.</summary>
    Archive,
}
