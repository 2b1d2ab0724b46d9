namespace OgcProcesses.WebApi.OpenApi;

/// <summary>Names the media types that an action's 200 may have besides JSON, for the API's definition.</summary>
/// <remarks>MVC's own attributes don't take <c>*/*</c>.</remarks>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BareAnswerAttribute(params string[] mediaTypes) : Attribute
{
    public IReadOnlyList<string> MediaTypes => mediaTypes;
}
