using NetArchTest.Rules;

namespace OgcProcesses.Architecture.Tests;

/// <summary>Every connection that leaves for a client's sake goes through one guard.</summary>
internal sealed class OutgoingTests
{
    /// <summary>What opens connections or asks name servers.</summary>
    private static readonly string[] WaysOut =
    [
        "System.Net.Sockets.Socket", "System.Net.Sockets.TcpClient", "System.Net.Sockets.UdpClient", "System.Net.Sockets.NetworkStream",
        "System.Net.Http.SocketsHttpHandler", "System.Net.Http.HttpClientHandler", "System.Net.Http.HttpMessageInvoker", "System.Net.Http.HttpClient",
        "System.Net.Http.IHttpClientFactory", "System.Net.WebSockets.ClientWebSocket", "System.Net.Quic.QuicConnection",
        "System.Net.WebClient", "System.Net.WebRequest", "System.Net.HttpWebRequest", "System.Net.FtpWebRequest", "System.Net.Dns", "System.Net.Mail.SmtpClient",
        // They follow references and entities by themselves when they are let.
        "NJsonSchema.JsonReferenceResolver", "System.Xml.XmlUrlResolver",
        "Amazon.S3.AmazonS3Client",
    ];

    /// <summary>Only these open connections: the guard's own, and those to the engine, to the bucket of outputs and to the issuer of tokens, whose addresses the operator gives.</summary>
    private static readonly string[] Openers = ["SystemHostResolver", "TcpConnector", "NetworkGuard", "EngineConnection", "S3Client", "IssuerConnection"];

    /// <summary>These send over what the guard opens.</summary>
    private static readonly string[] Senders = ["GuardedFetcher", "CallbackSender"];

    [Test]
    public void Connections_AreOpenedByTheGuardAlone() => Assert.That(UsersOf(WaysOut), Is.SubsetOf(Openers.Concat(Senders)));

    [Test]
    public void Senders_OpenNothingThemselves() =>
        Assert.That(UsersOf([.. WaysOut.Where(way => way != "System.Net.Http.HttpMessageInvoker" && way != "System.Net.Http.HttpClient")]), Is.SubsetOf(Openers));

    [Test]
    public void Senders_AreFound() => Assert.That(UsersOf(["System.Net.Http.HttpClient"]), Is.SupersetOf(Senders), "or the rules above would find nothing");

    private static List<string> UsersOf(string[] ways) =>
    [
        .. Types.InAssemblies([Layers.Domain, Layers.Application, Layers.Infrastructure, Layers.WebApi])
            .That().HaveDependencyOnAny(ways).GetTypes().Select(type => Layers.Written(type).Name).Distinct(),
    ];
}
