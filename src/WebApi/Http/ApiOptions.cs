using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Options;

namespace OgcProcesses.WebApi.Http;

/// <summary>How the API takes requests. Section <c>Api</c>.</summary>
public sealed class ApiOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Api";

    /// <summary>Largest request body, in bytes; a larger one is answered by 413.</summary>
    [Range(1_024L, long.MaxValue)]
    public long MaxRequestBytes { get; set; } = 100L << 20;

    /// <summary>Most bytes that single processes add to the API's definition; those beyond are left to definitions of their own.</summary>
    [Range(0L, 1L << 30)]
    public long MaxDefinitionBytes { get; set; } = 16L << 20;

    /// <summary>The path that stands before every path of this API, such as <c>/ogc</c>, be it that a proxy passes it on or takes it off.</summary>
    [RegularExpression(@"(/[A-Za-z0-9._~-]+)*", ErrorMessage = "Api:PathBase must be empty or begin, and not end, with '/'.")]
    public string PathBase { get; set; } = "";

    /// <summary>Addresses and networks (CIDR) of the proxies whose <c>X-Forwarded-*</c> headers are believed.</summary>
    public IReadOnlyList<string> KnownProxies { get; init; } = [];

    /// <summary>The API's root as clients reach it, where requests can't tell; all links begin with it. None: each begins as its request was sent.</summary>
    [RegularExpression(@"https?://[^/?#@\s]+(/[A-Za-z0-9._~-]+)*/?", ErrorMessage = "Api:PublicUrl must be an absolute http or https URL without query, such as https://example.org/ogc.")]
    public Uri? PublicUrl { get; set; }

    /// <summary>Whether the server deploys the processes that come with it.</summary>
    public bool BuiltInProcesses { get; set; } = true;

    /// <summary>Reads an address as the network that holds it alone, or a network in CIDR notation.</summary>
    internal static bool TryParseNetwork(string text, out IPNetwork network)
    {
        if (!IPAddress.TryParse(text, out var address)) return IPNetwork.TryParse(text, out network);
        network = new(address, 8 * address.GetAddressBytes().Length);
        return true;
    }
}

/// <summary>Stops the start when a proxy is neither an address nor a network.</summary>
internal sealed class ApiOptionsValidator : IValidateOptions<ApiOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, ApiOptions options)
    {
        var wrong = options.KnownProxies.Where(proxy => !ApiOptions.TryParseNetwork(proxy, out _)).ToList();
        return wrong.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(wrong.Select(proxy =>
                $"Api:KnownProxies holds '{proxy}', which is neither an address nor a network in CIDR notation such as 10.1.0.0/16."));
    }
}
