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
public sealed record OutputSelection(string? MediaType, TransmissionMode? Transmission);

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
    /// <summary>Whether edition 1.0's rules put the results: the request used a member that only 1.0 has.</summary>
    public bool IsVersion1 => Response is not null || Outputs?.Values.Any(output => output.Transmission is not null) == true;
}
