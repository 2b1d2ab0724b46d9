using System.Text;
using System.Text.Json;
using Microsoft.OpenApi;
using YamlDotNet.Serialization;

namespace OgcProcesses.WebApi.FunctionalTests.OpenApi;

/// <summary>Judges definitions by Microsoft's reader and rules, which share nothing with NSwag.</summary>
internal static class Validity
{
    /// <summary>Everything that is wrong with a definition.</summary>
    public static IReadOnlyList<string> Errors(string json)
    {
        var read = OpenApiDocument.Parse(json, OpenApiConstants.Json);
        if (read.Document is null) return ["is no definition", .. read.Diagnostic?.Errors.Select(error => error.Message) ?? []];
        return
        [
            .. read.Diagnostic!.Errors.Concat(read.Diagnostic.Warnings).Concat(read.Document.Validate(ValidationRuleSet.GetDefaultRuleSet()))
                .Select(error => $"{error.Pointer}: {error.Message}"),
            .. Dangling(json),
        ];
    }

    /// <summary>The JSON of a YAML document.</summary>
    public static string FromYaml(string yaml)
    {
        var content = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize(new StringReader(yaml));
        return JsonSerializer.Serialize(Keyed(content));
    }

    private static object? Keyed(object? value) => value switch
    {
        Dictionary<object, object> members => members.ToDictionary(member => (string)member.Key, member => Keyed(member.Value)),
        List<object> items => items.Select(Keyed).ToList(),
        _ => value,
    };

    /// <summary>References to components that are not there; the reader lets them pass.</summary>
    private static List<string> Dangling(string json)
    {
        using var document = JsonDocument.Parse(json);
        var components = document.RootElement.GetProperty("components").EnumerateObject()
            .SelectMany(kind => kind.Value.EnumerateObject().Select(component => $"#/components/{kind.Name}/{component.Name}")).ToHashSet();
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        var missing = new List<string>();
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("$ref"u8) && reader.Read()
                && reader.TokenType == JsonTokenType.String && !components.Contains(reader.GetString()!)) missing.Add($"{reader.GetString()} is not there");
        }

        return missing;
    }
}
