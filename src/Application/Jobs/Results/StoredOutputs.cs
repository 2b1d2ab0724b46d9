using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Results;

/// <summary>Opens the files of outputs that are to be sent.</summary>
public static class StoredOutputs
{
    /// <summary>Opens a file; one that is gone was dismissed with its job since the job was read.</summary>
    /// <exception cref="OgcException">The file is gone.</exception>
    public static Stream OpenOrGone(this IOutputStore store, StoredFile file) =>
        store.Open(file) ?? throw new OgcException(OgcError.JobDismissed, $"The file '{file.Name}' is gone; its job was dismissed.");
}
