using System.Text;

namespace OgcProcesses.Domain.Jobs;

/// <summary>One value of one output of a successful job: a value in line, or a file in the output store.</summary>
/// <param name="OutputId">The output's identifier in the process description.</param>
/// <param name="Index">Counts the values of an output that has several, from 0.</param>
/// <param name="MediaType">Media type of the value or file.</param>
/// <param name="Value">The value as JSON text; null for a file.</param>
/// <param name="File">The file; null for a value.</param>
public sealed record JobOutput(string OutputId, int Index, string MediaType, string? Value, StoredFile? File)
{
    /// <summary>Size in bytes: of the file, or of the value as JSON in UTF-8.</summary>
    public long Length => File?.Length ?? Encoding.UTF8.GetByteCount(Value ?? "");
}

/// <summary>A file in the output store.</summary>
/// <param name="Key">Where the store finds it.</param>
/// <param name="Name">The name a client saves it under.</param>
/// <param name="Length">Size in bytes.</param>
/// <param name="Sha256">Checksum, lower-case hexadecimal.</param>
public sealed record StoredFile(string Key, string Name, long Length, string Sha256);
