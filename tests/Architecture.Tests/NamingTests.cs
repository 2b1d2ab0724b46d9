namespace OgcProcesses.Architecture.Tests;

/// <summary>The standard's words, and folders that are use cases.</summary>
internal sealed class NamingTests
{
    private static readonly string[] Endings =
    [
        "Dto", "Vm", "Model", "Helper", "Helpers", "Manager", "Service", "Util", "Utils", "Command", "Query", "Impl", "Entity", "Repository",
    ];

    private static readonly string[] OtherWords = ["Task", "Algorithm", "Webhook", "Workflow"];

    private static readonly string[] KindsOfThings =
    [
        "Commands", "Queries", "Handlers", "Validators", "Dtos", "Models", "Interfaces", "Abstractions", "Helpers", "Services", "Utils",
        "Extensions", "Exceptions", "Enums", "Entities", "Mappings",
    ];

    private static IEnumerable<Type> Inner => Layers.TypesOf(Layers.Domain, Layers.Application);

    [Test]
    public void Types_AreNotNamedByTheirKind() =>
        Assert.That(Inner.Where(type => Endings.Any(ending => Bare(type).EndsWith(ending, StringComparison.Ordinal))), Is.Empty);

    [Test]
    public void Types_AreNamedByTheStandardsWords() =>
        Assert.That(Inner.Where(type => OtherWords.Any(word => type.Name.Contains(word, StringComparison.Ordinal))), Is.Empty);

    [Test]
    public void Namespaces_AreNotKindsOfThings() =>
        Assert.That(Inner.Where(type => type.Namespace!.Split('.').Intersect(KindsOfThings).Any()), Is.Empty);

    private static string Bare(Type type) => type.Name.Split('`')[0];
}
