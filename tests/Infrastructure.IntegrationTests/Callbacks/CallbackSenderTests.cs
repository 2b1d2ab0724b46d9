using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Callbacks;
using OgcProcesses.Infrastructure.Callbacks;
using OgcProcesses.Infrastructure.Fetching;
using OgcProcesses.Infrastructure.IntegrationTests.Fetching;

namespace OgcProcesses.Infrastructure.IntegrationTests.Callbacks;

internal sealed class CallbackSenderTests
{
    private const string Key = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string OldKey = "b2xkLW9sZC1vbGQtb2xkLW9sZC1vbGQtb2xkLW9sZA==";

    private static readonly Guid EventId = Guid.NewGuid();

    [TestCase(1)]
    [TestCase(3_000_000)]
    public async Task PostAsync_ABody_ArrivesWholeWithItsLengthAndSignatures(int length)
    {
        var body = RandomNumberGenerator.GetBytes(length);
        var received = new TaskCompletionSource<(IHeaderDictionary Headers, byte[] Body)>();
        await using var subscriber = await AServer.ThatAsync(async context =>
        {
            using var copy = new MemoryStream();
            await context.Request.Body.CopyToAsync(copy);
            received.SetResult((new HeaderDictionary(context.Request.Headers.ToDictionary()), copy.ToArray()));
            context.Response.StatusCode = 202;
        });
        using var sender = Sender([$"whsec_{Key}", OldKey]);

        var answer = await sender.PostAsync(Message(subscriber.Root, body), default);

        var (headers, arrived) = await received.Task;
        Assert.That(answer, Is.EqualTo(new CallbackAnswer(202, null)));
        Assert.That(arrived, Is.EqualTo(body));
        Assert.Multiple(() =>
        {
            Assert.That(headers.ContentLength, Is.EqualTo(length));
            Assert.That(headers.ContentType.ToString(), Is.EqualTo("application/json"));
            Assert.That(headers["webhook-id"].ToString(), Is.EqualTo(EventId.ToString()));
            Assert.That(headers.Link.ToString(), Is.EqualTo("<https://ogc.example/jobs/1>; rel=\"monitor\""));
            Assert.That(DateTimeOffset.FromUnixTimeSeconds(long.Parse(headers["webhook-timestamp"]!)), Is.EqualTo(DateTimeOffset.UtcNow).Within(1).Minutes);
            Assert.That(headers["webhook-signature"].ToString(), Is.EqualTo($"{Signature(Key)} {Signature(OldKey)}"));
        });

        string Signature(string key)
        {
            byte[] signed = [.. Encoding.ASCII.GetBytes($"{EventId}.{headers["webhook-timestamp"]}."), .. body];
            return $"v1,{Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(key), signed))}";
        }
    }

    [Test]
    public async Task PostAsync_WithoutAKey_SignsNothing()
    {
        var isSigned = true;
        await using var subscriber = await AServer.ThatAsync(context =>
        {
            isSigned = context.Request.Headers.ContainsKey("webhook-signature");
            return Task.CompletedTask;
        });
        using var sender = Sender([]);

        await sender.PostAsync(Message(subscriber.Root), default);

        Assert.That(isSigned, Is.False);
    }

    [TestCase(200, true, false)]
    [TestCase(204, true, false)]
    [TestCase(302, false, false)]
    [TestCase(404, false, false)]
    [TestCase(410, false, true)]
    [TestCase(500, false, false)]
    public async Task PostAsync_ASubscribersAnswer_IsUnderstood(int status, bool acknowledged, bool forGood)
    {
        await using var elsewhere = await AServer.ThatAsync(_ => Task.CompletedTask);
        await using var subscriber = await AServer.ThatAsync(context =>
        {
            context.Response.StatusCode = status;
            if (status == 302) context.Response.Headers.Location = elsewhere.Root.ToString();
            return Task.CompletedTask;
        });
        using var sender = Sender([]);

        var answer = await sender.PostAsync(Message(subscriber.Root), default);

        Assert.That((answer.StatusCode, answer.Error is null, answer.IsForGood), Is.EqualTo(((int?)status, acknowledged, forGood)));
        Assert.That(elsewhere.Requests, Is.Zero, "redirects are not followed");
    }

    [Test]
    public async Task PostAsync_ABusySubscriber_SaysHowLongItIsToBeLeftAlone()
    {
        await using var subscriber = await AServer.ThatAsync(context =>
        {
            (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (503, "120");
            return Task.CompletedTask;
        });
        using var sender = Sender([]);

        Assert.That((await sender.PostAsync(Message(subscriber.Root), default)).RetryAfter, Is.EqualTo(TimeSpan.FromMinutes(2)));
    }

    [TestCase("http://10.1.2.3/")]
    [TestCase("http://name.example/")]
    public async Task PostAsync_ToAPrivateAddress_IsRefusedForGood(string address)
    {
        using var sender = Sender([], names: _ => [IPAddress.Parse("10.1.2.3")]);

        var answer = await sender.PostAsync(Message(new(address)), default);

        Assert.That((answer.StatusCode, answer.IsForGood), Is.EqualTo(((int?)null, true)));
        Assert.That(answer.Error, Does.Contain("10.1.2.3"));
    }

    [Test]
    public async Task PostAsync_WhereNobodyListens_IsAFailureThatMayPass()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var address = new Uri($"http://{probe.LocalEndpoint}/");
        probe.Stop();
        using var sender = Sender([]);

        var answer = await sender.PostAsync(Message(address), default);

        Assert.That((answer.Error is null, answer.IsForGood), Is.EqualTo((false, false)));
    }

    [Test]
    public void PostAsync_ABodyThatCanNotBeMade_ThrowsWhy()
    {
        using var sender = Sender([]);
        var message = new CallbackMessage(EventId, new("http://127.0.0.1:1/"), new("https://ogc.example/jobs/1"), (_, _) => throw new InvalidDataException("why"));

        Assert.ThrowsAsync<InvalidDataException>(() => sender.PostAsync(message, default));
    }

    private static CallbackMessage Message(Uri address, byte[]? body = null) =>
        new(EventId, address, new("https://ogc.example/jobs/1"), (stream, token) => stream.WriteAsync(body ?? "{}"u8.ToArray(), token).AsTask());

    private static CallbackSender Sender(string[] keys, Func<string, IPAddress[]>? names = null) => new(
        AFetcher.Guard(new FetchOptions { AllowedNetworks = ["127.0.0.0/8"] }, names), Options.Create(new CallbackOptions { SigningKeys = keys }), TimeProvider.System);
}
