using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Application.UnitTests.Fakes;

/// <summary>Gives files by their URL; refuses everything that is not https, and what it does not know.</summary>
internal sealed class FakeFetcher : IInputFetcher
{
    public Dictionary<string, byte[]> Files { get; } = [];

    /// <summary>The media type that other servers state.</summary>
    public string? MediaType { get; set; }

    public string? Refuse(Uri link) => link.Scheme == Uri.UriSchemeHttps ? null : "only https is allowed";

    public async Task<FetchedFile> FetchAsync(Uri link, string folder, CancellationToken cancellationToken)
    {
        if (!Files.TryGetValue(link.ToString(), out var content)) throw new FetchException(link, "404 Not Found");
        var path = Path.Combine(folder, Path.GetFileName(link.LocalPath));
        await File.WriteAllBytesAsync(path, content, cancellationToken);
        return new(path, MediaType, content.Length, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content)));
    }

    public Task<byte[]> FetchAsync(Uri link, int mostBytes, CancellationToken cancellationToken) =>
        Files.TryGetValue(link.ToString(), out var content) ? Task.FromResult(content) : throw new FetchException(link, "404 Not Found");
}
