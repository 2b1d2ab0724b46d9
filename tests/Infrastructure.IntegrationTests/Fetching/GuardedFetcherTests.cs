using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Infrastructure.Fetching;

namespace OgcProcesses.Infrastructure.IntegrationTests.Fetching;

public class GuardedFetcherTests
{
    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("fetch").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task FetchAsync_AFile_ArrivesWithItsTypeLengthAndChecksum()
    {
        var bytes = RandomNumberGenerator.GetBytes(300_000);
        await using var server = await AServer.ThatAsync(context =>
        {
            context.Response.ContentType = "image/tiff; application=geotiff";
            return context.Response.Body.WriteAsync(bytes).AsTask();
        });
        using var fetcher = AFetcher.OfThisMachine();

        var file = await fetcher.FetchAsync(new Uri(server.Root, "/data/scene.tif?signature=secret"), _folder, default);

        Assert.Multiple(() =>
        {
            Assert.That(File.ReadAllBytes(file.Path), Is.EqualTo(bytes));
            Assert.That(file.Path, Is.EqualTo(Path.Combine(_folder, "scene.tif")));
            Assert.That(file.MediaType, Is.EqualTo("image/tiff"));
            Assert.That(file.Length, Is.EqualTo(bytes.Length));
            Assert.That(file.Sha256, Is.EqualTo(Convert.ToHexStringLower(SHA256.HashData(bytes))));
        });
    }

    [Test]
    public async Task FetchAsync_TwoFilesOfOneName_LieBesideEachOther()
    {
        await using var server = await AServer.ThatAsync(context => context.Response.WriteAsync(context.Request.Path));
        using var fetcher = AFetcher.OfThisMachine();

        await fetcher.FetchAsync(new Uri(server.Root, "/a/dem.tif"), _folder, default);
        var second = await fetcher.FetchAsync(new Uri(server.Root, "/b/dem.tif"), _folder, default);

        Assert.That(Path.GetFileName(second.Path), Is.EqualTo("dem-2.tif"));
        Assert.That(File.ReadAllText(second.Path), Is.EqualTo("/b/dem.tif"));
    }

    [Test]
    public async Task FetchAsync_ACompressedBody_IsKeptAsSent()
    {
        await using var server = await AServer.ThatAsync(context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            return context.Response.WriteAsync("not even gzip");
        });
        using var fetcher = AFetcher.OfThisMachine();

        var file = await fetcher.FetchAsync(server.Root, _folder, default);

