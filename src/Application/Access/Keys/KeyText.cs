using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace OgcProcesses.Application.Access.Keys;

/// <summary>A key as its holder has it: <c>ogcp_</c>, the key's identifier, and its secret.</summary>
/// <remarks>The prefix lets scanners of published code find keys that should not be there.</remarks>
public sealed partial record KeyText(string Id, string Secret)
{
    /// <summary>What every key begins with.</summary>
    public const string Prefix = "ogcp_";

    private const int SecretBytes = 32;
    private const int IdCharacters = 20;

    [GeneratedRegex(@"\Aogcp_([0-9a-f]{20})_([A-Za-z0-9_-]{43})\z")]
    private static partial Regex Pattern { get; }

    /// <summary>SHA-256 of the secret, lower-case hexadecimal.</summary>
    public string Digest => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(Secret)));

    /// <summary>Makes a new key, of 256 random bits.</summary>
    /// <param name="at">When; later keys have greater identifiers.</param>
    public static KeyText New(DateTimeOffset at) =>
        new(Guid.CreateVersion7(at).ToString("N")[..IdCharacters], Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes)));

    /// <summary>Reads a key.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out KeyText? key)
    {
        var match = Pattern.Match(text);
        key = match.Success ? new(match.Groups[1].Value, match.Groups[2].Value) : null;
        return match.Success;
    }

    /// <summary>Whether a kept digest is this key's; takes the same time whichever it is.</summary>
    public bool Fits(string digest) => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Digest), Encoding.ASCII.GetBytes(digest));

    /// <summary>What its holder sends.</summary>
    public override string ToString() => $"{Prefix}{Id}_{Secret}";
}
