using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Infrastructure.Storage;

namespace OgcProcesses.Infrastructure.IntegrationTests.Storage;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class NodeLockTests : IDisposable
{
    private readonly TempData _data = new();

    public void Dispose() => _data.Dispose();

    [Test]
    public void Take_UnderANameThatIsTaken_SaysWhatToChange()
    {
        PrivateFolder.Create(_data.Options.Value.Root);
        using var first = new NodeLock(new ThisNode("a/b"), _data.Options);
        first.Take();
        using var second = new NodeLock(new ThisNode("a/b"), _data.Options);
        Assert.That(second.Take, Throws.TypeOf<OptionsValidationException>().With.Message.Contains("Runner:NodeId"));
    }

    [Test]
    public void Take_AfterTheOtherHasEnded_IsGranted()
    {
        PrivateFolder.Create(_data.Options.Value.Root);
        using (var first = new NodeLock(new ThisNode("a"), _data.Options)) first.Take();
        using var second = new NodeLock(new ThisNode("a"), _data.Options);
        Assert.DoesNotThrow(second.Take);
    }
}
