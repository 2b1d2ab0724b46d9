using AutoMapper;
using FluentValidation;
using MediatR;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Access.Keys;

/// <summary>What a key is to be.</summary>
public sealed record KeyRequest
{
    /// <summary>What it is for, in at most 200 characters.</summary>
    public string? Name { get; init; }

    /// <summary>The caller that it stands for, in at most 256 characters: owner of what its holder makes. Several keys may stand for one caller.</summary>
    public string? Owner { get; init; }

    /// <summary>What its holder may do: reader, executor, deployer or admin.</summary>
    public string? Role { get; init; }

    /// <summary>The groups that its holder is in; processes may be shared with them.</summary>
    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>The only processes that its holder is to see, and the jobs of which; left out for no such limit.</summary>
    public IReadOnlyList<string>? Processes { get; init; }

    /// <summary>From when on it is not valid any more; left out for the server's usual lifetime.</summary>
    public DateTimeOffset? Expires { get; init; }
}

/// <summary>Makes a key and shows it, this once.</summary>
[Requires(Role.Admin)]
[Audited("key.create", Subject = nameof(NewKey.Id))]
public sealed record CreateKey(KeyRequest Key) : IRequest<NewKey>;

internal sealed class CreateKeyValidator : AbstractValidator<CreateKey>
{
    private const int MostNameCharacters = 200;
    private const int MostEntries = 100;

    public CreateKeyValidator(IOptions<KeyOptions> options, TimeProvider clock)
    {
        var longest = options.Value.MaxLifetime;
        RuleFor(request => request.Key.Name).MaximumLength(MostNameCharacters).OverridePropertyName("/name").WithMessage($"must have at most {MostNameCharacters} characters");
        RuleFor(request => request.Key.Owner).Must(owner => owner is not null && Caller.IsId(owner) && owner != Caller.Server.Id).OverridePropertyName("/owner")
            .WithMessage($"is required: 1 to {Caller.MostIdCharacters} characters, none of them a control character, no blank at either end; '{Caller.Server.Id}' is the server itself");
        RuleFor(request => request.Key.Role).Must(role => Roles.TryParse(role, out _)).OverridePropertyName("/role").WithMessage("is required: reader, executor, deployer or admin");
        RuleFor(request => request.Key.Expires).Must(expires => expires is null || (expires > clock.GetUtcNow() && expires <= clock.GetUtcNow() + longest))
            .OverridePropertyName("/expires").WithMessage($"must be in the future, and at most {longest.TotalDays:0.##} days from now (Security:Keys:MaxLifetime)");
        RuleFor(request => request.Key.Groups).Must(groups => groups is null or { Count: <= MostEntries }).OverridePropertyName("/groups").WithMessage($"must have at most {MostEntries} entries");
        RuleFor(request => request.Key.Processes).Must(processes => processes is null or { Count: <= MostEntries }).OverridePropertyName("/processes").WithMessage($"must have at most {MostEntries} entries");
        RuleFor(request => request.Key).Custom((key, context) =>
        {
            foreach (var (at, group) in (key.Groups ?? []).Index())
                if (group is null || !Caller.IsId(group)) context.AddFailure($"/groups/{at}", "is no name of a group: no control character, no blank at either end");
            foreach (var (at, process) in (key.Processes ?? []).Index())
                if (!ProcessId.TryParse(process, out _)) context.AddFailure($"/processes/{at}", "can't be the identifier of a process");
        });
    }
}

internal sealed class CreateKeyHandler(IApiKeyStore keys, IOptions<KeyOptions> options, IMapper mapper, TimeProvider clock) : IRequestHandler<CreateKey, NewKey>
{
    public async Task<NewKey> Handle(CreateKey request, CancellationToken cancellationToken)
    {
        var (wanted, now) = (request.Key, clock.GetUtcNow());
        _ = Roles.TryParse(wanted.Role, out var role);
        var text = KeyText.New(now);
        var key = ApiKey.Make(
            text.Id,
            text.Digest,
            wanted.Name,
            wanted.Owner!,
            role,
            [.. (wanted.Groups ?? []).Distinct()],
            wanted.Processes is null ? null : [.. wanted.Processes.Select(id => ProcessId.TryParse(id, out var process) ? process : default).Distinct()],
            now,
            wanted.Expires ?? now + options.Value.Lifetime);
        await keys.AddAsync(key, cancellationToken);
        return new(mapper.Map<KeyInfo>(key), text);
    }
}
