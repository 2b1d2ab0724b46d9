using System.Globalization;

namespace OgcProcesses.WebApi.Http;

/// <summary>How a client allows that results are reused, and how it learns of it.</summary>
/// <remarks>RFC 9111, 5.2.1.1 and 5.1: a request's <c>Cache-Control: max-age</c>, and the answer's <c>Age</c>.</remarks>
internal static class ReuseHeaders
{
    /// <summary>The greatest age of results that the client takes; null where it wants a run.</summary>
    public static TimeSpan? AllowedAge(HttpRequest request) =>
        request.GetTypedHeaders().CacheControl is { NoCache: false, NoStore: false, MaxAge: var most } ? most : null;

    /// <summary>Tells the age of results that were reused.</summary>
    public static void TellAge(this HttpResponse response, TimeSpan age) =>
        response.Headers.Age = ((long)Math.Max(0, age.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
