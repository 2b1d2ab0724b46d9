using OgcProcesses.Domain.Access;
using OgcProcesses.Infrastructure.Persistence;

namespace OgcProcesses.Infrastructure.IntegrationTests.Persistence;

internal sealed class EfProtectionKeyStoreTests(DatabaseProvider provider) : StoreTests(provider)
{
    [Test]
    public async Task TryAdd_TheSameNumberByManyNodesAtOnce_KeepsOneForAll()
    {
        var nodes = Enumerable.Range(0, 8).Select(_ => Server.Another()).ToList();
        try
        {
            var added = await Task.WhenAll(nodes.Select((node, number) => node.ProtectionKeys.TryAddAsync(new(1, $"<key id=\"{number}\" />"), None)));

            Assert.That(added.Count(one => one), Is.EqualTo(1));
            Assert.That(await Server.ProtectionKeys.ListAsync(None), Is.EqualTo((ProtectionKey[])[new(1, $"<key id=\"{added.IndexOf(true)}\" />")]));
        }
        finally
        {
            foreach (var node in nodes) await node.DisposeAsync();
        }
    }

    [Test]
    public async Task List_SeveralKeys_GivesAllByNumber()
    {
        ProtectionKey[] keys = [new(1, "<key />"), new(2, new string('ü', 10_000))];
        foreach (var key in keys) Assert.That(await Server.ProtectionKeys.TryAddAsync(key, None), Is.True);

        Assert.That(await Server.ProtectionKeys.ListAsync(None), Is.EqualTo(keys));
    }
}
