using Microsoft.Extensions.Options;

namespace OgcProcesses.Infrastructure.Storage;

/// <summary>Where the output files of jobs are kept. Section <c>Outputs</c>.</summary>
public sealed class OutputOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Outputs";

    /// <summary>The kind of store.</summary>
    public OutputStoreKind Store { get; set; }

    /// <summary>The store of kind <see cref="OutputStoreKind.S3"/>.</summary>
    public S3Options S3 { get; set; } = new();
}

/// <summary>Kinds of stores of outputs.</summary>
public enum OutputStoreKind
{
    /// <summary>The folder <c>outputs</c> in the data folder.</summary>
    Folder,

    /// <summary>A bucket of S3 or of a server that speaks its API.</summary>
    S3,
}

/// <summary>A bucket, and how it is reached.</summary>
public sealed class S3Options
{
    /// <summary>Root of the server's API, such as <c>https://s3.institute.example</c>; AWS's own in <see cref="Region"/> where absent.</summary>
    public Uri? ServiceUrl { get; set; }

    /// <summary>The bucket; it has to exist.</summary>
    public string Bucket { get; set; } = "";

    /// <summary>What all keys begin with, such as <c>ogc/</c>; it needs no slash at its end.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>The region that requests are signed for; <c>us-east-1</c> where another server's is not set.</summary>
    public string? Region { get; set; }

    /// <summary>The access key; without one, that of the SDK's own chain: environment, profile, web identity, the machine's role.</summary>
    public string? AccessKey { get; set; }

    /// <summary>The secret of <see cref="AccessKey"/>.</summary>
    public string? SecretKey { get; set; }

    /// <summary>Whether the bucket stands in the path of a URL, as most servers but AWS want it, and not in its host name.</summary>
    public bool PathStyle { get; set; } = true;

    /// <summary>How clients get files.</summary>
    public S3Downloads Downloads { get; set; }

    /// <summary>How long the URL of a redirect is good for; at most seven days.</summary>
    public TimeSpan RedirectLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary><see cref="Prefix"/> as keys begin with it.</summary>
    internal string KeyPrefix => Prefix.Length == 0 || Prefix.EndsWith('/') ? Prefix : $"{Prefix}/";
}

/// <summary>Ways of files from a bucket to clients.</summary>
public enum S3Downloads
{
    /// <summary>Through this server.</summary>
    Server,

    /// <summary>By a redirect to a pre-signed URL of the bucket.</summary>
    Redirect,
}

/// <summary>Names what is missing or wrong about a bucket.</summary>
internal sealed class OutputOptionsValidator : IValidateOptions<OutputOptions>
{
    private const string S3 = $"{OutputOptions.Section}:{nameof(OutputOptions.S3)}";

    public ValidateOptionsResult Validate(string? name, OutputOptions options)
    {
        if (options.Store != OutputStoreKind.S3) return ValidateOptionsResult.Success;
        var wrong = Wrong(options.S3).ToList();
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private static IEnumerable<string> Wrong(S3Options options)
    {
        if (string.IsNullOrWhiteSpace(options.Bucket)) yield return $"{S3}:{nameof(S3Options.Bucket)} must name a bucket.";
        if (options.ServiceUrl is null && string.IsNullOrWhiteSpace(options.Region))
            yield return $"{S3}:{nameof(S3Options.ServiceUrl)} must be set, or for AWS {S3}:{nameof(S3Options.Region)}.";
        if (options.ServiceUrl is { } url && !IsRoot(url))
            yield return $"{S3}:{nameof(S3Options.ServiceUrl)} must be the root of an http or https server, such as https://s3.example.org, without bucket and user.";
        if (options.KeyPrefix.Split('/')[..^1].Any(step => step is "" or "." or ".."))
            yield return $"{S3}:{nameof(S3Options.Prefix)} '{options.Prefix}' must be like 'ogc/outputs': no slash at its beginning, no empty step, no '.' and no '..'.";
        if (string.IsNullOrEmpty(options.AccessKey) != string.IsNullOrEmpty(options.SecretKey))
            yield return $"{S3}:{nameof(S3Options.AccessKey)} and {S3}:{nameof(S3Options.SecretKey)} must both be set, or neither.";
        if (options.RedirectLifetime < TimeSpan.FromSeconds(1) || options.RedirectLifetime > TimeSpan.FromDays(7))
            yield return $"{S3}:{nameof(S3Options.RedirectLifetime)} must be between 00:00:01 and 7.00:00:00.";
    }

    private static bool IsRoot(Uri url) =>
        url is { IsAbsoluteUri: true, AbsolutePath: "/", Query: "", Fragment: "", UserInfo: "" } && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps);
}
