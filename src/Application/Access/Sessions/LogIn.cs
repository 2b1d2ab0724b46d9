using MediatR;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Access.Keys;
using OgcProcesses.Application.Common.Access;

namespace OgcProcesses.Application.Access.Sessions;

/// <summary>Tells whom a key stands for that somebody would log in by; null when it is not valid.</summary>
[OpenToAll]
public sealed record LogIn(string Key) : IRequest<KeyHolder?>
{
    /// <summary>Names the request without its key, wherever it is written.</summary>
    public override string ToString() => nameof(LogIn);
}

internal sealed class LogInHandler(KnownKeys keys, AuditTrail audit) : IRequestHandler<LogIn, KeyHolder?>
{
    public async Task<KeyHolder?> Handle(LogIn request, CancellationToken cancellationToken)
    {
        var holder = await keys.FindHolderAsync(request.Key, cancellationToken);
        if (holder is null) await audit.RefuseLoginAsync("session", "The key is not valid: it is unknown, revoked or expired.");
        return holder;
    }
}
