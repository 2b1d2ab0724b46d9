using System.Collections.Concurrent;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.UnitTests.Fakes;

/// <summary>Keeps output files in memory.</summary>
internal sealed class FakeOutputStore : IOutputStore
{
    public ConcurrentDictionary<string, byte[]> Files { get; } = [];

    public ConcurrentQueue<JobId> Deleted { get; } = [];

    /// <summary>What every file is, where no memory could hold it.</summary>
    public Func<Stream>? Opening { get; set; }

    /// <summary>What happens while a file is copied.</summary>
    public Action Copying { get; set; } = () => { };

    public long AvailableBytes { get; set; } = long.MaxValue;

    public async Task<StoredFile> TakeAsync(JobId jobId, string outputId, string path, CancellationToken cancellationToken)
    {
        var key = $"{jobId}/{outputId}/{Path.GetFileName(path)}";
        Files[key] = await File.ReadAllBytesAsync(path, cancellationToken);
        return new(key, Path.GetFileName(path), Files[key].Length, "");
    }

    public Task<StoredFile?> CopyAsync(StoredFile file, JobId to, CancellationToken cancellationToken)
    {
        if (!Files.TryGetValue(file.Key, out var content)) return Task.FromResult<StoredFile?>(null);
        var copy = file with { Key = $"{to}/{file.Key.Split('/', 2)[1]}" };
        Files[copy.Key] = content;
        Copying();
        return Task.FromResult<StoredFile?>(copy);
    }

    public Task<Stream?> OpenAsync(StoredFile file, CancellationToken cancellationToken) =>
        Task.FromResult(Opening is not null ? Opening() : Files.TryGetValue(file.Key, out var content) ? new MemoryStream(content) : null);

    public Task<Uri?> FindLinkAsync(StoredFile file, string mediaType, string disposition, CancellationToken cancellationToken) =>
        Task.FromResult<Uri?>(null);

    public Task PingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public IAsyncEnumerable<JobId> ListJobsAsync(CancellationToken cancellationToken) =>
        Files.Keys.Select(key => JobId.TryParse(key.Split('/')[0], out var id) ? id : default).Distinct().ToAsyncEnumerable();

    public Task DeleteAsync(JobId jobId, CancellationToken cancellationToken)
    {
        Deleted.Enqueue(jobId);
        foreach (var key in Files.Keys.Where(key => key.StartsWith($"{jobId}/", StringComparison.Ordinal))) Files.TryRemove(key, out _);
        return Task.CompletedTask;
    }
}
