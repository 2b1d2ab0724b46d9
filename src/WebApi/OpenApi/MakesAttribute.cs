namespace OgcProcesses.WebApi.OpenApi;

/// <summary>Names the request of the application that an action makes and does not take as a parameter; the API's definition tells the role that it asks for.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MakesAttribute(Type request) : Attribute
{
    public Type Request => request;
}
