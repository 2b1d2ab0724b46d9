using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>Makes process descriptions that use any member of the standard's schema, and members that nobody knows at every level.</summary>
internal sealed class RandomDescription(int seed)
{
    private static readonly string[] Texts =
        ["", "plain", "Größe in m²", "日本語 🛰", "\"quoted\" \\ </script>", "line\nbreak\ttab", "\u0000\u001f\u2028", "https://a.example/?x=1&y=2"];

    /// <summary>Numbers that come back as other text from any reader that takes them for a double.</summary>
    private static readonly string[] Numbers = ["0", "1.0", "-0", "0.10", "1E+2", "1e400", "-1.5e-320", "12345678901234567890123456789", "3.141592653589793238"];

    private readonly Random _random = new(seed);

    public JsonObject Make(string id)
    {
        var process = new JsonObject { ["id"] = id, ["version"] = Text() };
        Describe(process);
        Maybe(process, "jobControlOptions", () => new JsonArray("sync-execute", "async-execute", "dismiss"));
        Maybe(process, "outputTransmission", () => Pick<JsonArray>(["value"], ["reference"], ["value", "reference"]));
        Maybe(process, "links", () => Many(() => Link()));
        process["inputs"] = Members(Input);
        process["outputs"] = Members(() => Unknown(Schema(new JsonObject(), "schema")));
        return Unknown(process);
    }

    private JsonObject Input()
    {
        var input = Schema(new JsonObject(), "schema");
        Maybe(input, "minOccurs", () => _random.Next(2));
        Maybe(input, "maxOccurs", () => Pick<JsonNode>(_random.Next(1, 9), "unbounded"));
        return Unknown(input);
    }

    /// <remarks>descriptionType.yaml</remarks>
    private void Describe(JsonObject at)
    {
        Maybe(at, "title", () => Text());
        Maybe(at, "description", () => Text());
        Maybe(at, "keywords", () => Many(() => Text()));
        Maybe(at, "metadata", () => Many(() => Pick(Link, () => Unknown(new JsonObject { ["role"] = Text(), ["lang"] = "en", ["value"] = Value() }))));
        // Always as the standard's object: a bare array is given back as one.
        Maybe(at, "additionalParameters", () => Unknown(
            new JsonObject { ["title"] = Text(), ["role"] = Text(), ["href"] = Text(), ["parameters"] = Many(Parameter) }));
    }

    private JsonObject Parameter() => Unknown(new JsonObject { ["name"] = Text(), ["value"] = Many(() => Value()) });

    private JsonObject Link()
    {
        var link = new JsonObject { ["href"] = "https://a.example/" + _random.Next() };
        Maybe(link, "hreflang", () => "en");
        Maybe(link, "rel", () => Pick<JsonNode>("license", "https://a.example/rel"));
        Maybe(link, "title", () => Text());
        Maybe(link, "type", () => "text/html");
        Maybe(link, "length", Number);
        return Unknown(link);
    }

    private JsonObject Schema(JsonObject owner, string name)
    {
        Describe(owner);
        owner[name] = Schema(2);
        return owner;
    }

    private JsonObject Schema(int depth)
    {
        var schema = depth == 0 ? new JsonObject { ["type"] = "string" } : Pick(
            () => new JsonObject { ["type"] = "string", ["maxLength"] = 10, ["pattern"] = "^[a-z]+$" },
            () => new JsonObject { ["type"] = "string", ["contentMediaType"] = "image/tiff; application=geotiff", ["contentEncoding"] = "base64" },
            () => new JsonObject { ["type"] = "string", ["format"] = Pick<JsonNode>("date-time", "x-unheard-of") },
            () => new JsonObject { ["type"] = "number", ["minimum"] = JsonNode.Parse("1.0"), ["multipleOf"] = JsonNode.Parse("1.50") },
            () => new JsonObject { ["enum"] = Many(() => Value()) is { Count: > 0 } some ? some : new JsonArray("a") },
            () => new JsonObject { ["type"] = "array", ["items"] = Schema(depth - 1), ["uniqueItems"] = true },
            () => new JsonObject { ["type"] = "object", ["required"] = new JsonArray("a"), ["properties"] = new JsonObject { ["z"] = Schema(depth - 1), ["a"] = Schema(depth - 1) } },
            () => new JsonObject { ["oneOf"] = new JsonArray(Schema(depth - 1), Schema(depth - 1)) },
            () => new JsonObject { ["allOf"] = new JsonArray(new JsonObject { ["format"] = "ogc-bbox" }, new JsonObject { ["$ref"] = "../../openapi/schemas/processes-core/bbox.yaml" }) },
            () => new JsonObject { ["$ref"] = Pick<JsonNode>("https://nowhere.example/schema.json#/a", "#/components/schemas/none", "none.yaml") });
        Maybe(schema, "title", () => Text());
        Maybe(schema, "example", () => Value());
        Maybe(schema, "nullable", () => true);
        return Unknown(schema);
    }

    private JsonObject Unknown(JsonObject at)
    {
        if (_random.Next(3) == 0) at[$"x-{Text()}{at.Count}"] = Value();
        return at;
    }

    private JsonNode? Value(int depth = 3) => _random.Next(depth == 0 ? 4 : 6) switch
    {
        0 => Text(),
        1 => Number(),
        2 => _random.Next(2) == 0,
        3 => null,
        4 => Many(() => Value(depth - 1)),
        _ => new JsonObject(Enumerable.Range(0, _random.Next(4)).Select(number => KeyValuePair.Create($"{Text()}{number}", Value(depth - 1)))),
    };

    private JsonNode Number() => JsonNode.Parse(Numbers[_random.Next(Numbers.Length)])!;

    private string Text() => Texts[_random.Next(Texts.Length)];

    private JsonArray Many(Func<JsonNode?> make) => [.. Enumerable.Range(0, _random.Next(4)).Select(_ => make())];

    private JsonObject Members(Func<JsonNode> make) =>
        new(Enumerable.Range(0, _random.Next(5)).Select(number => KeyValuePair.Create($"{(char)('z' - number)}{_random.Next()}", (JsonNode?)make())));

    private void Maybe(JsonObject at, string name, Func<JsonNode?> make)
    {
        if (_random.Next(2) == 0) at[name] = make();
    }

    private T Pick<T>(params Func<T>[] choices) => choices[_random.Next(choices.Length)]();

    private T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];
}
