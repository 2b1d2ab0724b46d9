using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Results;

/// <summary>Opens the files of outputs that are to be sent.</summary>
public static class StoredOutputs
{
    /// <summary>Opens a file; one that is gone was dismissed with its job since the job was read, unless somebody took it out of the store.</summary>
    /// <exception cref="OgcException">The file is gone.</exception>
    public static async Task<Stream> OpenOrGoneAsync(this IOutputStore store, StoredFile file, CancellationToken cancellationToken) =>
        await store.OpenAsync(file, cancellationToken) ?? throw new OgcException(
            OgcError.JobDismissed, $"The file '{file.Name}' is gone: its job was dismissed meanwhile, or the operator has moved or removed the file.");

    /// <summary>Makes sure of a file that is sent once its answer has begun, and could then only be broken off.</summary>
    /// <exception cref="OgcException">The file is gone.</exception>
    public static async Task EnsureThereAsync(this IOutputStore store, StoredFile file, CancellationToken cancellationToken)
    {
        await using var content = await store.OpenOrGoneAsync(file, cancellationToken);
    }
}
