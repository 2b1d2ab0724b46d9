using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Infrastructure.Fetching;

namespace OgcProcesses.Infrastructure.IntegrationTests.Fetching;

/// <summary>Transfers that break off, from servers that can go on, that can't, and that lie.</summary>
internal sealed class ResumeTests
{
    private const string Content = "0123456789";

    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("fetch").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task FetchAsync_FromAServerThatKnowsRanges_GoesOnWhereItBroke()
    {
        await using var server = ARawServer.That(request => request.SayAsync(From(request) switch
        {
            0 => Whole("\"one\"", sent: 4),
            var from => Rest(from, sent: 3),
        }));
        using var fetcher = AFetcher.OfThisMachine(retries: 3);

        var file = await fetcher.FetchAsync(server.Root, _folder, default);

        Assert.Multiple(() =>
        {
            Assert.That(File.ReadAllText(file.Path), Is.EqualTo(Content));
            Assert.That(file.Length, Is.EqualTo(Content.Length));
            Assert.That(file.Sha256, Is.EqualTo(Checksum));
            Assert.That(server.Heads.Select(From), Is.EqualTo(new[] { 0, 4, 7 }));
            Assert.That(server.Heads[1], Does.Contain("If-Range: \"one\""));
        });
    }

    [Test]
    public async Task FetchAsync_OfAFileThatChangedMeanwhile_TakesTheNewOneWhole()
    {
        await using var server = ARawServer.That(request => request.SayAsync(
            request.Number == 1 ? "HTTP/1.1 200 OK\r\nETag: \"old\"\r\nContent-Length: 20\r\n\r\nold old old" : Whole("\"new\"", sent: 10)));
        using var fetcher = AFetcher.OfThisMachine(retries: 3);

        var file = await fetcher.FetchAsync(server.Root, _folder, default);

        Assert.That(File.ReadAllText(file.Path), Is.EqualTo(Content));
        Assert.That(file.Sha256, Is.EqualTo(Checksum));
    }

    [TestCase("")]
    [TestCase("ETag: W/\"weak\"\r\n")]
    [TestCase("ETag: \"one\"\r\nAccept-Ranges: none\r\n")]
    public async Task FetchAsync_FromAServerThatCanNotGoOn_BeginsAgain(string headers)
    {
        await using var server = ARawServer.That(request => request.SayAsync(
            $"HTTP/1.1 200 OK\r\n{headers}Content-Length: 10\r\n\r\n{(request.Number == 1 ? "wrong" : Content)}"));
        using var fetcher = AFetcher.OfThisMachine(retries: 3);

        var file = await fetcher.FetchAsync(server.Root, _folder, default);

        Assert.That(File.ReadAllText(file.Path), Is.EqualTo(Content));
        Assert.That(server.Heads.Select(From), Is.EqualTo(new[] { 0, 0 }));
    }

    [Test]
    public async Task FetchAsync_IntoMemory_GoesOnAlike()
    {
        await using var server = ARawServer.That(request => request.SayAsync(From(request) == 0 ? Whole("\"one\"", sent: 4) : Rest(4, sent: 6)));
        using var fetcher = AFetcher.OfThisMachine(retries: 1);

        Assert.That(Encoding.ASCII.GetString(await fetcher.FetchAsync(server.Root, 10, default)), Is.EqualTo(Content));
    }

    [Test]
    public async Task FetchAsync_AfterASilence_GoesOnAlike()
    {
        await using var server = ARawServer.That(async request =>
        {
            if (From(request) > 0)
            {
                await request.SayAsync(Rest(4, sent: 6));
                return;
            }

            await request.SayAsync(Whole("\"one\"", sent: 4));
            await request.Answer.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, request.Ending);
        });
        using var fetcher = AFetcher.OfThisMachine(retries: 1, idleSeconds: 0.5);

        var file = await fetcher.FetchAsync(server.Root, _folder, default);

        Assert.That(File.ReadAllText(file.Path), Is.EqualTo(Content));
    }

    [Test]
    public async Task FetchAsync_ThroughAServerThatIsOverloadedForAWhile_GoesOn()
    {
        await using var server = ARawServer.That(request => request.SayAsync(request.Number switch
        {
            1 => Whole("\"one\"", sent: 4),
            2 => "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
            _ => Rest(4, sent: 6),
        }));
        using var fetcher = AFetcher.OfThisMachine(retries: 2);

        var file = await fetcher.FetchAsync(server.Root, _folder, default);

        Assert.That(File.ReadAllText(file.Path), Is.EqualTo(Content));
    }

    [Test]
    public async Task FetchAsync_FromAServerThatAlwaysBreaks_GivesUp()
    {
        await using var server = ARawServer.Saying("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
        using var fetcher = AFetcher.OfThisMachine(retries: 2);

        Refused(fetcher, server.Root, "4 of 10 promised bytes arrived");

        Assert.That(server.Heads, Has.Count.EqualTo(3));
    }

    [TestCase("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 2-9/10\r\nContent-Length: 8\r\n\r\n23456789")]
    [TestCase("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 4-9/20\r\nContent-Length: 6\r\n\r\n456789")]
    [TestCase("HTTP/1.1 206 Partial Content\r\nContent-Length: 6\r\n\r\n456789")]
    [TestCase("HTTP/1.1 206 Partial Content\r\nContent-Type: multipart/byteranges; boundary=x\r\nContent-Length: 6\r\n\r\n456789")]
    [TestCase("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")]
    public async Task FetchAsync_WithARestThatDoesNotFit_IsRefused(string rest)
    {
        await using var server = ARawServer.That(request => request.SayAsync(From(request) == 0 ? Whole("\"one\"", sent: 4) : rest));
        using var fetcher = AFetcher.OfThisMachine(retries: 3);

        Refused(fetcher, server.Root, "the other server answered");

        Assert.That(server.Heads, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task FetchAsync_WithEndlessRests_StopsAtTheLimit()
    {
        await using var server = ARawServer.That(request => request.SayAsync(From(request) is 0
            ? "HTTP/1.1 200 OK\r\nETag: \"one\"\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n0123\r\n"
            : $"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {From(request)}-99/*\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n0123\r\n"));
        using var fetcher = AFetcher.OfThisMachine(maxSize: 10, retries: 9);

        Refused(fetcher, server.Root, "it has more; at most 10 bytes are accepted (Fetch:MaxSize)");

        Assert.That(server.Heads, Has.Count.EqualTo(3));
    }

    private static string Checksum => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(Content)));

    private static int From(ARawServer.Request request) => From(request.Head);

    private static int From(string[] head) =>
        head.FirstOrDefault(line => line.StartsWith("Range: bytes=", StringComparison.Ordinal)) is { } range
            ? int.Parse(range["Range: bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture) : 0;

    private static string Whole(string tag, int sent) =>
        $"HTTP/1.1 200 OK\r\nETag: {tag}\r\nContent-Length: {Content.Length}\r\n\r\n{Content[..sent]}";

    private static string Rest(int from, int sent) =>
        $"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {from}-{Content.Length - 1}/{Content.Length}\r\nContent-Length: {Content.Length - from}\r\n\r\n{Content[from..(from + sent)]}";

    private void Refused(GuardedFetcher fetcher, Uri link, string reason)
    {
        var exception = Assert.ThrowsAsync<FetchException>(() => fetcher.FetchAsync(link, _folder, default))!;
        Assert.That(exception.Message, Does.Contain(reason));
        Assert.That(Directory.GetFiles(_folder), Is.Empty, "a failed transfer leaves no file");
    }
}
