using NetArchTest.Rules;

namespace OgcProcesses.Architecture.Tests;

/// <summary>WebApi → Application → Domain, Infrastructure → Application.</summary>
internal sealed class LayerTests
{
    [Test]
    public void Domain_UsesNothingButTheRuntime() =>
        Assert.That(Layers.UsedBy(Layers.Domain).Where(name => name != "System" && !name.StartsWith("System.", StringComparison.Ordinal)), Is.Empty);

    /// <summary>A package that nobody uses yet is one, too; the compiler would leave it out of the assembly.</summary>
    [Test]
    public void Domain_ReferencesNothing() => Assert.That(Layers.ProjectFile("Domain"), Does.Not.Contain("Reference Include"));

    [TestCase("Microsoft.EntityFrameworkCore")]
    [TestCase("Microsoft.Data")]
    [TestCase("Microsoft.AspNetCore")]
    [TestCase("Docker.DotNet")]
    [TestCase("Amazon")]
    [TestCase("NJsonSchema")]
    [TestCase("Newtonsoft.Json")]
    [TestCase("OgcProcesses.Infrastructure")]
    [TestCase("OgcProcesses.WebApi")]
    public void Application_DoesNotKnow(string other) =>
        Assert.Multiple(() =>
        {
            Assert.That(Layers.UsedBy(Layers.Application).Where(name => name.StartsWith(other, StringComparison.Ordinal)), Is.Empty);
            Assert.That(Layers.ProjectFile("Application"), Does.Not.Contain($"Reference Include=\"{other}"));
        });

    [Test]
    public void Infrastructure_DoesNotKnowTheWebLayer() =>
        Assert.That(
            Layers.UsedBy(Layers.Infrastructure).Where(name =>
                name == "OgcProcesses.WebApi" || name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)),
            Is.Empty);

    [Test]
    public void WebApi_KnowsTheInfrastructureOnlyToRegisterIt()
    {
        var users = Types.InAssembly(Layers.WebApi).That().HaveDependencyOn("OgcProcesses.Infrastructure").GetTypes()
            .Select(type => Layers.Written(type).Name).Distinct();
        Assert.That(users, Is.SubsetOf(new[] { "Program", "WebApiServices", "AdminCommand", "MigrateCommand" }), "commands prepare the database, as the start does");
    }

    [Test]
    public void WebApi_KnowsNeitherDatabaseNorEngine() =>
        Assert.That(
            Layers.UsedBy(Layers.WebApi).Where(name =>
                name.StartsWith("Microsoft.EntityFrameworkCore", StringComparison.Ordinal) || name.StartsWith("Docker.", StringComparison.Ordinal)),
            Is.Empty);

    [Test]
    public void Interfaces_OfTheApplication_AreItsBorder()
    {
        var outside = Layers.TypesOf(Layers.Infrastructure, Layers.WebApi).ToList();
        var inner = Layers.TypesOf(Layers.Application)
            .Where(type => type.IsInterface && !outside.Exists(other => other.IsAssignableTo(type) && !other.IsInterface));
        Assert.That(inner, Is.Empty, "an interface marks a layer's border");
    }
}
