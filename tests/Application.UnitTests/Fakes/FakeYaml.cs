using System.Text.Json;
using OgcProcesses.Application.Processes.Cwl;

namespace OgcProcesses.Application.UnitTests.Fakes;

/// <summary>Reads the one line of YAML that these tests need: a flow mapping that is JSON behind a comment.</summary>
internal sealed class FakeYaml : IYamlReader
{
    public JsonElement Read(string text)
    {
        if (!text.StartsWith('#')) throw new YamlException(1, 1, "no comment");
        return JsonSerializer.Deserialize<JsonElement>(text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..]);
    }
}
