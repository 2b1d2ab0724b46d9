using System.Diagnostics;

namespace OgcProcesses.WebApi.FunctionalTests.Conformance;

/// <summary>Debian's Python, which has the independent tools that tests are measured by.</summary>
internal static class Python
{
    /// <remarks>Not whatever python3 comes first: only the system's has the system's packages.</remarks>
    public const string Interpreter = "/usr/bin/python3";

    /// <summary>Whether there is a Python with a package.</summary>
    public static bool Has(string package)
    {
        if (!File.Exists(Interpreter)) return false;
        using var process = Run(["-c", $"import {package}"]);
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    /// <summary>Starts a script that lies beside the tests.</summary>
    public static Process Start(string script, params string[] arguments) =>
        Run([Path.Combine(TestContext.CurrentContext.TestDirectory, "Conformance", script), .. arguments]);

    private static Process Run(string[] arguments)
    {
        var start = new ProcessStartInfo(Interpreter)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }
}
