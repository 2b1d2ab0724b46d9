using System.Reflection;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NSwag.Generation.Processors;
using NSwag.Generation.Processors.Contexts;

namespace OgcProcesses.WebApi.OpenApi;

/// <summary>Adds the examples of requests and answers that Examples.json holds, by operation and then by status or <c>request</c>.</summary>
internal sealed class Examples : IOperationProcessor
{
    private static readonly JObject All = Read();

    /// <inheritdoc />
    public bool Process(OperationProcessorContext context)
    {
        var operation = context.OperationDescription.Operation;
        if (All[operation.OperationId ?? ""] is not JObject places) return true;
        foreach (var (place, examples) in places)
        {
            var content = (place == "request" ? operation.RequestBody.Content : operation.Responses[place].Content).First().Value;
            foreach (var example in ((JObject)examples!).Properties())
                content.Examples[example.Name] = new() { Summary = (string?)example.Value["summary"], Value = example.Value["value"] };
        }

        return true;
    }

    private static JObject Read()
    {
        using var content = Assembly.GetExecutingAssembly().GetManifestResourceStream(typeof(Examples), "Examples.json")!;
        // Times stay the text they are.
        using var reader = new JsonTextReader(new StreamReader(content)) { DateParseHandling = DateParseHandling.None };
        return JObject.Load(reader);
    }
}
