namespace OgcProcesses.Domain.Access;

/// <summary>What a caller may do; each role may do what those before it may.</summary>
public enum Role
{
    /// <summary>Sees processes, and the jobs that are the caller's own.</summary>
    Reader,

    /// <summary>Executes processes and dismisses own jobs.</summary>
    Executor,

    /// <summary>Deploys processes; replaces, undeploys and shares own ones.</summary>
    Deployer,

    /// <summary>Sees and changes everything, and manages keys.</summary>
    Admin,
}
