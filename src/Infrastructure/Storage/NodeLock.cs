using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Infrastructure.Storage;

/// <summary>Keeps a second server from working under the same name: each would take the other's jobs for its own, left from before a restart.</summary>
/// <remarks>The system ends the lock with the process, however that ends.</remarks>
internal sealed class NodeLock(ThisNode node, IOptions<DataOptions> data) : IDisposable
{
    private FileStream? _file;

    /// <summary>Takes the lock for the life of this process.</summary>
    /// <exception cref="OptionsValidationException">Another server has it.</exception>
    public void Take()
    {
        var name = string.Concat(node.Id.Select(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '.' ? character : '_'));
        var path = data.Value.Of($"node-{name}.lock");
        try
        {
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new OptionsValidationException(DataOptions.Section, typeof(DataOptions),
                [$"Another server runs as node '{node.Id}' on Data:Directory '{data.Value.Root}'; give this one a folder, or a Runner:NodeId, of its own."]);
        }
    }

    public void Dispose() => _file?.Dispose();
}
