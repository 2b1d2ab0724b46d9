using System.Text;
using System.Text.Json;
using YamlDotNet.Serialization;

namespace OgcProcesses.WebApi.OpenApi;

/// <summary>Puts a definition into YAML.</summary>
internal static class DefinitionYaml
{
    private static readonly ISerializer Serializer = new SerializerBuilder()
        .WithQuotingNecessaryStrings(quoteYaml1_1Strings: true)
        .WithMaximumRecursion(200)
        .DisableAliases()
        .Build();

    /// <summary>The same document as UTF-8 YAML.</summary>
    public static byte[] From(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        return Encoding.UTF8.GetBytes(Serializer.Serialize(Plain(document.RootElement)!));
    }

    private static object? Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().ToDictionary(member => member.Name, member => Plain(member.Value)),
        JsonValueKind.Array => value.EnumerateArray().Select(Plain).ToList(),
        JsonValueKind.Number => value.GetDecimal(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null => null,
        _ => value.GetString(),
    };
}
