using System.CommandLine;
using MediatR;
using OgcProcesses.Application.Access.Keys;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Paging;

namespace OgcProcesses.WebApi.Commands;

/// <summary>Makes a key; the first one can only be made so.</summary>
internal sealed class CreateKeyCommand : AdminCommand
{
    private readonly Option<string> _owner = new("--owner") { Description = "The caller that it stands for.", Required = true };
    private readonly Option<string> _role = new("--role") { Description = "reader, executor, deployer or admin.", Required = true };
    private readonly Option<string> _name = new("--name") { Description = "What it is for." };
    private readonly Option<double?> _days = new("--days") { Description = "Days until it expires; Security:Keys:Lifetime when left out." };
    private readonly Option<string[]> _groups = new("--group") { Description = "A group that its holder is in; may be repeated." };
    private readonly Option<string[]> _processes = new("--process") { Description = "A process that alone its holder is to see; may be repeated." };

    public CreateKeyCommand()
        : base("create", "Make a key, and show it this once.")
    {
        foreach (var option in (Option[])[_owner, _role, _name, _days, _groups, _processes]) Add(option);
    }

    protected override async Task DoAsync(IServiceProvider services, ParseResult parsed)
    {
        var days = parsed.GetValue(_days);
        if (days is < 0 or > 36_500) throw new ArgumentException("'--days' must be 0 to 36500.");
        var key = await services.GetRequiredService<IMediator>().Send(new CreateKey(new()
        {
            Owner = parsed.GetValue(_owner),
            Role = parsed.GetValue(_role),
            Name = parsed.GetValue(_name),
            Groups = parsed.GetValue(_groups),
            Processes = parsed.GetValue(_processes) is { Length: > 0 } processes ? processes : null,
            Expires = days is { } number ? DateTimeOffset.UtcNow.AddDays(number) : null,
        }));
        await Console.Out.WriteLineAsync(key.Key);
        await Console.Error.WriteLineAsync($"Key {key.Id} of '{key.Owner}', {key.Role}, expires {key.Expires:u}. It is not shown again.");
    }
}

/// <summary>Lists all keys.</summary>
internal sealed class ListKeysCommand() : AdminCommand("list", "List all keys, newest first, without their secrets.")
{
    protected override async Task DoAsync(IServiceProvider services, ParseResult parsed)
    {
        var (keys, now) = (services.GetRequiredService<IApiKeyStore>(), services.GetRequiredService<TimeProvider>().GetUtcNow());
        Cursor? next = null;
        do
        {
            var page = await keys.ListAsync(next, PageSize.Most, CancellationToken.None);
            foreach (var key in page.Items)
            {
                var state = key.Revoked is { } revoked ? $"revoked {revoked:u}" : key.IsValid(now) ? $"expires {key.Expires:u}" : $"expired {key.Expires:u}";
                var used = key.LastUsed is { } at ? $"used {at:u}" : "never used";
                await Console.Out.WriteLineAsync($"{key.Id}  {key.Role.Word(),-8}  {key.Owner}  {key.Name ?? "-"}  {state}  {used}");
            }

            next = page.Next;
        }
        while (next is not null);
    }
}

/// <summary>Revokes a key.</summary>
internal sealed class RevokeKeyCommand : AdminCommand
{
    private readonly Argument<string> _id = new("id") { Description = "The key's identifier: the second part of its text." };

    public RevokeKeyCommand()
        : base("revoke", "Make a key invalid, for good; on servers that run, within five seconds.") => Add(_id);

    protected override async Task DoAsync(IServiceProvider services, ParseResult parsed)
    {
        var key = await services.GetRequiredService<IMediator>().Send(new RevokeKey(parsed.GetValue(_id)!));
        await Console.Out.WriteLineAsync($"Key {key.Id} of '{key.Owner}' is revoked.");
    }
}
