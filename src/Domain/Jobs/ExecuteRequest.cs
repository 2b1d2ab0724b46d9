using System.Text.Json;

namespace OgcProcesses.Domain.Jobs;

/// <summary>How the results of a 1.0 request are put: bare, or as a document.</summary>
/// <remarks>Part 1 1.0, execute.yaml, response.</remarks>
public enum ResponseForm
{
    /// <summary>The outputs themselves.</summary>
    Raw,

    /// <summary>A JSON object with a member per output.</summary>
    Document,
}

/// <summary>Whether an output is given in the answer or by a link.</summary>
/// <remarks>Part 1 1.0, transmissionMode.yaml.</remarks>
public enum TransmissionMode
{
    /// <summary>In the answer.</summary>
    Value,

    /// <summary>By a link.</summary>
    Reference,
}

/// <summary>What a client wants of one output.</summary>
/// <param name="MediaType">The format asked for, if any.</param>
/// <param name="Transmission">In line or by reference, if the client said so.</param>
/// <param name="Base64">Whether base64 was asked for where the output is put into a document.</param>
public sealed record OutputSelection(string? MediaType, TransmissionMode? Transmission, bool Base64 = false);

/// <summary>What a client asked to be executed: inputs after defaults, and how it wants the results.</summary>
/// <remarks>Part 1, execute.yaml.</remarks>
/// <param name="Inputs">Input identifier to value, as the client wrote it.</param>
/// <param name="Outputs">The outputs wanted; null for all.</param>
/// <param name="Response">The form asked for; null when the request says nothing, as requests of 2.0 do.</param>
public sealed record ExecuteRequest(
    IReadOnlyDictionary<string, JsonElement> Inputs,
    IReadOnlyDictionary<string, OutputSelection>? Outputs,
    ResponseForm? Response)
{
    /// <summary>Who is told of the job's course, if anybody.</summary>
    public Subscriber? Subscriber { get; init; }

    /// <summary>Up to which age results of an identical execution are taken instead of a run; null for a run.</summary>
    public TimeSpan? ReuseWithin { get; init; }

    /// <summary>The uploads that links of the inputs lead to, by those links; null where none does.</summary>
    public IReadOnlyDictionary<string, string>? Uploads { get; init; }

    /// <summary>How the results are put: a request of 2.0 is answered by a document; one of 1.0 as it says, or raw.</summary>
    public ResponseForm Form => Response ?? (IsVersion1 ? ResponseForm.Raw : ResponseForm.Document);

    /// <summary>Whether edition 1.0's rules put the results: the request used a member that only 1.0 has.</summary>
    private bool IsVersion1 => Response is not null || Outputs?.Values.Any(output => output.Transmission is not null) == true;
}
