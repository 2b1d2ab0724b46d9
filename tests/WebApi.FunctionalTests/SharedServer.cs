using OgcProcesses.WebApi.FunctionalTests.Conformance;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>One server for all tests that need no settings of their own; a container or two at a time is what two cores bear.</summary>
[SetUpFixture]
internal sealed class SharedServer
{
    public static Server Instance { get; private set; } = null!;

    [OneTimeSetUp]
    public void Start() => Instance = new Server();

    [OneTimeTearDown]
    public void Stop()
    {
        Instance.Dispose();
        OfficialSchemas.End();
    }
}

/// <summary>Gives tests the shared server by a short name.</summary>
internal abstract class ServerTests
{
    protected static Server Server => SharedServer.Instance;
}
