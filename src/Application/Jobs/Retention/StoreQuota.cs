namespace OgcProcesses.Application.Jobs.Retention;

/// <summary>Whether the store of outputs is beyond its bound and nothing in it may expire; the sweeper notes it.</summary>
public sealed class StoreQuota
{
    private volatile bool _isExceeded;

    /// <summary>Whether no job is to be taken until something is removed.</summary>
    public bool IsExceeded
    {
        get => _isExceeded;
        internal set => _isExceeded = value;
    }
}
