using System.Text.RegularExpressions;
using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Application.Processes.Image;

/// <summary>Which images the operator lets processes run: <c>Runner:AllowedImages</c> and <c>Runner:ImagePinning</c>.</summary>
internal sealed partial class ImageRules(RunnerOptions options)
{
    private readonly List<Func<ImageReference, bool>> _allowed = [.. options.AllowedImages.Select(Compile)];

    [GeneratedRegex(@"\A[A-Za-z0-9*?][A-Za-z0-9._/:@*?-]{0,511}\z")]
    private static partial Regex PatternText { get; }

    /// <summary>Why an image may not run; null when it may.</summary>
    public string? Refusal(string reference)
    {
        var image = ImageReference.Parse(reference);
        if (_allowed.Count > 0 && !_allowed.Exists(allows => allows(image)))
            return $"'{image}' is not among the images that this server's operator allows (Runner:AllowedImages)";
        return options.ImagePinning == ImagePinning.Required && image.Digest is null
            ? $"'{reference}' must name its image by digest (…@sha256:…): this server's operator asks for it (Runner:ImagePinning)"
            : null;
    }

    /// <summary>A pattern as a test of references.</summary>
    /// <exception cref="FormatException">It is no pattern.</exception>
    public static Func<ImageReference, bool> Compile(string pattern)
    {
        if (!PatternText.IsMatch(pattern) || pattern.Contains("//", StringComparison.Ordinal)) throw new FormatException($"'{pattern}' is not a pattern of image references");
        var at = pattern.IndexOf('@', StringComparison.Ordinal);
        var (named, digest) = at < 0 ? (pattern, null) : (pattern[..at], pattern[(at + 1)..]);
        var colon = named.LastIndexOf(':') is var last && last > named.LastIndexOf('/') ? last : -1;
        var tag = colon < 0 ? null : Glob.Compile(named[(colon + 1)..]);
        var text = colon < 0 ? named : named[..colon];
        var name = text == ImageReference.Identifier ? image => image == text : Glob.Compile(ImageReference.Spell(text));
        // Beside a digest a tag says nothing: the engine does not look at it.
        return image => name(image.Name)
            && (digest is null || digest == image.Digest)
            && (tag is null || digest is not null || (image.Digest is null && tag(image.Tag)));
    }
}
