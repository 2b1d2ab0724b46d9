using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Application.Processes.Deploy;

namespace OgcProcesses.Application.UnitTests.Fakes;

/// <summary>Builds an application package that can be deployed, and changes in it.</summary>
internal sealed class APackage
{
    private readonly JsonObject _json;

    private APackage(string json) => _json = JsonNode.Parse(json)!.AsObject();

    /// <summary>The description directly under 'processDescription'.</summary>
    public static APackage Plain(string id = "echo") => new($$"""
        {
          "processDescription": {
            "id": "{{id}}",
            "inputs": { "a": { "schema": { "type": "string" } } },
            "outputs": { "out": { "schema": { "type": "string" } } }
          },
          "executionUnit": { "type": "docker", "image": "busybox:1" }
        }
        """);

    /// <summary>The description in a member 'process', as Part 2's text has it.</summary>
    public static APackage Nested()
    {
        var package = Plain();
        var description = package._json["processDescription"]!.DeepClone();
        package._json["processDescription"] = new JsonObject { ["process"] = description };
        return package;
    }

    /// <summary>A package as the official suite deploys it, reduced.</summary>
    public static APackage OfTheOfficialSuite() => new("""
        {
          "processDescription": {
            "id": "BandMath",
            "title": "Computes a one-band image from several images.",
            "version": "1.0.0",
            "jobControlOptions": ["sync-execute", "async-execute", "dismiss"],
            "outputTransmission": ["value", "reference"],
            "links": [],
            "additionalParameters": [{ "name": "entry-point", "value": "otbcli_BandMath" }],
            "inputs": {
              "il": {
                "title": "Images",
                "maxOccurs": 1024,
                "additionalParameters": [{ "name": "pattern", "value": "-name value" }],
                "schema": { "oneOf": [
                  { "type": "string", "contentEncoding": "base64", "contentMediaType": "image/tiff" },
                  { "type": "string", "contentEncoding": "base64", "contentMediaType": "image/png" }
                ] }
              },
              "out": { "schema": { "type": "string", "default": "float", "enum": ["uint8", "int32", "int32", "float"] } },
              "ram": { "schema": { "type": "integer", "default": 128, "nullable": true } },
              "exp": { "schema": { "type": "string" } }
            },
            "outputs": {
              "out": { "schema": { "oneOf": [
                { "type": "string", "contentEncoding": "base64", "contentMediaType": "image/tiff" },
                { "type": "string", "contentEncoding": "base64", "contentMediaType": "image/png" }
              ] } }
            }
          },
          "executionUnit": { "type": "docker", "image": "docker://otbtf/4.1.0-cpu" }
        }
        """);

    /// <summary>Puts a value in the place of a JSON pointer, making what lies on the way; null removes it.</summary>
    public APackage With(string pointer, string? json)
    {
        var steps = pointer[1..].Split('/');
        JsonNode at = _json;
        foreach (var step in steps[..^1]) at = at[step] ??= new JsonObject();
        if (json is null) at.AsObject().Remove(steps[^1]);
        else at[steps[^1]] = JsonNode.Parse(json);
        return this;
    }

    /// <summary>What reads packages, with links to the files of a fetcher.</summary>
    public static PackageSource Source(FakeFetcher? fetcher = null, RunnerOptions? limits = null, FakeRunner? engine = null)
    {
        var options = Options.Create(limits ?? new());
        return new(fetcher ?? new(), new FakeYaml(), new FakeSchemas(), new(engine ?? new(), options), options, TimeProvider.System);
    }

    public ApplicationPackage Build() => _json.Deserialize<ApplicationPackage>(JsonSerializerOptions.Web)!;
}
