using System.Diagnostics;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>Runs the program with a command, as an operator does.</summary>
internal static class CommandLine
{
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        string[] all = [typeof(Program).Assembly.Location, .. arguments, "--Logging:LogLevel:Default", "Warning"];
        using var program = Process.Start(new ProcessStartInfo("dotnet", all) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var output = program.StandardOutput.ReadToEndAsync();
        var errors = await program.StandardError.ReadToEndAsync();
        await program.WaitForExitAsync();
        return (program.ExitCode, await output, errors);
    }
}
