using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Processes;
using OgcProcesses.Domain.Processes;
using OgcProcesses.WebApi.Http;

namespace OgcProcesses.WebApi.OpenApi;

/// <summary>A definition as it is sent.</summary>
/// <param name="Content">The document.</param>
/// <param name="ETag">Tells it from any other, quotes included.</param>
public sealed record Definition(byte[] Content, string ETag);

/// <summary>Makes definitions of the API for the processes that its caller sees at the moment, and keeps them while that is so.</summary>
/// <remarks>
/// What is deployed is asked of the store every time, by identifiers of revisions, so that a change by any node shows at
/// once. Revisions never change, so what was made of one is kept by its identifier, and callers who see the same share it.
/// </remarks>
public sealed class Definitions(GenericDefinition generic, IProcessStore processes, ICaller caller, IOptions<ApiOptions> options) : IDisposable
{
    private const long MostKeptBytes = 64 << 20;

    private readonly MemoryCache _kept = new(new MemoryCacheOptions { SizeLimit = MostKeptBytes });
    private readonly SemaphoreSlim _making = new(1);
    private readonly MemoryCache _paths = new(new MemoryCacheOptions { SizeLimit = MostKeptBytes });

    /// <summary>The definition of everything that the caller sees.</summary>
    /// <param name="server">The URL that all paths begin with.</param>
    /// <param name="asYaml">YAML instead of JSON.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<Definition> GetAsync(string server, bool asYaml, CancellationToken cancellationToken)
    {
        var deployed = await processes.ListRevisionsAsync(ProcessFilter.SeenBy(caller.Current), cancellationToken);
        var state = Convert.ToHexString(SHA256.HashData(deployed.SelectMany(revision => revision.ToByteArray()).ToArray()));
        return await KeepAsync((state, server, asYaml), () => MakeAsync(deployed, server, asYaml, cancellationToken), cancellationToken);
    }

    /// <summary>The definition of one process alone: its execution, and what is needed to follow its jobs.</summary>
    /// <param name="id">The process, which the caller must see.</param>
    /// <param name="server">The URL that all paths begin with.</param>
    /// <param name="asYaml">YAML instead of JSON.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<Definition> GetAsync(ProcessId id, string server, bool asYaml, CancellationToken cancellationToken)
    {
        var isSeen = await processes.FindRightsAsync(id, ProcessFilter.SeenBy(caller.Current), cancellationToken) is not null;
        var process = (isSeen ? await processes.FindAsync(id, cancellationToken) : null)
            ?? throw new OgcException(OgcError.NoSuchProcess, $"There is no process '{id}'.");
        var state = process.Revision.Id.ToString();
        return await KeepAsync((state, server, asYaml), () => MakeAsync(process.Revision.Description, server, asYaml), cancellationToken);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _kept.Dispose();
        _paths.Dispose();
        _making.Dispose();
    }

    private async Task<Definition> KeepAsync(
        (string State, string Server, bool AsYaml) key, Func<Task<Definition>> make, CancellationToken cancellationToken)
    {
        if (_kept.TryGetValue(key, out Definition? known)) return known!;
        // One at a time: whoever comes meanwhile most likely wants the same.
        await _making.WaitAsync(cancellationToken);
        try
        {
            if (_kept.TryGetValue(key, out known)) return known!;
            var made = await make();
            return _kept.Set(key, made, new MemoryCacheEntryOptions { Size = made.Content.Length });
        }
        finally
        {
            _making.Release();
        }
    }

    /// <summary>The revision; null when its record can't be read, which is no reason to have no definition of all others.</summary>
    private async Task<ProcessRevision?> FindReadableAsync(Guid revision, CancellationToken cancellationToken)
    {
        try
        {
            return await processes.FindRevisionAsync(revision, cancellationToken);
        }
        catch (OgcException unreadable) when (unreadable.Error == OgcError.UnreadableRecord)
        {
            return null;
        }
    }

    private async Task<Definition> MakeAsync(IReadOnlyList<Guid> deployed, string server, bool asYaml, CancellationToken cancellationToken)
    {
        var general = await generic.GetAsync();
        var (all, shown) = (new List<TypedPath>(), new List<TypedPath>());
        foreach (var revision in deployed)
        {
            if (_paths.TryGetValue(revision, out TypedPath? known)) all.Add(known!);
            else if (await FindReadableAsync(revision, cancellationToken) is { } found) all.Add(Keep(revision, TypedPath.Of(found.Description, general)));
        }

        var left = options.Value.MaxDefinitionBytes;
        foreach (var path in all.Where(path => path.Length <= left))
        {
            left -= path.Length;
            shown.Add(path);
        }

        return Finish(DefinitionJson.Write(shown.Count == all.Count ? general : Noting(general, shown.Count, all.Count), server, shown), asYaml);
    }

    private TypedPath Keep(Guid revision, TypedPath path) => _paths.Set(revision, path, new MemoryCacheEntryOptions { Size = path.Length });

    private async Task<Definition> MakeAsync(ProcessDescription process, string server, bool asYaml)
    {
        var general = await generic.GetAsync();
        var path = TypedPath.Of(process, general);
        var paths = general["paths"]!.AsObject()
            .Where(item => item.Key.StartsWith("/jobs/{jobId}", StringComparison.Ordinal))
            .Select(item => KeyValuePair.Create(item.Key, item.Value?.DeepClone()));
        var alone = new JsonObject(general.Where(member => member.Key is not ("paths" or "tags")).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())))
        {
            ["paths"] = new JsonObject(paths),
        };
        alone["info"]!["title"] = process.Title ?? process.Id.Value;
        alone["info"]!["description"] = $"Process '{process.Id}' of OgcProcesses: its execution, and what follows its jobs.";
        // Whoever has a client of one process asks for the results of that process's jobs.
        alone["paths"]!["/jobs/{jobId}/results"]!["get"]!["responses"]!["200"]!["content"]!["application/json"] =
            new JsonObject { ["schema"] = SchemaTranslation.Reference(path.ResultsSchema) };
        return Finish(DefinitionJson.Write(alone, server, [path]), asYaml);
    }

    private static Definition Finish(byte[] json, bool asYaml)
    {
        var content = asYaml ? DefinitionYaml.From(json) : json;
        return new(content, $"\"{Convert.ToBase64String(SHA256.HashData(content))}\"");
    }

    /// <summary>The general part, saying that not every process has a path of its own.</summary>
    private static JsonObject Noting(JsonObject general, int shown, int all)
    {
        var noted = general.DeepClone().AsObject();
        noted["info"]!["description"] = $"{noted["info"]!["description"]} {shown} of {all} processes have a path of their own here; "
            + "the definition of any one of them is found at /api?process=IDENTIFIER.";
        return noted;
    }
}
