using System.IO.Compression;
using System.Net;
using Microsoft.AspNetCore.Http;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Infrastructure.Fetching;

namespace OgcProcesses.Infrastructure.IntegrationTests.Fetching;

/// <summary>What an attacker gives as a link, or puts behind one. Nothing leaves this machine: the connector notes what would.</summary>
internal sealed class AttackTests
{
    private const string Metadata = "169.254.169.254";

    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("fetch").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    /// <remarks>What is no address to the guard goes to a name server that says "this machine": the worst it could say.</remarks>
    [TestCase("http://0/")]
    [TestCase("http://0.0.0.0/")]
    [TestCase("http://2130706433/")]
    [TestCase("http://017700000001/")]
    [TestCase("http://0x7f000001/")]
    [TestCase("http://0x7f.0x0.0x0.0x1/")]
    [TestCase("http://0177.0.0.01/")]
    [TestCase("http://127.1/")]
    [TestCase("http://127.0.1/")]
    [TestCase("http://127.0.0.1./")]
    [TestCase("http://127.0.0.1../")]
    [TestCase("http://127.0.0.1%00.example.org/")]
    [TestCase("http://%31%32%37.0.0.1/")]
    [TestCase("http://127%2e0%2e0%2e1/")]
    [TestCase("http://１２７.０.０.１/")]
    [TestCase("http://127。0。0。1/")]
    [TestCase("http://①②⑦.⓪.⓪.①/")]
    [TestCase("http://LOCALHOST/")]
    [TestCase("http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/")]
    [TestCase("http://localhost.localdomain/")]
    [TestCase("http://8.8.8.8\\@127.0.0.1/")]
    [TestCase("http://127.0.0.1\\@8.8.8.8/")]
    [TestCase("http://8.8.8.8:80@127.0.0.1/")]
    [TestCase("http://[::]/")]
    [TestCase("http://[::1]/")]
    [TestCase("http://[0:0:0:0:0:0:0:1]/")]
    [TestCase("http://[::127.0.0.1]/")]
    [TestCase("http://[::ffff:127.0.0.1]/")]
    [TestCase("http://[::ffff:7f00:1]/")]
    [TestCase("http://[::ffff:0:127.0.0.1]/")]
    [TestCase("http://[64:ff9b::127.0.0.1]/")]
    [TestCase("http://[64:ff9b:1::a00:1]/")]
    [TestCase("http://[2002:7f00:1::]/")]
    [TestCase("http://[2001:0:7f00:1::]/")]
    [TestCase("http://[fe80::1%25eth0]/")]
    [TestCase("http://[fe80::1%eth0]/")]
    [TestCase("http://[::1%251]/")]
    [TestCase("http://[fec0::1]/")]
    [TestCase("http://[fd00::1]/")]
    [TestCase("http://[ff02::1]/")]
    [TestCase("http://10.1.2.3/")]
    [TestCase("http://100.64.0.1/")]
    [TestCase("http://172.16.0.1/")]
    [TestCase("http://192.168.0.1/")]
    [TestCase("http://169.254.169.254/latest/meta-data/")]
    [TestCase("http://[::ffff:a9fe:a9fe]/")]
    [TestCase("http://192.0.2.1/")]
    [TestCase("http://198.18.0.1/")]
    [TestCase("http://224.0.0.1/")]
    [TestCase("http://255.255.255.255/")]
    [TestCase("http://user:secret@example.org/")]
    [TestCase("ftp://127.0.0.1/")]
    [TestCase("gopher://127.0.0.1:6379/_FLUSHALL")]
    [TestCase("file:///etc/passwd")]
    [TestCase("file://127.0.0.1/etc/passwd")]
    [TestCase("jar:http://127.0.0.1/a.jar!/b")]
    [TestCase("data:text/plain,a")]
    [TestCase("unix:/run/docker.sock")]
    [TestCase("http+unix://%2Frun%2Fdocker.sock/info")]
    [TestCase("ws://127.0.0.1/")]
    public void FetchAsync_ALinkToThisMachineOrItsNetwork_OpensNoConnection(string link)
    {
        if (!Uri.TryCreate(link, UriKind.Absolute, out var parsed)) return;
        var connections = new Connections();
        using var fetcher = AFetcher.That(new FetchOptions(), new Names(_ => [IPAddress.Loopback]), connections);

        Assert.That(() => fetcher.FetchAsync(parsed, _folder, default), Throws.InstanceOf<FetchException>());

        Assert.That(connections.Opened, Is.Empty);
    }

