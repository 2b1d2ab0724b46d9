using System.Globalization;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Xml;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Razor;
using Microsoft.AspNetCore.Mvc.Razor.Internal;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.WebApi.Http;
using OgcProcesses.WebApi.Security;
using OgcProcesses.WebApi.Security.Sessions;

namespace OgcProcesses.WebApi.Html;

/// <summary>What all pages write alike: times, sizes, JSON, and links that are safe to follow.</summary>
internal abstract class PageView<TModel> : RazorPage<TModel>
{
    private static JsonSerializerOptions? _indented;
    private static JsonSerializerOptions? _compact;

    /// <summary>Links to this API.</summary>
    [RazorInject]
    public ILinks Links { get; set; } = null!;

    /// <summary>How the API writes JSON.</summary>
    [RazorInject]
    public IOptions<JsonOptions> ApiJson { get; set; } = null!;

    /// <summary>Who looks at the page.</summary>
    [RazorInject]
    public ICaller Caller { get; set; } = null!;

    /// <summary>How callers say who they are.</summary>
    [RazorInject]
    public IOptions<SecurityOptions> Security { get; set; } = null!;

    /// <summary>The page's name in the browser and its first heading.</summary>
    protected string? Title
    {
        get => (string?)ViewData[nameof(Title)];
        set => ViewData[nameof(Title)] = value;
    }

    /// <summary>Where the same is found as JSON.</summary>
    protected string AsJson => Links.Current(KeyValuePair.Create(Representation.Parameter, Representation.Json));

    /// <summary>A path below the API's root for what the page itself loads or sends: wherever links lead, that stays at the server it came from.</summary>
    protected string Here(string path) => Context.Request.PathBase.Add($"/{path}").ToUriComponent();

    /// <summary>Who looks at the page.</summary>
    protected Caller Me => Caller.Current;

    /// <summary>Whether who looks at the page has logged in to it.</summary>
    protected bool IsSession => SessionScheme.IsOf(Context.User);

    /// <summary>Whether who looks at the page has not said who they are, and can.</summary>
    protected bool MayLogIn => Security.Value.HasLogin && Context.User.Identity is not { IsAuthenticated: true };

    /// <summary>Where who looks at the page logs in and comes back.</summary>
    protected string LogIn => SessionEndpoints.LoginFor(Context.Request);

    /// <summary>Whether the role of who looks at the page lets them make a request.</summary>
    protected bool May<TRequest>() => Me.Has(typeof(TRequest).GetCustomAttribute<RequiresAttribute>()!.Role);

    /// <summary>Whether a link may be followed: one that an author gave might be a script.</summary>
    protected static bool IsSafe(string? href) =>
        Uri.TryCreate(href, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);

    /// <summary>An instant, to the second.</summary>
    protected static IHtmlContent Time(DateTimeOffset? at) => at is { } instant
        ? new Element("time", instant.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture))
        : HtmlString.Empty;

    /// <summary>A span of time, in its largest units.</summary>
    protected static IHtmlContent Span(TimeSpan span) => new Element("time", XmlConvert.ToString(span), span switch
    {
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s"),
        { TotalHours: < 1 } => $"{span.Minutes} min {span.Seconds} s",
        { TotalDays: < 1 } => $"{span.Hours} h {span.Minutes} min",
        _ => $"{span.Days} d {span.Hours} h",
    });

    /// <summary>A size in bytes, in its largest unit.</summary>
    protected static string Size(long bytes) => bytes switch
    {
        < 1 << 10 => $"{bytes} bytes",
        < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KiB"),
        < 1 << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1073741824.0:0.0} GiB"),
    };

    /// <summary>Anything as the API's JSON, with line breaks.</summary>
    protected string Indented(object? value) => JsonSerializer.Serialize(value, _indented ??= Json(isIndented: true));

    /// <summary>Anything as the API's JSON, on one line.</summary>
    protected string Compact(object? value) => JsonSerializer.Serialize(value, _compact ??= Json(isIndented: false));

    // What the page encodes need not be escaped before.
    private JsonSerializerOptions Json(bool isIndented) =>
        new(ApiJson.Value.JsonSerializerOptions) { WriteIndented = isIndented, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private sealed class Element(string name, string machine, string text) : IHtmlContent
    {
        public void WriteTo(TextWriter writer, HtmlEncoder encoder)
        {
            writer.Write($"<{name} datetime=\"");
            encoder.Encode(writer, machine);
            writer.Write("\">");
            encoder.Encode(writer, text);
            writer.Write($"</{name}>");
        }
    }
}
