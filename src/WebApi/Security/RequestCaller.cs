using OgcProcesses.Application.Common.Access;

namespace OgcProcesses.WebApi.Security;

/// <summary>The caller of the current request, or whom the server acts for.</summary>
internal sealed class RequestCaller(IHttpContextAccessor accessor) : ICaller
{
    // Follows the flow of control, as the current request does.
    private readonly AsyncLocal<Caller?> _actsFor = new();

    public Caller Current => _actsFor.Value ?? (accessor.HttpContext is { User: var user } ? CallerClaims.CallerOf(user) : Caller.Nobody);

    public IDisposable ActFor(Caller caller)
    {
        _actsFor.Value = caller;
        return new Acting(_actsFor);
    }

    private sealed class Acting(AsyncLocal<Caller?> actsFor) : IDisposable
    {
        public void Dispose() => actsFor.Value = null;
    }
}
