namespace OgcProcesses.Cli;

/// <summary>How the program ends, for scripts.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>The server refused what was asked.</summary>
    public const int Refused = 1;

    /// <summary>The command line or a file named on it is wrong; nothing was sent.</summary>
    public const int Usage = 2;

    /// <summary>The job failed or was dismissed.</summary>
    public const int JobFailed = 3;

    /// <summary>The key is missing or not valid, or does not allow this.</summary>
    public const int NotAllowed = 4;

    /// <summary>The server can't be reached.</summary>
    public const int Unreachable = 5;

    /// <summary>Ctrl-C; as shells count it.</summary>
    public const int Interrupted = 130;
}
