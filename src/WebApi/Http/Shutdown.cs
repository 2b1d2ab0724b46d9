using OgcProcesses.Application.Common;

namespace OgcProcesses.WebApi.Http;

/// <summary>The stop of the server, as its host tells it.</summary>
internal sealed class Shutdown(IHostApplicationLifetime lifetime) : IShutdown
{
    public CancellationToken Begun => lifetime.ApplicationStopping;
}
