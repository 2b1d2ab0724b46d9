namespace OgcProcesses.Application.Access.Audit;

/// <summary>Declares what a request is called in the audit trail.</summary>
/// <param name="action">What its caller does, such as <c>process.deploy</c>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class AuditedAttribute(string action) : Attribute
{
    /// <summary>What its caller does.</summary>
    public string Action => action;

    /// <summary>Whether it changes nothing: repetitions within a minute are counted, and of refusals only those of access are told.</summary>
    public bool IsRead { get; init; }

    /// <summary>The property of the request or, failing that, of its answer that names what it is done to, where that is neither a job nor a process of the request.</summary>
    public string? Subject { get; init; }

    /// <summary>The property of the request that is true where it is a part of something that is told already.</summary>
    public string? Unless { get; init; }
}

/// <summary>Declares that a request which asks for more than a reader is not told in the audit trail.</summary>
/// <param name="reason">Why not.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class UnauditedAttribute(string reason) : Attribute
{
    /// <summary>Why not.</summary>
    public string Reason => reason;
}
