namespace OgcProcesses.WebApi.Compatibility;

/// <summary>Ways of other servers that their clients hold on to; none unless the operator asks for it. Section <c>Compatibility</c>.</summary>
public sealed class CompatibilityOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Compatibility";

    /// <summary>Whether the Python client of NASA's Unity SDS is answered as by its own server.</summary>
    public bool UnitySds { get; set; }
}
