using OgcProcesses.Domain.Access;

namespace OgcProcesses.Application.Common.Access;

/// <summary>Declares the role that a request asks of its caller.</summary>
/// <remarks>What job or process the request names must be the caller's to see besides; that need not be declared.</remarks>
[AttributeUsage(AttributeTargets.Class)]
public sealed class RequiresAttribute(Role role) : Attribute
{
    /// <summary>The least role.</summary>
    public Role Role => role;
}

/// <summary>Declares that anybody may make a request, without saying who they are.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class OpenToAllAttribute : Attribute;
