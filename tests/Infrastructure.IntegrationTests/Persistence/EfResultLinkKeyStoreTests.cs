using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Access.Links;
using OgcProcesses.Infrastructure.Persistence;

namespace OgcProcesses.Infrastructure.IntegrationTests.Persistence;

internal sealed class EfResultLinkKeyStoreTests(DatabaseProvider provider) : StoreTests(provider)
{
    [Test]
    public async Task Sign_FirstByManyNodesAtOnce_MakesOneKeyForAll()
    {
        var nodes = Enumerable.Range(0, 8).Select(_ => Server.Another()).ToList();
        try
        {
            var signatures = await Task.WhenAll(nodes.Select(node => SignAsync(LinksOf(node))));

            foreach (var (node, signature) in nodes.Zip(signatures.Reverse()))
                Assert.That(await LinksOf(node).CheckAsync("/a", signature, None), Is.EqualTo(SignatureState.Valid));
            Assert.That(await CountAsync(), Is.EqualTo(1));
        }
        finally
        {
            foreach (var node in nodes) await node.DisposeAsync();
        }
    }

    [Test]
    public async Task Rotate_OnOneNode_WithdrawsTheLinksOfAll_AndForgetsTheirKey()
    {
        await using var another = Server.Another();
        var old = await SignAsync(LinksOf(another));
        var rotated = await Task.WhenAll(Enumerable.Range(0, 4).Select(number => LinksOf(number % 2 == 0 ? Server : another).RotateAsync(None)));

        Assert.That(rotated.Select(key => key.Number), Is.EquivalentTo((int[])[2, 3, 4, 5]));
        Assert.That(await LinksOf(another).CheckAsync("/a", old, None), Is.EqualTo(SignatureState.Wrong));
        Assert.That(await CountAsync(), Is.EqualTo(1));
        Assert.That((await Server.ResultLinkKeys.FindAsync(None))!.Number, Is.EqualTo(5), "and no number comes twice");
    }

    private static ResultLinks LinksOf(TestServer server) => new(server.ResultLinkKeys, Options.Create(new ResultLinkOptions()), TimeProvider.System);

    private static async Task<string> SignAsync(ResultLinks links) => (await links.FindSignerAsync(None))!("/a")["?signature=".Length..];

    private async Task<int> CountAsync()
    {
        await using var context = Server.Context();
        return await context.ResultLinkKeys.CountAsync(None);
    }
}
