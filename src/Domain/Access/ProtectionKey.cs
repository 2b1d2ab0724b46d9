namespace OgcProcesses.Domain.Access;

/// <summary>A key that all nodes seal sessions with, so that each of them can open what another has sealed.</summary>
/// <param name="Number">Tells it from those before it, from 1.</param>
/// <param name="Content">The key as the web framework writes it: XML.</param>
public sealed record ProtectionKey(int Number, string Content)
{
    /// <summary>Names the key without its content, wherever it is written.</summary>
    public override string ToString() => $"protection key {Number}";
}
