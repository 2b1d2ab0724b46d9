using OgcProcesses.Application.Jobs.Logs;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs;

/// <summary>Keeps what the programs of jobs wrote, each attempt by itself: the head and the tail of what is too long.</summary>
public interface ILogStore
{
    /// <summary>
    /// Starts the log of an attempt anew: the former one is there until the first line is written. Logs of earlier attempts give
    /// way then, the oldest first, where they are too large together.
    /// </summary>
    /// <param name="jobId">The job.</param>
    /// <param name="attempt">The attempt.</param>
    /// <param name="version">The job's, seen under the claim of who writes: a log of a later claim, on another node, is left alone.</param>
    ILogWriter Create(JobId jobId, int attempt, int version);

    /// <summary>Opens the log of an attempt, whether or not there is one yet.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="attempt">The attempt.</param>
    /// <param name="skip">Lines at the start to leave out.</param>
    ILogReader Open(JobId jobId, int attempt, long skip);

    /// <summary>Deletes the logs of a job. Does nothing when there are none.</summary>
    void Delete(JobId jobId);

    /// <summary>Every job that has a log, as they are come across; those written or deleted meanwhile may be among them.</summary>
    IEnumerable<JobId> ListJobs();
}

/// <summary>Writes one attempt's log.</summary>
public interface ILogWriter : IAsyncDisposable
{
    /// <summary>Adds a line. Readers may have to wait for it until the next flush.</summary>
    ValueTask WriteAsync(LogLine line);

    /// <summary>Shows all lines to readers, and leaves none to be lost by a crash of the server.</summary>
    ValueTask FlushAsync();
}

/// <summary>Reads one attempt's log, also while it is written.</summary>
public interface ILogReader : IDisposable
{
    /// <summary>The lines that have come since the last call, oldest first; those before the end of the last enumeration are not given again.</summary>
    IEnumerable<LogEntry> Read();
}
