using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.UnitTests.Fakes;

/// <summary>Work folders below a folder of their own, removed in the end.</summary>
internal sealed class FakeFolders : IWorkFolders, IOutputFolder, IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("ogc-unit-").FullName;

    /// <summary>Makes a look at the outputs fail.</summary>
    public Exception? Refused { get; set; }

    public string Create(JobId jobId, int attempt)
    {
        var folder = Find(jobId, attempt);
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(ContainerPaths.OnServer(folder, ContainerPaths.Outputs));
        return folder;
    }

    public string Find(JobId jobId, int attempt) => Path.Combine(_root, jobId.ToString(), $"{attempt}");

    /// <summary>Makes the next deletion fail.</summary>
    public Exception? DeleteFailing { get; set; }

    public void Delete(JobId jobId)
    {
        if (DeleteFailing is { } failure)
        {
            DeleteFailing = null;
            throw failure;
        }

        if (List().Contains(jobId)) Directory.Delete(Path.Combine(_root, jobId.ToString()), recursive: true);
    }

    public void Delete(JobId jobId, int attempt)
    {
        if (Directory.Exists(Find(jobId, attempt))) Directory.Delete(Find(jobId, attempt), recursive: true);
    }

    public IReadOnlyList<JobId> List() =>
        [.. Directory.EnumerateDirectories(_root).Select(path => JobId.TryParse(Path.GetFileName(path), out var id) ? id : default)];

    public IReadOnlyList<OutputFile> List(string folder, long mostBytes, int mostFiles) => Refused is not null
        ? throw Refused
        : [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => new OutputFile(Path.GetRelativePath(folder, path), path, new FileInfo(path).Length))
            .OrderBy(file => file.Path, StringComparer.Ordinal)];

    /// <summary>What a look at a running program's outputs finds, by its folder; their files' bytes unless a test says otherwise.</summary>
    public Func<string, long> Measured { get; set; } = folder =>
        Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) : 0;

    public long Measure(string folder, long mostBytes, int mostFiles) => Measured(folder) is var bytes && bytes <= mostBytes
        ? bytes
        : throw new OutputRefusedException($"more than {mostBytes} bytes", JobFailureKind.LimitExceeded);

    public long AvailableBytes { get; set; } = long.MaxValue;

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
