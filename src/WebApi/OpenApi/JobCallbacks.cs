using Microsoft.AspNetCore.Mvc;
using NJsonSchema;
using NSwag;
using NSwag.Generation.Processors;
using NSwag.Generation.Processors.Contexts;
using OgcProcesses.Application.Jobs.Execute;
using OgcProcesses.Application.Jobs.Get;

namespace OgcProcesses.WebApi.OpenApi;

/// <summary>Describes what the subscriber of an execute request is sent.</summary>
/// <remarks>/req/callback/job-callback, /req/oas30/completeness</remarks>
internal sealed class JobCallbacks : IOperationProcessor
{
    /// <inheritdoc />
    public bool Process(OperationProcessorContext context)
    {
        if (!context.MethodInfo.GetParameters().Any(parameter => parameter.ParameterType == typeof(Execute))) return true;
        var callbacks = context.OperationDescription.Operation.Callbacks;
        callbacks["jobCompleted"] = To("successUri", "The job has results.", new() { Type = JsonObjectType.Object, AllowAdditionalProperties = true });
        callbacks["jobProgress"] = To("inProgressUri", "The job has started or got further.", Of<StatusInfo>());
        var failure = new JsonSchema { AnyOf = { Of<ProblemDetails>(), Of<StatusInfo>() } };
        callbacks["jobFailed"] = To("failedUri", "The job has failed, which its problem document tells, or was dismissed, which its status tells.", failure);
        return true;

        JsonSchema Of<T>() => new() { Reference = context.SchemaGenerator.Generate(typeof(T), context.SchemaResolver).ActualSchema };
    }

    private static OpenApiCallback To(string member, string summary, JsonSchema body) => new()
    {
        [$"{{$request.body#/subscriber/{member}}}"] = new OpenApiPathItem
        {
            [OpenApiOperationMethod.Post] = new()
            {
                Summary = summary,
                RequestBody = new() { IsRequired = true, Content = { ["application/json"] = new() { Schema = body } } },
                Responses = { ["200"] = new() { Description = "Received" }, ["202"] = new() { Description = "Received" } },
            },
        },
    };
}
