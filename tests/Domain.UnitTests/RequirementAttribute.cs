namespace OgcProcesses.Domain.UnitTests;

/// <summary>Names the requirement of the standard that a test proves.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class RequirementAttribute(string id) : PropertyAttribute("Requirement", id);
