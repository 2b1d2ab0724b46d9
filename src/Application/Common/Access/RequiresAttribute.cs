using OgcProcesses.Domain.Access;

namespace OgcProcesses.Application.Common.Access;

/// <summary>Declares the role that a request asks of its caller.</summary>
/// <remarks>What job or process the request names must be the caller's to see besides; that need not be declared.</remarks>
[AttributeUsage(AttributeTargets.Class)]
public sealed class RequiresAttribute(Role role) : Attribute
{
    /// <summary>The least role.</summary>
    public Role Role => role;

    /// <summary>What the request does with the process that it names.</summary>
    public ProcessUse ProcessUse { get; init; }
}

/// <summary>What a request does with the process that it names.</summary>
public enum ProcessUse
{
    /// <summary>Looks at it: for all who see it.</summary>
    Look,

    /// <summary>Executes it: for those who see it from the role on that its access names.</summary>
    Execute,

    /// <summary>Changes it, or who may use it: for its owner and admins.</summary>
    Change,
}

/// <summary>Declares that anybody may make a request, without saying who they are.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class OpenToAllAttribute : Attribute;
