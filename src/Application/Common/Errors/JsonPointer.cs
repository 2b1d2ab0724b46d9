namespace OgcProcesses.Application.Common.Errors;

/// <summary>Writes JSON pointers.</summary>
/// <remarks>RFC 6901.</remarks>
public static class JsonPointer
{
    /// <summary>A member's name as one step of a pointer.</summary>
    public static string Escape(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
