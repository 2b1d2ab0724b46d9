using Microsoft.Extensions.Options;
using NJsonSchema;
using NJsonSchema.Generation.TypeMappers;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;
using OgcProcesses.WebApi.Compatibility;
using OgcProcesses.WebApi.Security;

namespace OgcProcesses.WebApi.OpenApi;

/// <summary>Generates the API's definition from its controllers, and shows it to people.</summary>
/// <remarks>The operations of single processes are copies of the operation <c>execute</c> and take over what it requires.</remarks>
internal static class ApiDefinition
{
    public const string DocumentName = "api";

    public static IServiceCollection AddApiDefinition(this IServiceCollection services) => services
        .AddSingleton<GenericDefinition>()
        .AddSingleton<Definitions>()
        .AddOpenApiDocument((document, services) =>
        {
            var security = services.GetRequiredService<IOptions<SecurityOptions>>().Value;
            document.DocumentName = DocumentName;
            document.Title = "OgcProcesses";
            document.Description = "Runs Earth-science algorithms, packed as container images, by the standard OGC API - Processes.";
            document.Version = typeof(ApiDefinition).Assembly.GetName().Version!.ToString(3);
            document.UseControllerSummaryAsTagDescription = true;
            document.UseRouteNameAsOperationId = true;
            document.SchemaSettings.SchemaType = SchemaType.OpenApi3;
            document.SchemaSettings.SchemaNameGenerator = new SchemaNames();
            document.SchemaSettings.TypeNameGenerator = new SchemaNames.Small();
            document.SchemaSettings.FlattenInheritanceHierarchy = true;
            // Later versions answer more members; clients are to bear them.
            document.SchemaSettings.AlwaysAllowAdditionalObjectProperties = true;
            document.SchemaSettings.TypeMappers.Add(new PrimitiveTypeMapper(typeof(JobId), Identifier("uuid")));
            document.SchemaSettings.TypeMappers.Add(new PrimitiveTypeMapper(typeof(ProcessId), Identifier(null)));
            document.SchemaSettings.SchemaProcessors.Add(new AlwaysPresent());
            document.OperationProcessors.Add(new BodyMediaTypes());
            document.OperationProcessors.Add(new QueryParameters());
            document.OperationProcessors.Add(new ProblemResponses(security));
            document.OperationProcessors.Add(new JobCallbacks());
            document.OperationProcessors.Add(new PageAnswers());
            document.OperationProcessors.Add(new Headers());
            document.OperationProcessors.Add(new Examples());
            var access = new AccessSchemes(security);
            document.DocumentProcessors.Add(access);
            document.OperationProcessors.Add(access);
            document.AddCompatibility(services);
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