    [TestCase("8.8.8.8", "10.0.0.1")]
    [TestCase("10.0.0.1", "8.8.8.8")]
    [TestCase("2606:4700::1111", "::1")]
    [TestCase("8.8.8.8", "64:ff9b::a9fe:a9fe")]
    public void FetchAsync_ANameWithAPrivateAddressAmongOthers_OpensNoConnection(params string[] addresses)
    {
        var connections = new Connections();
        using var fetcher = AFetcher.That(new FetchOptions(), new Names(_ => [.. addresses.Select(IPAddress.Parse)]), connections);

        Refused(fetcher, new("http://mixed.example/"), "; the operator can allow it");

        Assert.That(connections.Opened, Is.Empty);
    }

    [Test]
    public async Task FetchAsync_ANameReboundWhileItRedirectsToItself_IsCheckedAgain()
    {
        await using var server = ARawServer.Saying("HTTP/1.1 302 Found\r\nLocation: /again\r\nConnection: close\r\n\r\n");
        var connections = new Connections(server.Root);
        using var fetcher = AFetcher.That(new FetchOptions(), Rebinding("8.8.8.8", Metadata), connections);

        Refused(fetcher, new("http://rebinding.example/"), $"it redirects to 'http://rebinding.example/again': the address {Metadata} is link-local");

        Assert.That(connections.Opened, Is.EqualTo(new[] { "8.8.8.8" }));
    }

