using System.Buffers;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Infrastructure.Storage;

/// <summary>How much is kept of what programs write. Section <c>Logs</c>.</summary>
public sealed class LogOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Logs";

    /// <summary>
    /// Largest log of one attempt, in bytes, give or take a line: its first half is kept, and of the rest the last quarter at
    /// least. The logs of earlier attempts may have as much together.
    /// </summary>
    [Range(1_000, long.MaxValue)]
    public long MaxBytes { get; set; } = 10 << 20;
}

/// <summary>Logs in stretches, each a file below <c>{Data}/logs/XX/JOB</c>, XX being the first characters of the job.</summary>
/// <remarks>
/// The first stretch is the head. What no longer fits goes into further ones, of which the last two are kept. The name of a
/// stretch tells where it begins, so that two that don't meet tell what is missing between them, and a crash can make nothing
/// of this untrue.
/// </remarks>
internal sealed partial class FolderLogStore(IOptions<DataOptions> data, IOptions<LogOptions> options, JobSignals signals, ILogger<FolderLogStore> logger)
    : ILogStore
{
    private readonly string _root = data.Value.Of("logs");

    public ILogWriter Create(JobId jobId, int attempt, int version) =>
        new Writer(jobId, new(PrivateFolder.Create(FolderOf(jobId)), attempt, version, Run: 1, Line: 1, Offset: 0), options.Value.MaxBytes, this);

    public ILogReader Open(JobId jobId, int attempt, long skip) => new LogStretchReader(FolderOf(jobId), attempt, skip);

    public void Delete(JobId jobId) => FileTree.Delete(FolderOf(jobId));

    public IEnumerable<JobId> ListJobs() => JobFolders.In(_root);

    private void Tell(JobId jobId) => signals.Written(jobId);

    private string FolderOf(JobId jobId) => Path.Combine(_root, jobId.ToString()[..2], jobId.ToString());

    [LoggerMessage(LogLevel.Warning, "The rest of log {Path} is lost: {Reason}")]
    private partial void LogLost(string path, string reason);

    private sealed class Writer(JobId jobId, LogStretch first, long mostBytes, FolderLogStore store) : ILogWriter
    {
        private const int LargestWrite = 64 << 10;

        private readonly Lock _writing = new();
        private readonly ArrayBufferWriter<byte> _pending = new(LargestWrite);
        private readonly Queue<LogStretch> _tail = new();
        private LogStretch _stretch = first;
        private FileStream? _file;
        private bool _isLost;
        private long _room = mostBytes / 2;
        private long _lines;
        private long _bytes;

        public ValueTask WriteAsync(LogLine line)
        {
            lock (_writing)
            {
                if (_isLost) return ValueTask.CompletedTask;
                var before = _pending.WrittenCount;
                LogText.Append(_pending, line);
                var length = _pending.WrittenCount - before;
                _lines++;
                _bytes += length;
                _room -= length;
                if (_room <= 0) OrLose(Continue);
                else if (_pending.WrittenCount >= LargestWrite) OrLose(Flush);
            }

            return ValueTask.CompletedTask;
        }

        public ValueTask FlushAsync()
        {
            lock (_writing)
            {
                if (_pending.WrittenCount > 0) OrLose(Flush);
            }

            return ValueTask.CompletedTask;
        }

        public async ValueTask DisposeAsync()
        {
            await FlushAsync();
            if (_file is not null) await _file.DisposeAsync();
        }

        private void Flush()
        {
            if (_file is not null) _file.Write(_pending.WrittenSpan);
            else Begin();
            _pending.ResetWrittenCount();
            store.Tell(jobId);
        }

        /// <summary>Writes the first lines, which let the former log of the attempt go.</summary>
        /// <remarks>
        /// Not before there are any, and no log of a later claim: a node that hung, and does not know yet that another has ended
        /// its job, finds no container to read from, or only what it had begun to read.
        /// </remarks>
        private void Begin()
        {
            var stretches = LogStretch.In(_stretch.Folder);
            var replaced = stretches.Where(one => one.Attempt == _stretch.Attempt && one.Version <= _stretch.Version).ToList();
            // A new file, so that who reads the former log, or still writes it, is not mixed up with this one.
            if (replaced is [.., var last] && last.Version == _stretch.Version) _stretch = _stretch with { Run = last.Run + 1 };
            _file = _stretch.Create();
            _file.Write(_pending.WrittenSpan);
            var left = mostBytes;
            foreach (var earlier in stretches.Where(one => one.Attempt < _stretch.Attempt).GroupBy(one => one.Attempt).OrderByDescending(one => one.Key))
            {
                left -= earlier.Sum(stretch => stretch.Length);
                if (left < 0) replaced.AddRange(earlier);
            }

            foreach (var stretch in replaced) File.Delete(stretch.Path);
        }

        /// <summary>Goes on in a new stretch, and lets go of the oldest but the head.</summary>
        private void Continue()
        {
            Flush();
            var next = _stretch with { Line = _lines + 1, Offset = _bytes };
            var file = next.Create();
            _file!.Dispose();
            (_stretch, _file, _room) = (next, file, mostBytes / 4);
            _tail.Enqueue(next);
            if (_tail.Count > 2) File.Delete(_tail.Dequeue().Path);
        }

        private void OrLose(Action write)
        {
            try
            {
                write();
            }
            catch (IOException failure)
            {
                // A full disk ends the log, not the job.
                store.LogLost(_stretch.Path, failure.Message);
                _file?.Dispose();
                _isLost = true;
                _pending.ResetWrittenCount();
            }
        }
    }
}
