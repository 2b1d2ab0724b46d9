using System.Globalization;
using System.Reflection;
using NJsonSchema;
using NSwag;
using NSwag.Generation.Processors;
using NSwag.Generation.Processors.Contexts;

namespace OgcProcesses.WebApi.OpenApi;

/// <summary>Adds the headers of requests and answers.</summary>
/// <remarks>/req/oas30/completeness</remarks>
internal sealed class Headers : IOperationProcessor
{
    /// <inheritdoc />
    public bool Process(OperationProcessorContext context)
    {
        var operation = context.OperationDescription.Operation;
        foreach (var header in context.MethodInfo.GetCustomAttributes<RequestHeaderAttribute>())
        {
            operation.Parameters.Add(new()
            {
                Name = header.Name, Kind = OpenApiParameterKind.Header, Description = header.Description, IsRequired = header.IsRequired, Schema = Text(),
            });
        }

        foreach (var header in context.MethodInfo.GetCustomAttributes<AnswerHeaderAttribute>())
        {
            operation.Responses[header.Status.ToString(CultureInfo.InvariantCulture)].Headers[header.Name] =
                new() { Description = header.Description, Schema = Text() };
        }

        if (context.OperationDescription.Method == OpenApiOperationMethod.Get && operation.Responses.TryGetValue("200", out var success)
            && success.Content.Values.Any(content => content.Schema?.ActualSchema.ActualProperties.ContainsKey("links") == true))
        {
            foreach (var status in ((string[])["200", "304"]).Where(operation.Responses.ContainsKey))
                operation.Responses[status].Headers["Link"] = new() { Description = "The links of the document, as far as a header can hold them.", Schema = Text() };
        }

        return true;
    }

    private static JsonSchema Text() => new() { Type = JsonObjectType.String };
}
