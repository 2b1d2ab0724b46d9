namespace OgcProcesses.WebApi.FunctionalTests.Conformance;

/// <summary>Keeps docs/conformance.md true. With OGC_UPDATE_DOCS set, these tests write its tables anew.</summary>
internal sealed class ConformanceTableTests : ServerTests
{
    private readonly ConformanceTable _table = new();

    [Test]
    public void Labels_NameRequirementsOfTheStandard() => Assert.That(_table.UnknownLabels(), Is.Empty);

    [Test]
    public async Task DeclaredClasses_AreProvedToTheLastRequirement()
    {
        var declared = (await Server.GetAsync("/conformance")).Json["conformsTo"]!.AsArray().Select(uri => uri!.GetValue<string>())
            .Where(uri => uri.StartsWith("http://www.opengis.net/spec/ogcapi-processes-", StringComparison.Ordinal)).ToList();
        Assert.That(declared, Is.Not.Empty);
        Assert.That(declared.SelectMany(_table.Unproved), Is.Empty);
    }

    [Test]
    public async Task Page_HasTheTablesOfTheLabels()
    {
        var file = Path.Combine(Repository(), "docs", "conformance.md");
        var page = await File.ReadAllTextAsync(file);
        var current = _table.WriteInto(page);
        if (Environment.GetEnvironmentVariable("OGC_UPDATE_DOCS") is not null) await File.WriteAllTextAsync(file, current);
        else Assert.That(page, Is.EqualTo(current), "Labels have changed. OGC_UPDATE_DOCS=1 dotnet test --filter ConformanceTableTests writes the tables anew.");
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "OgcProcesses.sln"))) folder = folder.Parent;
        return folder.FullName;
    }
}
