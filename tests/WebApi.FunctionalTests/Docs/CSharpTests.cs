using System.Text.Json;
using OgcProcesses.WebApi.FunctionalTests.OpenApi;

namespace OgcProcesses.WebApi.FunctionalTests.Docs;

/// <summary>The programs in C# that documents show, compiled and run; what the documents say they print is held against what they do.</summary>
internal sealed class CSharpTests : ServerTests
{
    private static readonly string Tutorial = Path.Combine(SessionTests.Repository, "docs", "tutorials", "csharp.md");

    [Test]
    public async Task Tutorial_PrintsWhatItSays()
    {
        var document = new Document(Tutorial);
        await Server.SendAsync(HttpMethod.Post, "/processes", await File.ReadAllTextAsync(Path.Combine(SessionTests.Repository, "build/images/ndvi/package.json")));
        var ndvi = await GeneratedClient.GenerateAsync(new(Server.Http.BaseAddress!, "/api?process=ndvi"), "Ndvi", "NdviClient");
        Assert.That(await RunAsync(document.CSharp(), ndvi), Is.EqualTo("done"));
    }

    [Test]
    public void Tutorial_ThatIsWrong_IsTold() =>
        Assert.That(() => RunAsync(("", """Console.WriteLine(2); Printed("1");""")), Throws.Exception.With.Message.EqualTo("It is: 2"));

    private static async Task<string> RunAsync((string Usings, string Statements) document, params string[] more)
    {
        var folder = Directory.CreateTempSubdirectory("ogcprocesses-test-").FullName;
        try
        {
            var statements = document.Statements.Replace("http://127.0.0.1:8080", Server.Http.BaseAddress!.ToString(), StringComparison.Ordinal)
                .Replace("\"L7_ETMs.tif\"", JsonSerializer.Serialize(SessionTests.Scene), StringComparison.Ordinal)
                .Replace("\"results\"", JsonSerializer.Serialize(folder), StringComparison.Ordinal)
                .Replace("\"build/", $"\"{SessionTests.Repository}/build/", StringComparison.Ordinal);
            var program = $$"""
                using System; using System.Collections.Generic; using System.IO; using System.Linq; using System.Net.Http; using System.Threading.Tasks;
                {{document.Usings}}
                public static class Program
                {
                    private static readonly StringWriter Console = new();
                    private static void Printed(string text)
                    {
                        var told = Console.ToString().TrimEnd();
                        Console.GetStringBuilder().Clear();
                        if (told != text) throw new InvalidOperationException($"It is: {told}");
                    }
                    public static async Task<string> RunAsync() { {{statements}} await Task.CompletedTask; return "done"; }
                }
                """;
            return await GeneratedClient.RunAsync([program, .. more]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
