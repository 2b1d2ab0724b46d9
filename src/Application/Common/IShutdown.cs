namespace OgcProcesses.Application.Common;

/// <summary>The stop of this server.</summary>
public interface IShutdown
{
    /// <summary>Fires when the server is told to stop; what is being answered then is answered still.</summary>
    CancellationToken Begun { get; }
}
