using System.ComponentModel.DataAnnotations;

namespace OgcProcesses.WebApi.Http;

/// <summary>How the API takes requests. Section <c>Api</c>.</summary>
public sealed class ApiOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Api";

    /// <summary>Largest request body, in bytes; a larger one is answered by 413.</summary>
    [Range(1_024L, long.MaxValue)]
    public long MaxRequestBytes { get; set; } = 100L << 20;

    /// <summary>The path that a proxy puts before every path of this API, such as <c>/ogc</c>.</summary>
    [RegularExpression(@"(/[A-Za-z0-9._~-]+)*", ErrorMessage = "Api:PathBase must be empty or begin, and not end, with '/'.")]
    public string PathBase { get; set; } = "";

    /// <summary>Whether the server deploys the processes that come with it.</summary>
    public bool BuiltInProcesses { get; set; } = true;
}
