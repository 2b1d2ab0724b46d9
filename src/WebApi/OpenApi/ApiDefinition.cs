using NJsonSchema;
using NJsonSchema.Generation.TypeMappers;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.WebApi.OpenApi;

/// <summary>Generates the API's definition from its controllers, and shows it to people.</summary>
internal static class ApiDefinition
{
    public const string DocumentName = "api";

    public static IServiceCollection AddApiDefinition(this IServiceCollection services) => services.AddOpenApiDocument(document =>
    {
        document.DocumentName = DocumentName;
        document.Title = "OgcProcesses";
        document.Description = "Runs Earth-science algorithms, packed as container images, by the standard OGC API - Processes.";
        document.Version = typeof(ApiDefinition).Assembly.GetName().Version!.ToString(3);
        document.SchemaSettings.SchemaType = SchemaType.OpenApi3;
        document.SchemaSettings.SchemaNameGenerator = new SchemaNames();
        document.SchemaSettings.TypeMappers.Add(new PrimitiveTypeMapper(typeof(JobId), Identifier("uuid")));
        document.SchemaSettings.TypeMappers.Add(new PrimitiveTypeMapper(typeof(ProcessId), Identifier(null)));
        document.UseRouteNameAsOperationId = true;
        document.OperationProcessors.Add(new BodyMediaTypes());
        document.OperationProcessors.Add(new ProblemResponses());
    });

    public static void UseApiDefinition(this WebApplication app) => app.UseSwaggerUi(ui =>
    {
        ui.Path = "/api/ui";
        ui.DocumentPath = "/api?f=json";
        ui.DocumentTitle = "OgcProcesses";
    });

    private static Action<JsonSchema> Identifier(string? format) => schema =>
    {
        schema.Type = JsonObjectType.String;
        schema.Format = format;
    };
}
