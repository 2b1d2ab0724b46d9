using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.OpenApi;

/// <summary>RFC 7396.</summary>
internal static class MergePatch
{
    /// <summary>Puts members of a patch in the place of those of an object, object by object; null removes.</summary>
    public static void Merge(this JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null) target.Remove(name);
            else if (value is JsonObject below && target[name] is JsonObject known) known.Merge(below);
            else target[name] = value.DeepClone();
        }
    }
}
