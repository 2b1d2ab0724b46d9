using System.Reflection;
using System.Text;
using System.Text.Json;

namespace OgcProcesses.WebApi.FunctionalTests.Conformance;

/// <summary>Which test proves which requirement: what the standard has (requirements.json) beside the labels of the tests.</summary>
internal sealed class ConformanceTable
{
    private const string Begin = "<!-- The tables from here on are written by ConformanceTableTests. -->";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly ILookup<string, string> _tests;

    public ConformanceTable()
    {
        var file = Path.Combine(TestContext.CurrentContext.TestDirectory, "Conformance", "requirements.json");
        Classes = JsonSerializer.Deserialize<List<RequirementsClass>>(File.ReadAllText(file), Json)!;
        _tests = Labels().ToLookup(label => label.Id, label => label.Test);
    }

    /// <summary>Conformance classes; those without a URI are not declared.</summary>
    public IReadOnlyList<RequirementsClass> Classes { get; }

    /// <summary>Labels that name nothing of the standard.</summary>
    public IEnumerable<string> UnknownLabels()
    {
        var known = Classes.SelectMany(one => one.Requirements).SelectMany(requirement => requirement.Tests.Append(requirement.Id)).ToHashSet();
        return _tests.Select(test => test.Key).Where(id => !known.Contains(id));
    }

    /// <summary>Requirements of a class that no test proves, and abstract tests of names of their own that none carries out.</summary>
    public IEnumerable<string> Unproved(string conformanceClass) => Classes
        .Single(one => one.Class == conformanceClass).Requirements
        .SelectMany(requirement => OwnNames(requirement).Prepend(requirement.Id))
        .Where(id => !_tests.Contains(id));

    /// <summary>A page whose tables are what the labels say now, and whose text is what it was.</summary>
    public string WriteInto(string page)
    {
        var text = new StringBuilder(page[..(page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)]).Append('\n');
        foreach (var one in Classes)
        {
            text.Append("\n## ").Append(one.Title).Append("\n\n");
            if (one.Class is not null) text.Append('`').Append(one.Class).Append("`\n\n");
            text.Append("| requirement | what it asks | tests |\n|---|---|---|\n");
            foreach (var requirement in one.Requirements) text.Append(Row(requirement));
        }

        return text.ToString();
    }

    private string Row(Requirement requirement)
    {
        string[] ids = [requirement.Id, .. OwnNames(requirement)];
        var tests = ids.SelectMany(id => _tests[id]).Distinct().Order(StringComparer.Ordinal);
        return $"| {Code(ids)} | {requirement.Asks} | {Code(tests)} |\n";
    }

    private static string Code(IEnumerable<string> names) => string.Join("<br>", names.Select(name => $"`{name}`"));

    /// <summary>The abstract tests that are not named as their requirement is.</summary>
    private static IEnumerable<string> OwnNames(Requirement requirement) =>
        requirement.Tests.Where(test => test["/conf".Length..] != requirement.Id["/req".Length..]);

    private static IEnumerable<(string Id, string Test)> Labels() =>
        from type in typeof(ConformanceTable).Assembly.GetTypes()
        from method in type.GetMethods()
        from id in method.GetCustomAttributes<RequirementAttribute>().Select(label => label.Id)
            .Concat(method.GetCustomAttributes<AbstractTestAttribute>().Select(label => label.Id))
        select (id, $"{type.Name}.{method.Name}");

    /// <param name="Class">URI of the conformance class.</param>
    /// <param name="Title">What it is called here.</param>
    /// <param name="Requirements">In the standard's order.</param>
    internal sealed record RequirementsClass(string? Class, string Title, IReadOnlyList<Requirement> Requirements);

    /// <param name="Id">As 1.0 of Part 1, and Part 2, print it.</param>
    /// <param name="Asks">In a few words.</param>
    /// <param name="Tests">The abstract tests of it.</param>
    internal sealed record Requirement(string Id, string Asks, IReadOnlyList<string> Tests);
}
