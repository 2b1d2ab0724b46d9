using System.Reflection;
using System.Runtime.CompilerServices;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Infrastructure;
using OgcProcesses.WebApi.Controllers;

namespace OgcProcesses.Architecture.Tests;

/// <summary>The layers, and the types that people wrote in them.</summary>
internal static class Layers
{
    public static Assembly Domain { get; } = typeof(Job).Assembly;

    public static Assembly Application { get; } = typeof(IJobStore).Assembly;

    public static Assembly Infrastructure { get; } = typeof(InfrastructureServices).Assembly;

    public static Assembly WebApi { get; } = typeof(ProcessesController).Assembly;

    /// <summary>The types of some layers, without those the compiler makes.</summary>
    public static IEnumerable<Type> TypesOf(params Assembly[] layers) =>
        layers.SelectMany(layer => layer.GetTypes()).Where(type => !IsGenerated(type));

    /// <summary>The assemblies whose types a layer uses.</summary>
    public static IEnumerable<string> UsedBy(Assembly layer) => layer.GetReferencedAssemblies().Select(name => name.Name!);

    /// <summary>The outermost type: a lambda and a state machine belong to the type they were written in.</summary>
    public static Type Written(Type type) => type.DeclaringType is { } outer ? Written(outer) : type;

    /// <summary>The text of a layer's project file.</summary>
    public static string ProjectFile(string layer)
    {
        var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "OgcProcesses.sln"))) folder = folder.Parent;
        return File.ReadAllText(Path.Combine(folder.FullName, "src", layer, $"OgcProcesses.{layer}.csproj"));
    }

    private static bool IsGenerated(Type type) =>
        type.Name.Contains('<', StringComparison.Ordinal)
        || type.IsDefined(typeof(CompilerGeneratedAttribute))
        || type.Namespace?.StartsWith("OgcProcesses", StringComparison.Ordinal) != true
        || (type.DeclaringType is { } outer && IsGenerated(outer));
}
