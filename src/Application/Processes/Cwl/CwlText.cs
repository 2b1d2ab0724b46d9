using System.Text;

namespace OgcProcesses.Application.Processes.Cwl;

/// <summary>A CWL document as it was sent.</summary>
/// <param name="MediaType">One of <see cref="MediaTypes"/>, without parameters.</param>
/// <param name="Value">The document, character by character.</param>
public sealed record CwlText(string MediaType, string Value)
{
    /// <summary>CWL in YAML or JSON.</summary>
    /// <remarks>/req/cwl/body</remarks>
    public const string Any = "application/cwl";

    /// <summary>CWL in JSON.</summary>
    public const string Json = "application/cwl+json";

    /// <summary>CWL in YAML.</summary>
    public const string Yaml = "application/cwl+yaml";

    /// <summary>Largest document, in bytes.</summary>
    public const int MostBytes = 4 << 20;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The media types of CWL.</summary>
    public static IReadOnlyList<string> MediaTypes { get; } = [Any, Json, Yaml];

    /// <summary>Reads a document from its bytes.</summary>
    /// <exception cref="FormatException">They are too many, or not UTF-8.</exception>
    public static CwlText Read(string mediaType, byte[] bytes)
    {
        if (bytes.Length > MostBytes) throw new FormatException($"has more than {MostBytes} bytes");
        try
        {
            return new(mediaType, StrictUtf8.GetString(bytes));
        }
        catch (DecoderFallbackException malformed)
        {
            throw new FormatException("is not UTF-8", malformed);
        }
    }

    /// <summary>Whether a media type is one of CWL, whatever its parameters.</summary>
    public static bool IsMediaType(string? mediaType) => MediaTypes.Any(cwl => Common.MediaTypes.AreSame(cwl, mediaType));

    /// <summary>The document's bytes as they were sent.</summary>
    public byte[] ToBytes() => StrictUtf8.GetBytes(Value);
}
