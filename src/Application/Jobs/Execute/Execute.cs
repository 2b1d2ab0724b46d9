using System.Text.Json;
using System.Text.Json.Serialization;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Jobs.Execute;

/// <summary>An execute request.</summary>
/// <remarks>Part 1, execute.yaml. A member that is null counts as absent.</remarks>
public sealed record Execute
{
    /// <summary>The process, by identifier or URI; needed where the path does not name it.</summary>
    public string? Process { get; init; }

    /// <summary>Input identifier to a value, a qualified value, a link, or an array of these.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Inputs { get; init; }

    /// <summary>The outputs wanted, and how; all when left out.</summary>
    public IReadOnlyDictionary<string, Output?>? Outputs { get; init; }

    /// <summary>1.0: raw or document.</summary>
    public string? Response { get; init; }

    /// <summary>Who is to be told of the job's course.</summary>
    public Subscriber? Subscriber { get; init; }

    /// <summary>Reads what <see cref="Process"/> may hold: an identifier, or the URI of a description, which ends with it.</summary>
    public static bool TryReadProcess(string named, out ProcessId id)
    {
        var path = named.Split('?', '#')[0].TrimEnd('/');
        return ProcessId.TryParse(Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]), out id);
    }

    /// <summary>Every other member; ignored.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Others { get; init; }
}

/// <summary>What is wanted of one output.</summary>
/// <remarks>Part 1, output.yaml.</remarks>
public sealed record Output
{
    /// <summary>The format wanted.</summary>
    public Format? Format { get; init; }

    /// <summary>1.0: value or reference.</summary>
    public string? TransmissionMode { get; init; }
}

/// <summary>Where to tell of a job's course; each address may be left out.</summary>
/// <remarks>Part 1, subscriber.yaml; the schema of 1.0 requires a successUrl by a slip.</remarks>
public sealed record Subscriber
{
    /// <summary>Where the results document is posted.</summary>
    public string? SuccessUri { get; init; }

    /// <summary>Where the status is posted while the job gets on.</summary>
    public string? InProgressUri { get; init; }

    /// <summary>Where the problem document of a failure is posted, or the status of a dismissed job.</summary>
    public string? FailedUri { get; init; }
}

/// <summary>A format of a value.</summary>
/// <remarks>Part 1, format.yaml.</remarks>
public sealed record Format
{
    /// <summary>Media type.</summary>
    public string? MediaType { get; init; }

    /// <summary>Encoding, such as base64.</summary>
    public string? Encoding { get; init; }

    /// <summary>A schema, or a link to one.</summary>
    public JsonElement? Schema { get; init; }
}
