using System.Text.Json;

namespace OgcProcesses.Application.Jobs.Run;

/// <summary>The inputs of an attempt as its program sees them: by identifier, each with its occurrences.</summary>
/// <remarks>An input that was not given is not there.</remarks>
internal sealed class StagedInputs : Dictionary<string, StagedInput>
{
    /// <summary>SHA-256 of the staged files by their paths in the container, lower-case hexadecimal; empty where the inputs were read back.</summary>
    public Dictionary<string, string> Checksums { get; } = [];

    /// <summary>Size in bytes of what was staged into a work folder: inputs.json, and the files beside it.</summary>
    public static long LengthIn(string workFolder)
    {
        var files = new DirectoryInfo(ContainerPaths.OnServer(workFolder, ContainerPaths.Inputs));
        return new FileInfo(ContainerPaths.OnServer(workFolder, ContainerPaths.InputsFile)).Length
            + (files.Exists ? files.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) : 0);
    }
}

/// <summary>One input as the program sees it.</summary>
/// <param name="Occurrences">The values; a file is a string that holds its path.</param>
/// <param name="IsArray">Whether the program is given an array of occurrences rather than one value.</param>
internal sealed record StagedInput(IReadOnlyList<JsonElement> Occurrences, bool IsArray)
{
    /// <summary>What expressions and the command line make of one value.</summary>
    public static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
