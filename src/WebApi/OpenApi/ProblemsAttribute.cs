namespace OgcProcesses.WebApi.OpenApi;

/// <summary>Names the errors that only this action answers, for the API's definition.</summary>
/// <remarks>Those that follow from having a body or a query, and 500, need not be named: <see cref="ProblemResponses"/>.</remarks>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ProblemsAttribute(params int[] statuses) : Attribute
{
    public IReadOnlyList<int> Statuses => statuses;
}
