using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using OgcProcesses.Application.Access.Sessions;

namespace OgcProcesses.WebApi.Security.Sessions;

/// <summary>Keeps the framework's keys in the database, where all nodes find them, and not in somebody's home.</summary>
/// <remarks>
/// A key has the number after those that were read before it was made. Of two nodes that make one at once the second keeps none:
/// the framework reads again after it has made a key, and so finds the first's.
/// </remarks>
internal sealed class ProtectionKeys(IProtectionKeyStore keys) : IXmlRepository
{
    private volatile int _read;

    // The framework asks without waiting, seldom, and keeps what it is told.
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        var all = keys.ListAsync(CancellationToken.None).GetAwaiter().GetResult();
        _read = all.Count;
        return [.. all.Select(key => XElement.Parse(key.Content))];
    }

    public void StoreElement(XElement element, string friendlyName) =>
        keys.TryAddAsync(new(_read + 1, element.ToString(SaveOptions.DisableFormatting)), CancellationToken.None).GetAwaiter().GetResult();
}
