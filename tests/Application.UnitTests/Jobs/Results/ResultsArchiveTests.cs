using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using OgcProcesses.Application.Jobs.Results;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.UnitTests.Jobs.Results;

internal sealed class ResultsArchiveTests
{
    private FakeOutputStore _store = null!;

    [SetUp]
    public void Begin() => _store = new();

    // What programs, or people who deploy, call their files and outputs, and what becomes of it.
    [TestCase("scene.tif", "scene.tif")]
    [TestCase("Bäume 2024 (final).geojson", "Bäume 2024 (final).geojson")]
    [TestCase("../../etc/passwd", "_.._.._etc_passwd")]
    [TestCase("..\\..\\boot.ini", "_.._.._boot.ini")]
    [TestCase("/etc/passwd", "_etc_passwd")]
    [TestCase("C:\\autoexec.bat", "C__autoexec.bat")]
    [TestCase("C:stream", "C_stream")]
    [TestCase("..", "_")]
    [TestCase(".bashrc", "_.bashrc")]
    [TestCase("-rf", "_-rf")]
    [TestCase("con", "_con")]
    [TestCase("Com1.tif", "_Com1.tif")]
    [TestCase("com¹", "_com¹")]
    [TestCase("console.tif", "console.tif")]
    [TestCase("trailing. . ", "trailing")]
    [TestCase("a\r\nb\0c\u001b", "a__b_c_")]
    [TestCase("\u202Efit.exe", "_fit.exe")]
    [TestCase("\uFFFD", "_")]
    [TestCase("", "_")]
    public async Task WriteAsync_AFile_IsNamedSoThatItStaysWhereItIsUnpacked(string name, string expected) =>
        Assert.That((await ReadAsync([File("out", name)])).Keys, Is.EqualTo(new[] { expected }));

    [Test]
    public async Task WriteAsync_FilesOfOneName_AreNumbered()
    {
        var names = (await ReadAsync([File("a", "map.tif"), File("b", "MAP.tif"), File("c", "map.tif"), File("d", "map-2.tif")])).Keys;
        Assert.That(names, Is.EqualTo(new[] { "map.tif", "MAP-2.tif", "map-3.tif", "map-2-2.tif" }));
    }

    [Test]
    public async Task WriteAsync_AnOutputOfSeveralFiles_HasAFolder()
    {
        var names = (await ReadAsync([File("tiles", "a.tif"), File("tiles", "b.tif", 1), File("tiles", "a.tif", 2)])).Keys;
        Assert.That(names, Is.EqualTo(new[] { "tiles/a.tif", "tiles/b.tif", "tiles/a-2.tif" }));
    }

    [TestCase("text/plain", "\"grüße\"", "out.txt", "grüße")]
    [TestCase("text/csv", "\"a,b\"", "out.csv", "a,b")]
    [TestCase("image/png", "\"iVBORw0=\"", "out.txt", "iVBORw0=")]
    [TestCase("application/json", "\"text\"", "out.json", "\"text\"")]
    [TestCase("application/json", "5", "out.json", "5")]
    [TestCase("text/plain", "5", "out.json", "5")]
    [TestCase("application/geo+json", "{\"type\":\"Point\"}", "out.geojson", "{\"type\":\"Point\"}")]
    public async Task WriteAsync_AValue_IsASmallFile(string mediaType, string value, string name, string text)
    {
        var entries = await ReadAsync([new("out", 0, mediaType, value, null)]);
        Assert.That(entries, Is.EqualTo(new Dictionary<string, string> { [name] = text }));
    }

    [Test]
    public async Task WriteAsync_ThousandsOfFiles_AreAllThere()
    {
        var names = (await ReadAsync(Enumerable.Range(0, 5_000).Select(index => File("many", $"{new string('n', 150)}{index}.bin", index)))).Keys;
        Assert.That(names, Has.Count.EqualTo(5_000));
    }

    [Test]
    public async Task WriteAsync_AFileThatDoesNotCompress_ComesBackAsItWas()
    {
        var content = RandomNumberGenerator.GetBytes(3_000_000);
        var file = File("out", "random.bin");
        _store.Files[file.File!.Key] = content;
        using var written = new MemoryStream();

        await WriteAsync([file], written);

        await using var archive = await ZipArchive.CreateAsync(written, ZipArchiveMode.Read, leaveOpen: true, null, default);
        await using var entry = await archive.Entries.Single().OpenAsync();
        using var read = new MemoryStream();
        await entry.CopyToAsync(read);
        Assert.That(read.ToArray(), Is.EqualTo(content));
    }

    [Test]
    public async Task WriteAsync_AFileOfMoreThan4Gibibytes_IsReadableAgain()
    {
        const long length = (4L << 30) + 1;
        _store.Opening = () => new Zeros(length);
        using var content = new MemoryStream();

        await WriteAsync([File("large", "large.bin"), new("n", 0, "application/json", "5", null)], content);

        await using var read = await ZipArchive.CreateAsync(content, ZipArchiveMode.Read, leaveOpen: true, null, default);
        Assert.That(read.Entries.Select(entry => (entry.Name, entry.Length)), Is.EqualTo(new[] { ("large.bin", length), ("n.json", 1L) }));
        await using var last = await read.Entries[1].OpenAsync();
        Assert.That(await new StreamReader(last).ReadToEndAsync(), Is.EqualTo("5"));
    }

    private JobOutput File(string outputId, string name, int index = 0)
    {
        var key = Guid.NewGuid().ToString();
        _store.Files[key] = Encoding.UTF8.GetBytes($"{outputId}/{index}");
        return new(outputId, index, "application/octet-stream", null, new(key, name, _store.Files[key].Length, ""));
    }

    private static JobResults Results(IEnumerable<JobOutput> outputs) => new(
        JobId.New(), ResponseForm.Document, 1,
        [.. outputs.GroupBy(output => output.OutputId).Select(output => new Result(output.Key, TransmissionMode.Reference, false, "", "", [.. output]))]);

    private async Task WriteAsync(IEnumerable<JobOutput> outputs, Stream destination)
    {
        var archive = await ResultsArchive.PrepareAsync(Results(outputs), _store, default);
        await archive.WriteAsync(new OneWay(destination), default);
    }

    private async Task<Dictionary<string, string>> ReadAsync(IEnumerable<JobOutput> outputs)
    {
        using var content = new MemoryStream();
        await WriteAsync(outputs, content);
        await using var archive = await ZipArchive.CreateAsync(content, ZipArchiveMode.Read, leaveOpen: true, null, default);
        var entries = new Dictionary<string, string>();
        foreach (var entry in archive.Entries)
        {
            await using var text = await entry.OpenAsync();
            entries.Add(entry.FullName, await new StreamReader(text).ReadToEndAsync());
        }

        return entries;
    }

    /// <summary>A file of nothing but zeros, which no disk need hold.</summary>
    private sealed class Zeros(long length) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(count, length - Position);
            Array.Clear(buffer, offset, read);
            Position += read;
            return read;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = (int)Math.Min(buffer.Length, length - Position);
            buffer.Span[..read].Clear();
            Position += read;
            return new(read);
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    /// <summary>What an answer's body is: written in order, and never synchronously.</summary>
    private sealed class OneWay(Stream inner) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            inner.WriteAsync(buffer, offset, count, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override void Flush()
        {
        }

        public override void Write(byte[] buffer, int offset, int count) => throw new InvalidOperationException("Synchronous operations are disallowed.");

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
