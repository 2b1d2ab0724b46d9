namespace OgcProcesses.Application.Common;

/// <summary>Who makes the current request.</summary>
public interface ICaller
{
    /// <summary>The caller's identifier, which becomes the owner of what the caller makes.</summary>
    string Id { get; }
}
