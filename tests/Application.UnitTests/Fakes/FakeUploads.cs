using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Application.Uploads;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Uploads;

namespace OgcProcesses.Application.UnitTests.Fakes;

/// <summary>Keeps uploads in memory.</summary>
internal sealed class FakeUploads : IUploadStore
{
    private readonly Dictionary<string, (Upload Upload, MemoryStream Content, List<JobId> Jobs)> _all = [];

    public long AvailableBytes { get; set; } = long.MaxValue;

    /// <summary>Whether another request writes to every upload.</summary>
    public bool AreBusy { get; set; }

    /// <summary>The uploads of a caller, as handlers see them.</summary>
    public OwnUploads Of(string caller, TimeProvider clock) => new(this, new FakeCaller(caller), new FakeLinks(), clock);

    /// <summary>The uploads of anna, none of which expires.</summary>
    public OwnUploads OfAnna => Of("anna", TimeProvider.System);

    /// <summary>Adds a complete upload.</summary>
    public Upload Keep(string owner, string text, string? name = null, string? type = null, DateTimeOffset? expires = null)
    {
        var upload = new Upload(Upload.NewId(AJob.Now), owner, AJob.Now, expires ?? DateTimeOffset.MaxValue) { Name = name, Type = type, Length = text.Length, Sha256 = "5ha" };
        Add(upload);
        _all[upload.Id].Content.Write(System.Text.Encoding.ASCII.GetBytes(text));
        return upload;
    }

    public Upload? Find(string owner, string id) =>
        _all.TryGetValue(id, out var found) && found.Upload.Owner == owner ? found.Upload with { Received = found.Content.ToArray().Length } : null;

    public IReadOnlyList<Upload> List(string owner) => [.. _all.Keys.Select(id => Find(owner, id)).OfType<Upload>().OrderByDescending(upload => upload.Id, StringComparer.Ordinal)];

    public void Add(Upload upload) => _all[upload.Id] = (upload, new(), []);

    public void Save(Upload upload) =>
        _all[upload.Id] = _all.TryGetValue(upload.Id, out var known) ? (upload, known.Content, known.Jobs) : throw new DirectoryNotFoundException();

    public Stream? Open(Upload upload) => AreBusy ? null : new Lasting(_all[upload.Id].Content);

    public void Flush(Stream content) => content.Flush();

    public void Hold(Upload upload, JobId jobId) => _all[upload.Id].Jobs.Add(jobId);

    public async Task<FetchedFile?> StageAsync(string owner, string id, string folder, CancellationToken cancellationToken)
    {
        if (Find(owner, id) is not { } upload) return null;
        var path = Path.Combine(folder, upload.Name ?? "input");
        await File.WriteAllBytesAsync(path, _all[id].Content.ToArray(), cancellationToken);
        return new(path, upload.Type, upload.Received, upload.Sha256!);
    }

    public IReadOnlyList<JobId> JobsOf(Upload upload) => _all[upload.Id].Jobs;

    public IEnumerable<Upload> ListExpired(DateTimeOffset before) => [.. _all.Values.Select(known => known.Upload).Where(upload => upload.Expires <= before)];

    public void Delete(Upload upload) => _all.Remove(upload.Id);

    /// <summary>Passes everything on but its disposal.</summary>
    private sealed class Lasting(MemoryStream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => true;

        public override long Length => inner.Length;

        public override long Position
        {
            get => inner.Position;
            set => inner.Position = value;
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

        public override void SetLength(long value) => inner.SetLength(value);

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);
    }
}
