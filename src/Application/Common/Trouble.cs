using System.Data.Common;

namespace OgcProcesses.Application.Common;

/// <summary>Tells troubles that pass from mistakes that stay: what met one is done again later, and no job fails for it at once.</summary>
public static class Trouble
{
    /// <summary>Whether the database could not be reached, or was locked for too long.</summary>
    /// <remarks>What saves changes wraps what the provider throws, and so does what tries again; what reads does not.</remarks>
    public static bool IsOfDatabase(Exception failure) =>
        failure is DbException || (failure.InnerException is { } inner && IsOfDatabase(inner));

    /// <summary>What is wrong with the server's disk; null where something else failed.</summary>
    /// <remarks>By the numbers of Linux (errno) and Windows; the message would name the server's own folders.</remarks>
    public static string? OfDisk(Exception failure) => failure is not IOException ? null : failure.HResult switch
    {
        28 or unchecked((int)0x80070070) or unchecked((int)0x80070027) => "no space is left on it",
        30 or unchecked((int)0x80070013) => "it can't be written to",
        122 => "its quota is used up",
        5 => "it has an error",
        _ => null,
    };
}
