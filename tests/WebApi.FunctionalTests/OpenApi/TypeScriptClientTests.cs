using System.Diagnostics;
using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests.OpenApi;

/// <summary>A client that others generate from the served definition: openapi-typescript's types, checked by the compiler and used by openapi-fetch.</summary>
internal sealed class TypeScriptClientTests : ServerTests
{
    [Test]
    public async Task TypeScript_TypesOfTheServedDefinition_CompileAndExecute()
    {
        var tools = Environment.GetEnvironmentVariable("OGC_TEST_TYPESCRIPT");
        if (!Directory.Exists(tools))
            Assert.Ignore("OGC_TEST_TYPESCRIPT names no folder with the npm packages of OpenApi/typescript; build/test.sh installs them where there is npm.");
        var package = Package.Running("printf 'Hello, %s %s' $1 $2").Taking("name", """{"type":"string"}""").Taking("count", """{"type":"integer","maximum":9}""")
            .Giving("greeting", """{"type":"string"}""").Binding("inputBindings", "name", """{"position":1}""").Binding("inputBindings", "count", """{"position":2}""")
            .Binding("outputBindings", "greeting", """{"stdout":true}""");
        // The program names it, and types have no names of their own making.
        (package.Process["id"], package.Process["title"]) = ("typescript", "Greeting");
        await Server.DeployAsync(package);

        var folder = Directory.CreateTempSubdirectory("ogcprocesses-test-").FullName;
        try
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "OpenApi", "typescript")))
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            Directory.CreateSymbolicLink(Path.Combine(folder, "node_modules"), Path.Combine(tools, "node_modules"));
            await RunAsync(folder, "node_modules/openapi-typescript/bin/cli.js", new Uri(Server.Http.BaseAddress!, "/api").ToString(), "-o", "api.ts");
            await RunAsync(folder, "node_modules/typescript/bin/tsc");
            var told = await RunAsync(folder, "program.js", Server.Http.BaseAddress!.ToString().TrimEnd('/'));

            Assert.That(JsonNode.DeepEquals(JsonNode.Parse(told), JsonNode.Parse("""
                {
                  "title": "Greeting", "done": 200, "greeting": "Hello, Ada 2",
                  "made": 201, "last": "successful", "followed": { "greeting": "Hello, Ada 2" },
                  "refused": 400, "pointers": ["/inputs/count"]
                }
                """)), told);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            await Server.DeleteAsync("/processes/typescript");
        }
    }

    /// <summary>What a program of Node.js writes; fails the test where the program fails.</summary>
    private static async Task<string> RunAsync(string folder, params string[] arguments)
    {
        using var node = Process.Start(new ProcessStartInfo("node", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = node.StandardError.ReadToEndAsync();
        var output = await node.StandardOutput.ReadToEndAsync();
        await node.WaitForExitAsync();
        Assert.That(node.ExitCode, Is.Zero, $"{arguments[0]}: {output}{await errors}");
        return output;
    }
}
