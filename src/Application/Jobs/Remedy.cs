using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs;

/// <summary>What the people around a failed job can do about it. docs/operations.md has the same as a table.</summary>
internal static class Remedy
{
    private const string OfAnyExit = "Read the last lines of stderr and the job's log; the execute request at /inputs runs it again.";

    /// <summary>What to do, in a sentence or two that name the setting or member where there is one.</summary>
    public static string Of(JobFailure failure) => failure.Kind switch
    {
        JobFailureKind.ExitCode => OfExit(failure.ExitCode),
        JobFailureKind.OutOfMemory => "Raise config.memoryMax in the process's package, or give the job smaller inputs. /tmp and /dev/shm count as memory.",
        JobFailureKind.Timeout => "Raise config.jobTimeout in the process's package, or give the job smaller inputs. The log tells how far the program got.",
        JobFailureKind.ImageUnavailable => "Check the image's name and tag in the package, whether it was pushed, and whether 'docker pull' of it works on the engine's machine: its network, and its login at the registry.",
        JobFailureKind.InputUnavailable => "Open the link from the server's network: it may have expired or need a login. Hosts that are not public are reached only when the operator allows them (Fetch:AllowedHosts, Fetch:AllowedNetworks).",
        JobFailureKind.InputInvalid => "Compare what is given, or what the link leads to, with the input's schema in the process's description, and execute it anew.",
        JobFailureKind.OutputMissing => "Let the program write the output where it is looked for, set its glob in bindings.outputBindings to where it does, or declare it optional (minOccurs 0). The log tells whether the program left it out.",
        JobFailureKind.OutputInvalid => "Compare the output, which the job's links lead to where it was kept, with its schema in the process's description, and mend the program or the schema. Links and devices are never taken.",
        JobFailureKind.LimitExceeded => "Let the program write less, or give it smaller inputs; the operator's limits are in the sections Runner, Sandbox and Fetch of the configuration.",
        JobFailureKind.NotAllowed => "Ask the operator to allow it again, or replace the process by one that keeps to what is allowed (Runner:AllowedImages, Runner:ImagePinning, Runner:Networks).",
        JobFailureKind.ContainerRefused => "Check the command, the image and its architecture in the process's package; the engine's words name what it could not start.",
        JobFailureKind.EngineFailed => "Execute it anew once the server is ready (/health/ready). The operator finds the cause in the engine's log.",
        JobFailureKind.NodeLost => "Execute it anew. The operator finds in the log of the node that was lost why it ended.",
        _ => "Tell the operator the job's identifier: the cause is in the server's log.",
    };

    /// <remarks>What shells and engines mean by exit codes: POSIX, Shell Command Language, 2.8.2.</remarks>
    private static string OfExit(long? code) => code switch
    {
        125 => $"Exit code 125 comes from a wrapper such as timeout or env that failed itself. {OfAnyExit}",
        126 => "Exit code 126 means that a command was found and can't be executed: make it executable in the image (chmod +x), and check its first line and the image's architecture.",
        127 => "Exit code 127 means that a command was not found: check its spelling and the image's PATH; it may not be installed in the image.",
        132 => $"Exit code 132 means SIGILL: the program uses instructions that this machine's processor does not have; build it for a more common one. {OfAnyExit}",
        134 => $"Exit code 134 means SIGABRT: the program gave up by itself, after a failed assertion say. {OfAnyExit}",
        135 => $"Exit code 135 means SIGBUS: often a full /dev/shm or a file that was cut while it was mapped. {OfAnyExit}",
        136 => $"Exit code 136 means SIGFPE: an integer was divided by zero, say. {OfAnyExit}",
        137 => "Exit code 137 means SIGKILL, not for the job's own memory limit as far as the engine knows: the machine may have run out of memory, a part of the program may have reached config.memoryMax, or somebody killed it.",
        139 => $"Exit code 139 means SIGSEGV: the program, or a native library in it, crashed; it may be built for another system than the image's. {OfAnyExit}",
        143 => "Exit code 143 means SIGTERM: somebody outside the server stopped the container or the engine. Execute it anew.",
        > 128 and <= 192 => $"Exit code {code} means signal {code - 128}, which ended the program. {OfAnyExit}",
        _ => OfAnyExit,
    };
}
