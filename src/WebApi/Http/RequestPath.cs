using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace OgcProcesses.WebApi.Http;

/// <summary>Puts the path of a request in order: folds repeated slashes, and takes off what stands before the API's own paths.</summary>
/// <remarks>
/// A proxy passes the path base on, or takes it off and says so in X-Forwarded-Prefix, or takes it off in silence. Links
/// carry it each time, and once: where the header already ends with Api:PathBase, both mean the same.
/// </remarks>
internal static partial class RequestPath
{
    [GeneratedRegex("/{2,}")]
    private static partial Regex Slashes { get; }

    public static void UseRequestPath(this WebApplication app)
    {
        var own = new PathString(app.Services.GetRequiredService<IOptions<ApiOptions>>().Value.PathBase);
        app.Use((context, next) =>
        {
            var request = context.Request;
            request.Path = Folded(request.Path);
            if (own.HasValue && request.Path.StartsWithSegments(own, out var rest)) request.Path = rest.HasValue ? rest : "/";
            var forwarded = Folded(request.PathBase).Value!.TrimEnd('/');
            request.PathBase = forwarded.EndsWith(own.Value!, StringComparison.OrdinalIgnoreCase) ? forwarded : forwarded + own;
            return next(context);
        });
    }

    private static PathString Folded(PathString path) => Slashes.Replace(path.Value ?? "", "/");
}
