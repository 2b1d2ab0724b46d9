using System.Text.Json;

namespace OgcProcesses.Application.Processes.Cwl;

/// <summary>Reads YAML that comes from outside.</summary>
public interface IYamlReader
{
    /// <summary>One YAML 1.2 document as JSON.</summary>
    /// <exception cref="YamlException">It is no YAML, nothing JSON could say, or larger than is good for the server.</exception>
    JsonElement Read(string text);
}

/// <summary>A text could not be read as YAML.</summary>
/// <param name="line">Where, counted from 1.</param>
/// <param name="column">Where in the line, counted from 1.</param>
/// <param name="reason">Why, in a few words.</param>
/// <param name="inner">What the reader of YAML said.</param>
public sealed class YamlException(long line, long column, string reason, Exception? inner = null)
    : Exception($"line {line}, column {column}: {reason}", inner);