    [Test]
    public async Task FetchAsync_ANameReboundWhileItsTransferBreaks_IsCheckedAgain()
    {
        await using var server = ARawServer.Saying("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
        var connections = new Connections(server.Root);
        using var fetcher = AFetcher.That(new FetchOptions { RetryDelay = TimeSpan.Zero }, Rebinding("8.8.8.8", Metadata), connections);

        Refused(fetcher, new("http://rebinding.example/"), $"the address {Metadata} is link-local");

        Assert.That(connections.Opened, Is.EqualTo(new[] { "8.8.8.8" }));
    }

    [TestCase("http://127.0.0.1:2375/containers/json")]
    [TestCase("http://2130706433/")]
    [TestCase("http://[::ffff:127.0.0.1]/")]
    [TestCase("//localhost/")]
    [TestCase("file:///etc/passwd")]
    [TestCase("gopher://127.0.0.1/")]
    [TestCase("http://a:b@8.8.4.4/")]
    [TestCase("http://inside.example/")]
    public async Task FetchAsync_ARedirectInwards_OpensNoFurtherConnection(string location)
    {
        await using var server = ARawServer.Saying($"HTTP/1.1 307 Temporary Redirect\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
        var connections = new Connections(server.Root);
        using var fetcher = AFetcher.That(
            new FetchOptions(), new Names(host => [host == "inside.example" ? IPAddress.Parse("10.0.0.1") : IPAddress.Parse("8.8.8.8")]), connections);

        Refused(fetcher, new("http://outside.example/"), "it redirects to '");

        Assert.That(connections.Opened, Is.EqualTo(new[] { "8.8.8.8" }));
    }

    [Test]
    public async Task FetchAsync_ARedirectToAnotherHostAndPort_TakesNothingAlong()
    {
        string[] sent = [];
        await using var second = await AServer.ThatAsync(context =>
        {
            sent = [.. context.Request.Headers.Keys];
            return context.Response.WriteAsync("arrived");
        });
        await using var first = await AServer.ThatAsync(context =>
        {
            context.Response.Headers.SetCookie = "session=secret; Domain=127.0.0.1";
            context.Response.Headers.WWWAuthenticate = "Basic";
            context.Response.Redirect(second.Root.AbsoluteUri);
            return Task.CompletedTask;
        });
        using var fetcher = AFetcher.OfThisMachine();

        await fetcher.FetchAsync(new(first.Root, "/?token=secret"), _folder, default);

        Assert.That(sent, Is.EquivalentTo(new[] { "Host", "User-Agent", "Accept", "Accept-Encoding" }));
    }

    [Test]
    public async Task FetchAsync_TwoHostsThatRedirectToEachOther_EndAfterFive()
    {
        await using var server = await AServer.ThatAsync(context =>
        {
            context.Response.Redirect(context.Request.Host.Host == "a.example" ? "http://b.example/" : "http://a.example/");
            return Task.CompletedTask;
        });
        var connections = new Connections(server.Root);
        using var fetcher = AFetcher.That(new FetchOptions(), new Names(_ => [IPAddress.Parse("8.8.8.8")]), connections);

        Refused(fetcher, new("http://a.example/"), "it redirects more than 5 times");

        Assert.That(server.Requests, Is.EqualTo(6));
    }

    [TestCase("a%0d%0aX-Evil:%201")]
    [TestCase("a\r\nX-Evil: 1")]
    [TestCase("a\nX-Evil: 1")]
    [TestCase("a HTTP/1.1\r\nX-Evil: 1\r\n\r\nGET /b")]
    [TestCase("?q=\r\nX-Evil: 1")]
    [TestCase("\u560d\u560aX-Evil: 1")]
    public async Task FetchAsync_LineBreaksInALink_AddNoHeader(string path)
    {
        await using var server = ARawServer.Saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        using var fetcher = AFetcher.OfThisMachine();

        await fetcher.FetchAsync(new(server.Root + path), _folder, default);

        var names = server.Heads.Single().Skip(1).Select(line => line.Split(':')[0]);
        Assert.That(names, Is.EquivalentTo(new[] { "Host", "User-Agent", "Accept", "Accept-Encoding" }));
    }

    [Test]
    public async Task FetchAsync_HeadersOfAMegabyte_AreRefused()
    {
        await using var server = ARawServer.Saying($"HTTP/1.1 200 OK\r\nX-Long: {new string('x', 1 << 20)}\r\nContent-Length: 0\r\n\r\n");
        using var fetcher = AFetcher.OfThisMachine();

        Refused(fetcher, server.Root, "the answer's headers are too long");
    }

    [Test]
    public async Task FetchAsync_HeadersWithoutEnd_AreRefused()
    {
        await using var server = ARawServer.That(async request =>
        {
            await request.SayAsync("HTTP/1.1 200 OK\r\n");
            await request.DripAsync(string.Concat(Enumerable.Repeat("X-Again: 1\r\n", 1000)), milliseconds: 0);
        });
        using var fetcher = AFetcher.OfThisMachine();

        Refused(fetcher, server.Root, "the answer's headers are too long");
    }

    [TestCase("HTTP/1.1 200 OK\r\n", "x")]
    [TestCase("", "HTTP/1.1 103 Early Hints\r\n\r\n")]
    public async Task FetchAsync_AHeadThatDripsForEver_EndsByTheIdleTimeout(string first, string drop)
    {
        await using var server = ARawServer.That(async request =>
        {
            await request.SayAsync(first);
            await request.DripAsync(drop, milliseconds: 5);
        });
        using var fetcher = AFetcher.OfThisMachine(idleSeconds: 0.3);

        Refused(fetcher, server.Root, "nothing arrived for 0.3 s");
    }

    [Test]
    public async Task FetchAsync_ABodyThatDripsForEver_EndsByTheLeastRate()
    {
        await using var server = ARawServer.That(async request =>
        {
            await request.SayAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
            await request.DripAsync("x", milliseconds: 5);
        });
        using var fetcher = AFetcher.OfThisMachine(idleSeconds: 1, timeoutSeconds: 60, retries: 3, leastRate: 1_000);

        Refused(fetcher, server.Root, "less than 1000 bytes a second arrived (Fetch:MinBytesPerSecond)");

        Assert.That(server.Heads, Has.Count.EqualTo(1), "it is not asked again");
    }

    [Test]
    public async Task FetchAsync_AGzipBomb_StaysAsSmallAsItWasSent()
    {
        using var bomb = new MemoryStream();
        await using (var zip = new GZipStream(bomb, CompressionLevel.Fastest, leaveOpen: true)) await zip.WriteAsync(new byte[32 << 20]);
        await using var server = await AServer.ThatAsync(context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            return context.Response.Body.WriteAsync(bomb.ToArray()).AsTask();
        });
        using var fetcher = AFetcher.OfThisMachine(maxSize: bomb.Length);

        var file = await fetcher.FetchAsync(server.Root, _folder, default);

        Assert.That(new FileInfo(file.Path).Length, Is.EqualTo(bomb.Length));
        Assert.That(await fetcher.FetchAsync(server.Root, (int)bomb.Length, default), Has.Length.EqualTo(bomb.Length));
    }

    [Test]
    public async Task FetchAsync_MoreBytesThanPromised_TakesThePromisedOnes()
    {
        await using var server = ARawServer.Saying("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nonlyHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
        using var fetcher = AFetcher.OfThisMachine();

        for (var time = 0; time < 2; time++)
            Assert.That(File.ReadAllText((await fetcher.FetchAsync(server.Root, _folder, default)).Path), Is.EqualTo("only"));
    }

    [Test]
    public async Task FetchAsync_Trailers_AreNoPartOfTheFile()
    {
        await using var server = ARawServer.Saying(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Content-Length, Set-Cookie\r\n\r\n4;ext=1\r\nonly\r\n0\r\nContent-Length: 99\r\nSet-Cookie: a=b\r\n\r\n");
        using var fetcher = AFetcher.OfThisMachine();

        var file = await fetcher.FetchAsync(server.Root, _folder, default);

        Assert.That(File.ReadAllText(file.Path), Is.EqualTo("only"));
    }

    [TestCase("SSH-2.0-OpenSSH_9.2\r\n\r\n", "the answer is not HTTP")]
    [TestCase("\0\0\u0012\u0004\0\0\0\0\0", "the connection ended before the answer")]
    [TestCase("<html>HTTP/0.9</html>\r\n\r\n", "the answer is not HTTP")]
    [TestCase("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "the answer is not HTTP")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nx", "the connection ended early, after 0 bytes")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnone\r\nx", "the connection ended early, after 0 bytes")]
    [TestCase("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 4-7/8\r\nContent-Length: 4\r\n\r\nhalf", "another part of the file")]
    [TestCase("HTTP/1.1 206 Partial Content\r\nContent-Length: 4\r\n\r\nhalf", "another part of the file")]
    [TestCase("HTTP/1.1 304 Not Modified\r\n\r\n", "the other server answered 304 (NotModified)")]
    [TestCase("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", "the other server answered 101 (SwitchingProtocols)")]
    [TestCase("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n", "407 (ProxyAuthenticationRequired)")]
    [TestCase("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "it redirects to nowhere")]
    [TestCase("HTTP/1.1 302 Found\r\nLocation: http://[/\r\nContent-Length: 0\r\n\r\n", "it redirects to ")]
    public async Task FetchAsync_AnOddAnswer_IsToldAndLeavesNothing(string answer, string expected)
    {
        await using var server = ARawServer.Saying(answer);
        using var fetcher = AFetcher.OfThisMachine();

        Refused(fetcher, server.Root, expected);
    }

    [TestCase("../../../etc/cron.d/evil", "evil")]
    [TestCase("..\\\\..\\\\evil.exe", "evil.exe")]
    [TestCase("/etc/passwd", "passwd")]
    [TestCase("C:\\\\boot.ini", "boot.ini")]
    [TestCase("con", "_con")]
    [TestCase("NUL.tif", "_NUL.tif")]
    [TestCase("a\u0001\u001b[2J.tif", "a___2J.tif")]
    public async Task FetchAsync_ANameThatLeadsElsewhere_StaysInItsFolder(string name, string expected)
    {
        await using var server = ARawServer.Saying($"HTTP/1.1 200 OK\r\nContent-Disposition: attachment; filename=\"{name}\"\r\nContent-Length: 0\r\n\r\n");
        using var fetcher = AFetcher.OfThisMachine();

        var file = await fetcher.FetchAsync(server.Root, _folder, default);

        Assert.That(file.Path, Is.EqualTo(Path.Combine(_folder, expected)));
    }

    [TestCase("10.0.0.1", "10.0.0.1")]
    [TestCase("10.9.0.1", "")]
    [TestCase("::ffff:10.9.0.1", "")]
    [TestCase("8.8.8.8", "8.8.8.8")]
    [TestCase("8.8.4.4", "")]
    public void FetchAsync_UnderAllowedAndDeniedNetworks_ReachesOnlyWhatIsNotDenied(string address, string opened)
    {
        var connections = new Connections();
        var options = new FetchOptions { AllowedNetworks = ["10.0.0.0/8"], DeniedNetworks = ["10.9.0.0/16", "8.8.4.0/24"], AllowedHosts = ["any.example"] };
        using var fetcher = AFetcher.That(options, new Names(_ => [IPAddress.Parse(address)]), connections);

        Assert.That(() => fetcher.FetchAsync(new Uri("http://any.example/"), _folder, default), Throws.InstanceOf<FetchException>());

        Assert.That(string.Concat(connections.Opened), Is.EqualTo(opened));
    }

    [TestCase("allowed.example", "8.8.8.8", "8.8.8.8")]
    [TestCase("other.example", "8.8.8.8", "")]
    [TestCase("other.example", "10.0.0.1", "10.0.0.1")]
    public void FetchAsync_WithoutPublicAddresses_ReachesOnlyWhatIsNamed(string host, string address, string opened)
    {
        var connections = new Connections();
        var options = new FetchOptions { AllowPublic = false, AllowedNetworks = ["10.0.0.0/8"], AllowedHosts = ["allowed.example"] };
        using var fetcher = AFetcher.That(options, new Names(_ => [IPAddress.Parse(address)]), connections);

        Assert.That(() => fetcher.FetchAsync(new Uri($"http://{host}/"), _folder, default), Throws.InstanceOf<FetchException>());

        Assert.That(string.Concat(connections.Opened), Is.EqualTo(opened));
    }

    private static Names Rebinding(params string[] answers)
    {
        var next = new Queue<string>(answers);
        return new(_ => [IPAddress.Parse(next.Count > 1 ? next.Dequeue() : next.Peek())]);
    }

    private void Refused(GuardedFetcher fetcher, Uri link, string reason)
    {
        var exception = Assert.ThrowsAsync<FetchException>(() => fetcher.FetchAsync(link, _folder, default))!;
        Assert.That(exception.Message, Does.Contain(reason));
        Assert.That(Directory.GetFiles(_folder), Is.Empty, "a failed transfer leaves no file");
    }
}
