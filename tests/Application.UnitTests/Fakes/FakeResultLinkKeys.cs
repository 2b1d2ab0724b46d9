using OgcProcesses.Application.Access.Links;
using OgcProcesses.Domain.Access;

namespace OgcProcesses.Application.UnitTests.Fakes;

/// <summary>The key of result links in memory.</summary>
internal sealed class FakeResultLinkKeys : IResultLinkKeyStore
{
    private ResultLinkKey? _key;

    /// <summary>How often it was asked for the key.</summary>
    public int Looks { get; private set; }

    /// <summary>Comes between a look for the key and its replacement.</summary>
    public Action BeforeReplace { get; set; } = () => { };

    public Task<ResultLinkKey?> FindAsync(CancellationToken cancellationToken)
    {
        Looks++;
        return Task.FromResult(_key);
    }

    public Task<bool> TryReplaceAsync(ResultLinkKey next, ResultLinkKey? old, CancellationToken cancellationToken)
    {
        BeforeReplace();
        if (_key?.Number != old?.Number) return Task.FromResult(false);
        _key = next;
        return Task.FromResult(true);
    }
}
