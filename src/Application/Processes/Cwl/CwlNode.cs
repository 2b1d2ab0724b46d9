using System.Text.Json;
using OgcProcesses.Application.Common.Errors;

namespace OgcProcesses.Application.Processes.Cwl;

/// <summary>A part of a CWL document, with its place.</summary>
/// <remarks>A member that is null counts as absent.</remarks>
/// <param name="Json">The part.</param>
/// <param name="At">JSON pointer from the document's root.</param>
internal readonly record struct CwlNode(JsonElement Json, string At)
{
    public bool IsObject => Json.ValueKind == JsonValueKind.Object;

    public bool IsArray => Json.ValueKind == JsonValueKind.Array;

    /// <summary>The string it is; null when it is none.</summary>
    public string? Text => Json.ValueKind == JsonValueKind.String ? Json.GetString() : null;

    /// <summary>Whether it says nothing: <c>null</c>, <c>false</c>, an empty list or object.</summary>
    public bool IsEmpty => Json.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => true,
        JsonValueKind.Array => Json.GetArrayLength() == 0,
        JsonValueKind.Object => !Json.EnumerateObject().Any(),
        _ => false,
    };

    /// <summary>Itself, or its items where it is a list.</summary>
    public IEnumerable<CwlNode> OneOrMore => IsArray ? Items : [this];

    /// <summary>The items of a list.</summary>
    public IEnumerable<CwlNode> Items
    {
        get
        {
            var at = At;
            return IsArray ? Json.EnumerateArray().Select((item, index) => new CwlNode(item, $"{at}/{index}")) : [];
        }
    }

    /// <summary>The members of an object.</summary>
    public IEnumerable<(string Name, CwlNode Value)> Members
    {
        get
        {
            var at = At;
            return IsObject ? Json.EnumerateObject().Select(member => (member.Name, new CwlNode(member.Value, At: $"{at}/{JsonPointer.Escape(member.Name)}"))) : [];
        }
    }

    /// <summary>A member; null when there is none, or it is null.</summary>
    public CwlNode? Member(string name) =>
        IsObject && Json.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null
            ? new(member, $"{At}/{JsonPointer.Escape(name)}") : null;

    /// <summary>The text of a member; null when there is none, or it is no string.</summary>
    public string? TextOf(string name) => Member(name)?.Text;

    /// <summary>An identifier without the document and the parts it stands in.</summary>
    public static string NameOf(string id) => id[(id.LastIndexOf('#') + 1)..] is var fragment ? fragment[(fragment.LastIndexOf('/') + 1)..] : id;
}
