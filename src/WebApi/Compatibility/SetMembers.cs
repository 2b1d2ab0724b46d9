using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using OgcProcesses.Application.Processes.Deploy;

namespace OgcProcesses.WebApi.Compatibility;

/// <summary>Leaves out of packages what is null: pydantic's models write every member that nobody has set.</summary>
internal static class SetMembers
{
    /// <summary>Members that hold data, in which null is a value.</summary>
    private static readonly HashSet<string> Data = ["const", "default", "enum", "example", "examples"];

    /// <summary>Members whose own members are named by the package's author.</summary>
    private static readonly HashSet<string> Named = ["inputs", "outputs", "inputBindings", "outputBindings", "properties", "$defs", "definitions"];

    /// <summary>The package with the members that are set; a CWL document as it is.</summary>
    public static ApplicationPackage Of(ApplicationPackage package) => package with
    {
        ProcessDescription = Of(package.ProcessDescription),
        ExecutionUnit = Of(package.ExecutionUnit),
    };

    private static JsonElement? Of(JsonElement? value)
    {
        if (value is not { ValueKind: JsonValueKind.Object or JsonValueKind.Array } given) return value;
        var text = new StringBuilder();
        Append(text, given, areNamed: false);
        // As deep as it was read.
        return JsonElement.Parse(text.ToString(), new() { MaxDepth = int.MaxValue });
    }

    /// <remarks>Written as it was: what is wrong with a text or a name, or given twice, is for those to tell who read the package.</remarks>
    private static void Append(StringBuilder text, JsonElement value, bool areNamed)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                text.Append('{');
                foreach (var member in value.EnumerateObject()) AppendMember(text, member, areNamed);
                text.Append('}');
                break;
            case JsonValueKind.Array:
                text.Append('[');
                foreach (var (index, item) in value.EnumerateArray().Index())
                {
                    if (index > 0) text.Append(',');
                    Append(text, item, areNamed: false);
                }

                text.Append(']');
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }

    private static void AppendMember(StringBuilder text, JsonProperty member, bool isNamed)
    {
        var name = Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8PropertyName(member));
        // No model of theirs has a const: where it is null, somebody has set it.
        if (member.Value.ValueKind == JsonValueKind.Null && (isNamed || name != "const")) return;
        if (text[^1] != '{') text.Append(',');
        text.Append('"').Append(name).Append("\":");
        if (!isNamed && Data.Contains(name)) text.Append(member.Value.GetRawText());
        else Append(text, member.Value, !isNamed && Named.Contains(name));
    }
}
