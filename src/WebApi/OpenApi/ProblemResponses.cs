using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Newtonsoft.Json.Linq;
using NJsonSchema;
using NSwag;
using NSwag.Generation.Processors;
using NSwag.Generation.Processors.Contexts;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.WebApi.Http;
using OgcProcesses.WebApi.Security;

namespace OgcProcesses.WebApi.OpenApi;

/// <summary>Adds the errors that an operation may answer, each with an example.</summary>
/// <remarks>/req/oas30/completeness, /req/oas30/exceptions-codes</remarks>
internal sealed class ProblemResponses(SecurityOptions security) : IOperationProcessor
{
    private static readonly KeyValuePair<string, OgcError> Invalid = new(nameof(OgcError.InvalidParameterValue), OgcError.InvalidParameterValue);

    /// <inheritdoc />
    public bool Process(OperationProcessorContext context)
    {
        var operation = context.OperationDescription.Operation;
        var exception = context.SchemaGenerator.Generate(typeof(ProblemDetails), context.SchemaResolver).ActualSchema;
        foreach (var errors in ErrorsOf(operation, context.MethodInfo).DistinctBy(error => error.Key).GroupBy(error => error.Value.Status))
        {
            var response = new OpenApiResponse { Description = string.Join("; or: ", errors.Select(error => error.Value.Title).Distinct()) };
            foreach (var mediaType in (string[])["application/json", "application/problem+json"])
            {
                var content = new OpenApiMediaType { Schema = new JsonSchema { Reference = exception } };
                foreach (var (name, error) in errors) content.Examples[JsonNamingPolicy.CamelCase.ConvertName(name)] = Example(error, operation.RequestBody is not null);
                response.Content[mediaType] = content;
            }

            if (errors.Key is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
                response.Headers["Retry-After"] = new() { Description = "Seconds after which another try makes sense.", Schema = new JsonSchema { Type = JsonObjectType.Integer } };
            operation.Responses[errors.Key.ToString(CultureInfo.InvariantCulture)] = response;
        }

        return true;
    }

    private IEnumerable<KeyValuePair<string, OgcError>> ErrorsOf(OpenApiOperation operation, MethodInfo action)
    {
        var hasBody = operation.RequestBody is not null;
        var problems = action.GetCustomAttribute<ProblemsAttribute>();
        yield return hasBody || operation.Parameters.Any(parameter => parameter.Kind == OpenApiParameterKind.Query)
            ? Invalid
            // What the web server itself refuses: a host, a header.
            : Unnamed(StatusCodes.Status400BadRequest);
        if (!security.IsOpen && !action.DeclaringType!.IsDefined(typeof(AllowAnonymousAttribute)))
        {
            yield return new(nameof(OgcError.Unauthenticated), OgcError.Unauthenticated);
            yield return new(nameof(OgcError.Forbidden), OgcError.Forbidden);
            if (security.TakesTokens) yield return new(nameof(OgcError.IssuerUnavailable), OgcError.IssuerUnavailable);
        }

        foreach (var error in problems?.Errors ?? []) yield return error;
        // What is not there any more may have been.
        if (problems?.Errors.Any(error => error.Value == OgcError.NoSuchJob) == true) yield return new(nameof(OgcError.JobExpired), OgcError.JobExpired);
        foreach (var status in problems?.Others ?? []) yield return Unnamed(status);
        if (hasBody) yield return Unnamed(StatusCodes.Status413PayloadTooLarge);
        // The other media types of a package have a row of their own.
        if (hasBody && !action.IsDefined(typeof(PackageMediaTypeAttribute))) yield return Unnamed(StatusCodes.Status415UnsupportedMediaType);
        yield return Unnamed(StatusCodes.Status429TooManyRequests);
        yield return Unnamed(StatusCodes.Status500InternalServerError);
    }

    /// <summary>An error that the web server or a mistake in ours ends in.</summary>
    private static KeyValuePair<string, OgcError> Unnamed(int status)
    {
        var title = ReasonPhrases.GetReasonPhrase(status);
        return new(title.Replace(" ", "", StringComparison.Ordinal), new("about:blank", status, title));
    }

    /// <remarks>Part 1, exception.yaml</remarks>
    private static OpenApiExample Example(OgcError error, bool hasBody)
    {
        var problem = new JObject { ["type"] = error.Type, ["title"] = error.Title, ["status"] = error.Status };
        if (error == OgcError.InvalidParameterValue)
        {
            var violation = hasBody
                ? new JObject { ["pointer"] = "/inputs/image", ["detail"] = "is required" }
                : new JObject { ["parameter"] = "limit", ["detail"] = "must be at least 1" };
            problem["detail"] = $"{violation.Properties().First().Value}: {violation["detail"]}";
            problem["errors"] = new JArray(violation);
        }

        return new() { Summary = error.Title, Value = problem };
    }
}