        Assert.That(File.ReadAllText(file.Path), Is.EqualTo("not even gzip"));
    }

    [Test]
    public async Task FetchAsync_AnyRequest_CarriesNothingOfThisServersOwn()
    {
        string[] sent = [];
        await using var server = await AServer.ThatAsync(context =>
        {
            sent = [.. context.Request.Headers.Keys];
            context.Response.Headers.SetCookie = "a=b";
            return Task.CompletedTask;
        });
        using var fetcher = AFetcher.OfThisMachine();

        await fetcher.FetchAsync(server.Root, _folder, default);
        await fetcher.FetchAsync(server.Root, _folder, default);

        Assert.That(sent, Is.EquivalentTo(new[] { "Host", "User-Agent", "Accept", "Accept-Encoding" }));
    }

    [TestCase("ftp://8.8.8.8/a", "the scheme 'ftp' is not http or https")]
    [TestCase("file:///etc/passwd", "the scheme 'file' is not http or https")]
    [TestCase("gopher://8.8.8.8/", "the scheme 'gopher' is not http or https")]
    [TestCase("http://user@8.8.8.8/", "the link carries a user name or password")]
    [TestCase("http://user:secret@8.8.8.8/", "the link carries a user name or password")]
    [TestCase("http://10.0.0.1/", "the address 10.0.0.1 is private; the operator can allow it with Fetch:AllowedNetworks")]
    [TestCase("http://169.254.169.254/latest", "the address 169.254.169.254 is link-local; the operator can allow it with Fetch:AllowedNetworks")]
    public void Refuse_ALinkThatIsNeverFetched_SaysWhy(string link, string expected)
    {
        using var fetcher = AFetcher.That(new FetchOptions());
        Assert.That(fetcher.Refuse(new Uri(link)), Is.EqualTo(expected));
    }

    [TestCase("http://2130706433/")]
    [TestCase("http://0x7f000001/")]
    [TestCase("http://0x7f.1/")]
    [TestCase("http://0177.0.0.1/")]
    [TestCase("http://127.1/")]
    [TestCase("http://127.0.0.1./")]
    [TestCase("http://[::ffff:127.0.0.1]/")]
    [TestCase("http://[::1]/")]
    [TestCase("http://[64:ff9b::7f00:1]/")]
    [TestCase("http://localhost/")]
    [TestCase("http://a.localhost./")]
    public void Refuse_ASpellingOfThisMachine_IsRecognised(string link)
    {
        using var fetcher = AFetcher.That(new FetchOptions());
        Assert.That(fetcher.Refuse(new Uri(link)), Does.Contain("is loopback"));
    }

    [Test]
    public void Refuse_AName_IsLeftToTheResolver()
    {
        using var fetcher = AFetcher.That(new FetchOptions());
        Assert.That(fetcher.Refuse(new Uri("https://example.org/a")), Is.Null);
    }

    [Test]
    public async Task FetchAsync_ARefusedAddress_SendsNothing()
    {
        await using var server = await AServer.ThatAsync(_ => Task.CompletedTask);
        using var fetcher = AFetcher.That(new FetchOptions());

        await RefusedAsync(fetcher, server.Root, "the address 127.0.0.1 is loopback");

        Assert.That(server.Requests, Is.Zero);
    }

    [Test]
    public async Task FetchAsync_ANameOfAPrivateAddress_IsRefusedBeforeAnythingLeaves()
    {
        await using var server = await AServer.ThatAsync(_ => Task.CompletedTask);
        using var fetcher = AFetcher.That(new FetchOptions(), _ => [IPAddress.Parse("8.8.8.8"), IPAddress.Loopback]);

        await RefusedAsync(fetcher, Named("evil.example", server), "the address 127.0.0.1 is loopback");

        Assert.That(server.Requests, Is.Zero);
    }

    [Test]
    public async Task FetchAsync_ANameThatIsRebound_GoesToTheAddressThatWasChecked()
    {
        await using var server = await AServer.ThatAsync(context => context.Response.WriteAsync("checked"));
        var answers = new Queue<string>(["127.0.0.1", "10.0.0.1"]);
        using var fetcher = AFetcher.That(
            new FetchOptions { AllowedNetworks = ["127.0.0.0/8"] }, _ => [IPAddress.Parse(answers.Dequeue())]);

        var file = await fetcher.FetchAsync(Named("rebinding.example", server), _folder, default);

        Assert.That(File.ReadAllText(file.Path), Is.EqualTo("checked"));
        Assert.That(answers, Has.Count.EqualTo(1), "the name was resolved once");
    }

    [Test]
    public async Task FetchAsync_AnAllowedHost_MayBeAnywhere()
    {
        await using var server = await AServer.ThatAsync(context => context.Response.WriteAsync("in house"));
        using var fetcher = AFetcher.That(new FetchOptions { AllowedHosts = ["Data.Institute.local"] }, _ => [IPAddress.Loopback]);

        var file = await fetcher.FetchAsync(Named("data.institute.local", server), _folder, default);

        Assert.That(File.ReadAllText(file.Path), Is.EqualTo("in house"));
    }

    [Test]
    public async Task FetchAsync_AHostBesideAnAllowedOne_IsRefused()
    {
        await using var server = await AServer.ThatAsync(_ => Task.CompletedTask);
        using var fetcher = AFetcher.That(new FetchOptions { AllowedHosts = ["data.institute.local"] }, _ => [IPAddress.Loopback]);

        await RefusedAsync(fetcher, Named("x.data.institute.local", server), "the address 127.0.0.1 is loopback");
    }

    [Test]
    public async Task FetchAsync_ARedirect_IsFollowed()
    {
        await using var server = await AServer.ThatAsync(context =>
        {
            if (context.Request.Path == "/end") return context.Response.WriteAsync("arrived");
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = "end";
            return Task.CompletedTask;
        });
        using var fetcher = AFetcher.OfThisMachine();

        var file = await fetcher.FetchAsync(new Uri(server.Root, "/start.txt"), _folder, default);

        Assert.That(File.ReadAllText(file.Path), Is.EqualTo("arrived"));
        Assert.That(Path.GetFileName(file.Path), Is.EqualTo("start.txt"));
    }

    [TestCase("http://10.0.0.1/x?token=t", "it redirects to 'http://10.0.0.1/x': the address 10.0.0.1 is private")]
    [TestCase("http://[::ffff:10.0.0.1]/", "is private")]
    [TestCase("http://169.254.169.254/", "is link-local")]
    [TestCase("http://inside.example/", "it redirects to 'http://inside.example/': the address 192.168.0.7 is private")]
    [TestCase("http://u:p@8.8.8.8/", "the link carries a user name or password")]
    [TestCase("file:///etc/passwd", "the scheme 'file' is not http or https")]
    public async Task FetchAsync_ARedirectToARefusedPlace_IsRefused(string location, string expected)
    {
        await using var server = await AServer.ThatAsync(context =>
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = location;
            return Task.CompletedTask;
        });
        using var fetcher = AFetcher.That(
            new FetchOptions { AllowedNetworks = ["127.0.0.0/8"] }, _ => [IPAddress.Parse("192.168.0.7")]);

        await RefusedAsync(fetcher, server.Root, expected);
    }

    [Test]
    public async Task FetchAsync_ARedirectFromHttpsToHttp_IsRefused()
    {
        using var fetcher = AFetcher.Answered(new Redirecting("http://8.8.8.8/b?sig=1"));
        await RefusedAsync(fetcher, new Uri("https://8.8.8.8/a"), "it redirects from https to http ('http://8.8.8.8/b')");
    }

    [Test]
    public async Task FetchAsync_EndlessRedirects_EndAfterFive()
    {
        await using var server = await AServer.ThatAsync(context =>
        {
            context.Response.Redirect("/again");
            return Task.CompletedTask;
        });
        using var fetcher = AFetcher.OfThisMachine();

        await RefusedAsync(fetcher, server.Root, "it redirects more than 5 times");

        Assert.That(server.Requests, Is.EqualTo(6));
    }

    [TestCase(404, "the other server answered 404 (NotFound)")]
    [TestCase(500, "the other server answered 500 (InternalServerError)")]
    public async Task FetchAsync_AnAnswerThatIsNoSuccess_TellsItsStatus(int status, string expected)
    {
        await using var server = await AServer.ThatAsync(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        using var fetcher = AFetcher.OfThisMachine();

        await RefusedAsync(fetcher, server.Root, expected);
    }

    [Test]
    public async Task FetchAsync_AnAnnouncedSizeBeyondTheLimit_IsRefusedAtOnce()
    {
        await using var server = await AServer.ThatAsync(context =>
        {
            context.Response.ContentLength = 2000;
            return context.Response.WriteAsync(new string('x', 2000));
        });
        using var fetcher = AFetcher.OfThisMachine(maxSize: 1000);

        await RefusedAsync(fetcher, server.Root, "it has 2000 bytes; at most 1000 bytes are accepted (Fetch:MaxSize)");
    }

    [Test]
    public async Task FetchAsync_AnEndlessBody_StopsAtTheLimit()
    {
        await using var server = await AServer.ThatAsync(async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested) await context.Response.WriteAsync(new string('x', 4096));
        });
        using var fetcher = AFetcher.OfThisMachine(maxSize: 100_000);

        await RefusedAsync(fetcher, server.Root, "it has more; at most 100000 bytes are accepted (Fetch:MaxSize)");
    }

    [Test]
    public async Task FetchAsync_ABodyThatStops_EndsByTheIdleTimeout()
    {
        await using var server = await AServer.ThatAsync(async context =>
        {
            await context.Response.WriteAsync("half");
            await context.Response.Body.FlushAsync();
            await UntilAbortedAsync(context);
        });
        using var fetcher = AFetcher.OfThisMachine(idleSeconds: 0.2);

        await RefusedAsync(fetcher, server.Root, "nothing arrived for 0.2 s");
    }

    [Test]
    public async Task FetchAsync_ANameServerThatIsSilent_EndsByTheConnectTimeout()
    {
        using var fetcher = AFetcher.That(new FetchOptions { ConnectTimeout = TimeSpan.FromSeconds(0.2) }, new SilentResolver());
        await RefusedAsync(fetcher, new Uri("http://slow.example/"), "the connection took longer than 0.2 s");
    }

    [Test]
    public async Task FetchAsync_ANameThatIsUnknown_IsTold()
    {
        using var fetcher = AFetcher.That(new FetchOptions(), _ => throw new SocketException((int)SocketError.HostNotFound));
        await RefusedAsync(fetcher, new Uri("http://unknown.example/"), "the host's name could not be resolved");
    }

    [Test]
    public async Task FetchAsync_ABodyThatTrickles_EndsByTheTimeoutOfTheWhole()
    {
        await using var server = await AServer.ThatAsync(async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.WriteAsync("x");
                await context.Response.Body.FlushAsync();
                await Task.Delay(10);
            }
        });
        using var fetcher = AFetcher.OfThisMachine(timeoutSeconds: 0.3);

        await RefusedAsync(fetcher, server.Root, "the transfer took longer than 0.3 s");
    }

    [Test]
    public async Task FetchAsync_ACallerWhoGivesUp_IsNotToldOfAFailure()
    {
        using var caller = new CancellationTokenSource();
        await using var server = await AServer.ThatAsync(async context =>
        {
            await context.Response.WriteAsync("half");
            await context.Response.Body.FlushAsync();
            await caller.CancelAsync();
            await UntilAbortedAsync(context);
        });
        using var fetcher = AFetcher.OfThisMachine();

        Assert.That(() => fetcher.FetchAsync(server.Root, _folder, caller.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(Directory.GetFiles(_folder), Is.Empty);
    }

    [TestCase("Content-Length: 10\r\n\r\nonly", "4 of 10 promised bytes arrived")]
    [TestCase("Transfer-Encoding: chunked\r\n\r\n4\r\nonly\r\n", "the connection ended early, after 4 bytes")]
    public async Task FetchAsync_FewerBytesThanPromised_IsTold(string answer, string expected)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answered = Task.Run(async () =>
        {
            using var connection = await listener.AcceptTcpClientAsync();
            var stream = connection.GetStream();
            // To the end, or closing would reset the connection instead of ending it.
            using var request = new StreamReader(stream, leaveOpen: true);
            while (await request.ReadLineAsync() is { Length: > 0 });
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\n{answer}"));
        });
        using (var fetcher = AFetcher.OfThisMachine())
            await RefusedAsync(fetcher, new Uri($"http://{listener.LocalEndpoint}/"), expected);
        await answered;
    }

    [Test]
    public async Task FetchAsync_NobodyListening_IsTold()
    {
        Uri gone;
        await using (var server = await AServer.ThatAsync(_ => Task.CompletedTask)) gone = server.Root;
        using var fetcher = AFetcher.OfThisMachine();

        await RefusedAsync(fetcher, gone, "no connection could be made");
    }

    [TestCase("urn:ogc:def:crs")]
    [TestCase("mailto:someone@example.org")]
    [TestCase("data:text/plain,abc")]
    [TestCase("file:///etc/passwd")]
    [TestCase("javascript:alert(1)")]
    [TestCase("unix:/run/docker.sock")]
    public async Task FetchAsync_AnythingButHttp_IsRefused(string link)
    {
        using var fetcher = AFetcher.That(new FetchOptions());
        await RefusedAsync(fetcher, new Uri(link), "is not http or https");
    }

    [Test]
    public void FetchException_OfASignedLink_KeepsTheSecret()
    {
        using var fetcher = AFetcher.That(new FetchOptions());
        var link = new Uri("http://user:hidden@10.0.0.1/a.tif?X-Amz-Signature=hidden#hidden");

        var exception = Assert.ThrowsAsync<FetchException>(() => fetcher.FetchAsync(link, _folder, default))!;

        Assert.That(exception.ToString(), Does.Contain("http://10.0.0.1/a.tif").And.Not.Contain("hidden"));
    }

    [TestCase("10.0.0.0/33")]
    [TestCase("ten")]
    public void Options_WithANetworkThatIsNone_NameIt(string network)
    {
        var options = OptionsFrom(("Fetch:AllowedNetworks:0", "10.0.0.0/8"), ("Fetch:AllowedNetworks:1", network));
        Assert.That(() => options.Value, Throws.InstanceOf<OptionsValidationException>().With.Message.Contains($"'{network}'"));
    }

    [Test]
    public void Options_FromConfiguration_AreBound()
    {
        var options = OptionsFrom(("Fetch:AllowedNetworks:0", "10.0.0.0/8"), ("Fetch:IdleTimeout", "00:00:05"), ("Fetch:MaxSize", "5"));
        Assert.That(options.Value, Has.Property("AllowedNetworks").EqualTo(new[] { "10.0.0.0/8" })
            .And.Property("IdleTimeout").EqualTo(TimeSpan.FromSeconds(5)).And.Property("MaxSize").EqualTo(5));
    }

    private static IOptions<FetchOptions> OptionsFrom(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();
        return new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging().AddGuardedFetcher()
            .BuildServiceProvider().GetRequiredService<IOptions<FetchOptions>>();
    }

    private Task RefusedAsync(GuardedFetcher fetcher, Uri link, string reason)
    {
        var exception = Assert.ThrowsAsync<FetchException>(() => fetcher.FetchAsync(link, _folder, default))!;
        Assert.That(exception.Message, Does.Contain(reason));
        Assert.That(Directory.GetFiles(_folder), Is.Empty, "a failed transfer leaves no file");
        return Task.CompletedTask;
    }

    private static Uri Named(string host, AServer server) => new UriBuilder(server.Root) { Host = host }.Uri;

    private static async Task UntilAbortedAsync(HttpContext context)
    {
        var aborted = new TaskCompletionSource();
        await using var registration = context.RequestAborted.Register(aborted.SetResult);
        await aborted.Task;
    }

    private sealed class SilentResolver : IHostResolver
    {
        public async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return [];
        }
    }

    private sealed class Redirecting(string location) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.Found)
            {
                Headers = { Location = new Uri(location) },
                Content = new ByteArrayContent(Encoding.UTF8.GetBytes("moved")),
            });
    }
}
