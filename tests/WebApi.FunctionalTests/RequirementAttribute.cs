namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>Names the requirement of the standard, or the recommendation, that a test proves. docs/conformance.md is made of these.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class RequirementAttribute(string id) : PropertyAttribute("Requirement", id)
{
    public string Id { get; } = id;
}

/// <summary>Names the abstract test of the standard that a test carries out, where its name is not that of the requirement.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class AbstractTestAttribute(string id) : PropertyAttribute("AbstractTest", id)
{
    public string Id { get; } = id;
}
