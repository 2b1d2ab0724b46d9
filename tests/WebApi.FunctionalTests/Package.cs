using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>An application package that runs a line of shell in the tiny image; says only what a test is about.</summary>
internal sealed class Package
{
    private readonly JsonObject _package;

    private Package(string id, string script)
    {
        Id = id;
        _package = new JsonObject
        {
            ["processDescription"] = new JsonObject
            {
                ["process"] = new JsonObject
                {
                    ["id"] = id,
                    ["version"] = "1.0.0",
                    ["inputs"] = new JsonObject(),
                    ["outputs"] = new JsonObject(),
                },
            },
            ["executionUnit"] = new JsonObject
            {
                ["type"] = "docker",
                ["image"] = "ogcprocesses/echo:1",
                ["command"] = new JsonArray("/bin/sh", "-c", script, "program"),
            },
        };
    }

    public string Id { get; }

    public JsonObject Process => _package["processDescription"]!["process"]!.AsObject();

    public JsonObject Unit => _package["executionUnit"]!.AsObject();

    /// <summary>A process of a new identifier that runs a script.</summary>
    public static Package Running(string script) => new($"test-{Guid.NewGuid():N}", script);

    public Package Taking(string input, string schema, int minOccurs = 1)
    {
        Process["inputs"]![input] = new JsonObject { ["schema"] = JsonNode.Parse(schema), ["minOccurs"] = minOccurs };
        return this;
    }

    public Package Giving(string output, string schema)
    {
        Process["outputs"]![output] = new JsonObject { ["schema"] = JsonNode.Parse(schema) };
        return this;
    }

    public Package Binding(string kind, string id, string binding)
    {
        var bindings = Unit["bindings"] as JsonObject ?? new JsonObject();
        Unit["bindings"] = bindings;
        var ofKind = bindings[kind] as JsonObject ?? new JsonObject();
        bindings[kind] = ofKind;
        ofKind[id] = JsonNode.Parse(binding);
        return this;
    }

    public Package With(string config, double value)
    {
        var all = Unit["config"] as JsonObject ?? new JsonObject();
        Unit["config"] = all;
        all[config] = value;
        return this;
    }

    public override string ToString() => _package.ToJsonString();
}
