using System.Diagnostics;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace OgcProcesses.WebApi.FunctionalTests.OpenApi;

/// <summary>A program that uses a client which NSwag's tool has generated from a definition, as its users write it.</summary>
internal static class GeneratedClient
{
    private static readonly string Tool = typeof(GeneratedClient).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "NSwag").Value!;

    /// <summary>Generates the client <c>OgcClient</c>, compiles it with a program and gives what the program returns.</summary>
    /// <param name="definition">The URL of the definition.</param>
    /// <param name="program">C# statements of an asynchronous method that has the client as <c>client</c> and returns a text.</param>
    public static async Task<string> RunAsync(Uri definition, string program)
    {
        var text = $$"""
            using System; using System.Collections.Generic; using System.Linq; using System.Threading.Tasks; using Generated;
            public static class Program
            {
                public static async Task<string> RunAsync(System.Net.Http.HttpClient http) { var client = new OgcClient(http); {{program}} }
            }
            """;
        using var http = new HttpClient();
        return await RunAsync([await GenerateAsync(definition, "Generated", "OgcClient"), text], http);
    }

    /// <summary>Compiles sources and gives what <c>Program.RunAsync</c> in them returns.</summary>
    public static async Task<string> RunAsync(string[] sources, params object[] arguments) =>
        await (Task<string>)Compile(sources).GetType("Program")!.GetMethod("RunAsync")!.Invoke(null, arguments)!;

    /// <summary>The command that README tells.</summary>
    public static async Task<string> GenerateAsync(Uri definition, string space, string name)
    {
        var file = Path.GetTempFileName();
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        foreach (var argument in (string[])
        [
            Tool, "openapi2csclient", $"/input:{definition}", $"/output:{file}", $"/namespace:{space}", $"/className:{name}",
            "/operationGenerationMode:SingleClientFromOperationId", "/generateOptionalParameters:true",
        ]) start.ArgumentList.Add(argument);
        using var tool = Process.Start(start)!;
        var told = await tool.StandardOutput.ReadToEndAsync();
        await tool.WaitForExitAsync();
        Assert.That(tool.ExitCode, Is.Zero, told);
        var client = await File.ReadAllTextAsync(file);
        File.Delete(file);
        return client;
    }

    private static Assembly Compile(params string[] sources)
    {
        var libraries = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            $"Generated-{Guid.NewGuid():N}", sources.Select(source => CSharpSyntaxTree.ParseText(source)), libraries,
            new(OutputKind.DynamicallyLinkedLibrary));
        using var assembly = new MemoryStream();
        var emitted = compilation.Emit(assembly);
        Assert.That(emitted.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error), Is.Empty);
        assembly.Position = 0;
        return AssemblyLoadContext.Default.LoadFromStream(assembly);
    }
}
