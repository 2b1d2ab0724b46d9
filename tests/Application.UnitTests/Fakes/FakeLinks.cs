using OgcProcesses.Application.Common.Links;

namespace OgcProcesses.Application.UnitTests.Fakes;

/// <summary>Links to https://ogc.example/, whatever the request.</summary>
internal sealed class FakeLinks : ILinks
{
    public bool AnswersPage { get; init; }

    public Uri Root => new("https://ogc.example/");

    public IDisposable From(Uri root) => throw new NotSupportedException("All links lead to https://ogc.example/.");

    public string Url(string path) => "https://ogc.example/" + path;

    public string Current(params IEnumerable<KeyValuePair<string, string>> query) =>
        "https://ogc.example/current?" + string.Join('&', query.Select(pair => $"{pair.Key}={pair.Value}"));
}
