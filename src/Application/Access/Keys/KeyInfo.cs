using AutoMapper;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Domain.Access;

namespace OgcProcesses.Application.Access.Keys;

/// <summary>A key, without its secret.</summary>
public record KeyInfo
{
    /// <summary>The key's identifier, which its text shows, too.</summary>
    public string Id { get; init; } = "";

    /// <summary>What it is for.</summary>
    public string? Name { get; init; }

    /// <summary>The caller that it stands for.</summary>
    public string Owner { get; init; } = "";

    /// <summary>What its holder may do: reader, executor, deployer or admin.</summary>
    public string Role { get; init; } = "";

    /// <summary>The groups that its holder is in.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>The only processes that its holder sees; left out where there is no such limit.</summary>
    public IReadOnlyList<string>? Processes { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>From when on it is not valid any more.</summary>
    public DateTimeOffset Expires { get; init; }

    /// <summary>Since when it is revoked.</summary>
    public DateTimeOffset? Revoked { get; init; }

    /// <summary>When it was last used, to the hour.</summary>
    public DateTimeOffset? LastUsed { get; init; }
}

/// <summary>A key that was made just now.</summary>
public sealed record NewKey : KeyInfo
{
    internal NewKey(KeyInfo info, KeyText text)
        : base(info) => Key = text.ToString();

    /// <summary>What its holder sends. It is shown this once.</summary>
    public string Key { get; }
}

/// <summary>A list of keys.</summary>
/// <param name="Keys">The keys, newest first.</param>
/// <param name="Links">This page and its neighbours.</param>
public sealed record KeyList(IReadOnlyList<KeyInfo> Keys, IReadOnlyList<Link> Links);

internal sealed class KeyMapping : Profile
{
    public KeyMapping() => CreateMap<ApiKey, KeyInfo>().ConvertUsing(key => new()
    {
        Id = key.Id,
        Name = key.Name,
        Owner = key.Owner,
        Role = key.Role.Word(),
        Groups = key.Groups,
        Processes = key.Processes == null ? null : key.Processes.Select(process => process.Value).ToList(),
        Created = key.Created,
        Expires = key.Expires,
        Revoked = key.Revoked,
        LastUsed = key.LastUsed,
    });
}
