namespace OgcProcesses.WebApi.OpenApi;

/// <summary>Names a header that an action reads, for the API's definition.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class RequestHeaderAttribute(string name, string description) : Attribute
{
    public string Name => name;

    public string Description => description;

    public bool IsRequired { get; init; }
}

/// <summary>Names a header that an action's answers of one status may have, for the API's definition.</summary>
/// <remarks>/req/oas30/completeness</remarks>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class AnswerHeaderAttribute(int status, string name, string description) : Attribute
{
    public int Status => status;

    public string Name => name;

    public string Description => description;
}
