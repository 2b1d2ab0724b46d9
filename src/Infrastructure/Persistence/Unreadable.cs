using System.Data.Common;
using System.Text.Json;
using OgcProcesses.Application.Common.Errors;

namespace OgcProcesses.Infrastructure.Persistence;

/// <summary>Rows that were damaged, or written by hand. Each is to fail alone: what reads many rows at once reads them one by one when it meets one.</summary>
internal static class Unreadable
{
    /// <summary>Whether a row was there and could not be understood; not whether the database failed.</summary>
    public static bool Is(Exception failure) =>
        failure is JsonException or FormatException or InvalidCastException or InvalidOperationException or KeyNotFoundException
            or ArgumentException or OverflowException or NullReferenceException
        && failure is not ObjectDisposedException
        && failure.InnerException is not DbException;

    /// <summary>A sentence that says which record it is and what is wrong with it.</summary>
    public static string Reason(string record, Exception damage) => $"The record of {record} can't be read: {damage.GetBaseException().Message}";

    /// <summary>The error for a record that is asked for by itself.</summary>
    public static OgcException Record(string record, Exception damage) => new(OgcError.UnreadableRecord, Reason(record, damage));
}
