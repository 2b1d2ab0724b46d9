using AutoMapper;
using MediatR;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Domain.Access;

namespace OgcProcesses.Application.Access.Keys;

/// <summary>Makes a key invalid, for good: at once on this node, within seconds on others.</summary>
[Requires(Role.Admin)]
[Audited("key.revoke", Subject = nameof(KeyId))]
public sealed record RevokeKey(string KeyId) : IRequest<KeyInfo>;

internal sealed class RevokeKeyHandler(IApiKeyStore keys, KnownKeys known, IMapper mapper, TimeProvider clock) : IRequestHandler<RevokeKey, KeyInfo>
{
    public async Task<KeyInfo> Handle(RevokeKey request, CancellationToken cancellationToken)
    {
        if (!await keys.RevokeAsync(request.KeyId, clock.GetUtcNow(), cancellationToken))
            throw new OgcException(OgcError.NoSuchKey, $"There is no key '{request.KeyId}'.");
        known.Forget(request.KeyId);
        return mapper.Map<KeyInfo>(await keys.FindAsync(request.KeyId, cancellationToken));
    }
}
