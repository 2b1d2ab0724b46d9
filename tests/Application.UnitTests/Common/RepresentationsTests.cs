using OgcProcesses.Application.Common.Links;

namespace OgcProcesses.Application.UnitTests.Common;

internal sealed class RepresentationsTests
{
    [TestCase(false, "application/json", "text/html", "html")]
    [TestCase(true, "text/html", "application/json", "json")]
    public void ToItself_CarriesTheTypeThatIsGiven_AndLeadsToTheOther(bool answersPage, string given, string other, string format)
    {
        var links = new FakeLinks { AnswersPage = answersPage };
        Assert.That(links.ToItself("jobs", "Jobs").Select(link => (link.Rel, link.Type, link.Href)), Is.EqualTo(new[]
        {
            ("self", given, "https://ogc.example/jobs"), ("alternate", other, $"https://ogc.example/jobs?f={format}"),
        }));
        Assert.That(links.ToItself("Jobs").Select(link => (link.Type, link.Href)), Is.EqualTo(new[]
        {
            (given, "https://ogc.example/current?"), (other, $"https://ogc.example/current?f={format}"),
        }));
    }
}
