namespace OgcProcesses.Domain.Access;

/// <summary>The key that links to results are signed with; the one of the highest number is in use, and no other counts.</summary>
/// <param name="Number">Tells it from those before it, from 1.</param>
/// <param name="Secret">What only the server's nodes know: 32 random bytes, in base64.</param>
/// <param name="Created">When it was made.</param>
public sealed record ResultLinkKey(int Number, string Secret, DateTimeOffset Created)
{
    /// <summary>Names the key without its secret, wherever it is written.</summary>
    public override string ToString() => $"key {Number} of result links";
}
