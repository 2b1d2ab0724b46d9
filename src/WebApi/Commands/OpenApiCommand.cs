using System.CommandLine;
using System.Text.Json.Nodes;
using OgcProcesses.WebApi.OpenApi;

namespace OgcProcesses.WebApi.Commands;

/// <summary>Shows the definition of the API without what is deployed, which clients are generated from.</summary>
internal sealed class OpenApiCommand : ServerCommand
{
    private readonly Option<FileInfo> _output = new("--output") { Description = "The file to write; the standard output when left out." };

    public OpenApiCommand()
        : base("openapi", "Show the OpenAPI definition, as of a server without processes; needs no database.") => Add(_output);

    public override async Task RunAsync(IServiceProvider services, ParseResult parsed)
    {
        var definition = DefinitionJson.Write(await services.GetRequiredService<GenericDefinition>().GetAsync(), "/", []);
        var text = JsonNode.Parse(definition)!.ToJsonString(new(DefinitionJson.Options) { WriteIndented = true, NewLine = "\n" }) + "\n";
        if (parsed.GetValue(_output) is { } file) await File.WriteAllTextAsync(file.FullName, text);
        else await Console.Out.WriteAsync(text);
    }
}
