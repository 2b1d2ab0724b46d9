using System.Data.Common;
using OgcProcesses.Application.Jobs;

namespace OgcProcesses.Application.Common;

/// <summary>Tells troubles that pass from mistakes that stay: what met one is done again later, and no job fails for it at once.</summary>
public static class Trouble
{
    /// <summary>Whether the database could not be reached, or was locked for too long.</summary>
    /// <remarks>What saves changes wraps what the provider throws, and so does what tries again; what reads does not.</remarks>
    public static bool IsOfDatabase(Exception failure) =>
        failure is DbException || (failure.InnerException is { } inner && IsOfDatabase(inner));

    /// <summary>What is wrong with what the server writes to, its disk or the store of outputs; null where something else failed.</summary>
    /// <remarks>Disks by the numbers of Linux (errno) and Windows; the message would name the server's own folders.</remarks>
    public static string? OfStorage(Exception failure) => failure switch
    {
        OutputStoreException store => $"the output store: {store.Message}",
        IOException { HResult: 28 or unchecked((int)0x80070070) or unchecked((int)0x80070027) } => "the server's disk: no space is left on it",
        IOException { HResult: 30 or unchecked((int)0x80070013) } => "the server's disk: it can't be written to",
        IOException { HResult: 122 } => "the server's disk: its quota is used up",
        IOException { HResult: 5 } => "the server's disk: it has an error",
        _ => null,
    };
}
