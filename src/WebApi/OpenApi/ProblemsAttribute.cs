using OgcProcesses.Application.Common.Errors;

namespace OgcProcesses.WebApi.OpenApi;

/// <summary>Names the errors that only this action answers, for the API's definition.</summary>
/// <remarks>Those that follow from having a body or a query, and the server's own, need not be named: <see cref="ProblemResponses"/>.</remarks>
/// <param name="errors">Rows of <see cref="OgcError"/>, by <c>nameof</c>.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ProblemsAttribute(params string[] errors) : Attribute
{
    /// <summary>Statuses of errors that have no row, such as those of ranges.</summary>
    public int[] Others { get; init; } = [];

    /// <summary>The rows by the names of their fields.</summary>
    public IEnumerable<KeyValuePair<string, OgcError>> Errors =>
        errors.Select(name => KeyValuePair.Create(name, (OgcError)typeof(OgcError).GetField(name)!.GetValue(null)!));
}
