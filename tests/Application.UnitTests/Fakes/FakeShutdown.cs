using OgcProcesses.Application.Common;

namespace OgcProcesses.Application.UnitTests.Fakes;

/// <summary>A server that stops when the test says so.</summary>
internal sealed class FakeShutdown : IShutdown, IDisposable
{
    private readonly CancellationTokenSource _begun = new();

    public CancellationToken Begun => _begun.Token;

    public void Begin() => _begun.Cancel();

    public void Dispose() => _begun.Dispose();
}
