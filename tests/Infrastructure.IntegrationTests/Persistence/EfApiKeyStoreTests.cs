using OgcProcesses.Application.Access.Keys;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Processes;
using OgcProcesses.Infrastructure.Persistence;
using static OgcProcesses.Infrastructure.IntegrationTests.Persistence.Build;

namespace OgcProcesses.Infrastructure.IntegrationTests.Persistence;

internal sealed class EfApiKeyStoreTests(DatabaseProvider provider) : StoreTests(provider)
{
    private IApiKeyStore Keys => Server.ApiKeys;

    [Test]
    public async Task Add_IsFoundByAnotherNode_WithAllThatItSays()
    {
        var key = AKey("01", [AProcess().Id]);
        await Keys.AddAsync(key, None);

        await using var another = Server.Another();
        var found = (await another.ApiKeys.FindAsync("01", None))!;

        Assert.That(
            (found.Name, found.Owner, found.Role, found.Digest, found.Created, found.Expires, found.Revoked, found.LastUsed),
            Is.EqualTo((key.Name, key.Owner, key.Role, key.Digest, Noon, Noon.AddDays(1), (DateTimeOffset?)null, (DateTimeOffset?)null)));
        Assert.That((found.Groups, found.Processes), Is.EqualTo((key.Groups, key.Processes)).AsCollection);
        Assert.That(await Keys.FindAsync("02", None), Is.Null);
    }

    [Test]
    public async Task Add_WithoutLimit_IsFoundWithout()
    {
        await Keys.AddAsync(AKey("01", null), None);
        Assert.That((await Keys.FindAsync("01", None))!.Processes, Is.Null);
    }

    [Test]
    public async Task Revoke_Twice_KeepsTheFirstTime()
    {
        await Keys.AddAsync(AKey("01", null), None);

        Assert.That(await Keys.RevokeAsync("01", Noon.AddHours(1), None), Is.True);
        Assert.That(await Keys.RevokeAsync("01", Noon.AddHours(2), None), Is.True);
        Assert.That(await Keys.RevokeAsync("02", Noon, None), Is.False);
        Assert.That((await Keys.FindAsync("01", None))!.Revoked, Is.EqualTo(Noon.AddHours(1)));
    }

    [Test]
    public async Task NoteUse_IsKept()
    {
        await Keys.AddAsync(AKey("01", null), None);
        await Keys.NoteUseAsync("01", Noon.AddHours(3), None);
        Assert.That((await Keys.FindAsync("01", None))!.LastUsed, Is.EqualTo(Noon.AddHours(3)));
    }

    [Test]
    public async Task List_InPages_GoesThereAndBack_NewestFirst()
    {
        foreach (var id in (string[])["01", "02", "03", "0a", "0b"]) await Keys.AddAsync(AKey(id, null), None);

        var first = await Keys.ListAsync(null, 2, None);
        var second = await Keys.ListAsync(first.Next, 2, None);
        var third = await Keys.ListAsync(second.Next, 2, None);
        var back = await Keys.ListAsync(third.Previous, 2, None);

        Assert.That(new[] { first, second, third, back }.Select(page => string.Join(' ', page.Items.Select(key => key.Id))), Is.EqualTo((string[])["0b 0a", "03 02", "01", "03 02"]));
        Assert.That(third.Next, Is.Null);
    }

    private static ApiKey AKey(string id, IReadOnlyList<ProcessId>? processes) =>
        ApiKey.Make(id, new('a', 64), "of the tests", "anna", Role.Deployer, ["ice", "sea"], processes, Noon, Noon.AddDays(1));
}
