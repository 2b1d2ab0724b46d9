using System.CommandLine;
using System.CommandLine.Invocation;
using System.Net;
using System.Text.Json;
using OgcProcesses.Cli;
using OgcProcesses.Cli.Commands;
using OgcProcesses.Client;

var root = new RootCommand("Executes processes of OGC API - Processes servers.")
{
    new LoginCommand(), new ProcessesCommand(), new DescribeCommand(), new DeployCommand(), new UndeployCommand(), new RunCommand(), new JobsCommand(),
    new StatusCommand(), new LogsCommand(), new ResultsCommand(), new DismissCommand(), new CompletionCommand(),
};
// '@' begins the name of an input's file, and not of one with further arguments.
var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
try
{
    var code = await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    return parsed.Action is ParseErrorAction ? ExitCodes.Usage : code;
}
catch (UsageException wrong)
{
    Terminal.Tell(wrong.Message);
    return ExitCodes.Usage;
}
catch (JobFailedException failed)
{
    Terminal.Tell(failed.Message);
    if (failed.Status.Exception?.Stderr is { Length: > 0 } stderr) Terminal.Tell(stderr);
    return ExitCodes.JobFailed;
}
catch (OgcProcessesException refused) when (refused.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
{
    Terminal.Tell($"{refused.Message}{(refused.Status == HttpStatusCode.Unauthorized ? " Log in: ogcp login --server URL" : "")}");
    return ExitCodes.NotAllowed;
}
catch (OgcProcessesException refused)
{
    Terminal.Tell(refused.Message);
    return ExitCodes.Refused;
}
catch (HttpRequestException unreachable)
{
    Terminal.Tell($"The server can't be reached: {unreachable.Message}");
    return ExitCodes.Unreachable;
}
catch (Exception unreadable) when (unreadable is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
{
    Terminal.Tell(unreadable.Message);
    return ExitCodes.Usage;
}
catch (Exception broken) when (broken is IOException or JsonException or TimeoutException)
{
    Terminal.Tell($"The server's answer is not whole, or not one of this API: {broken.Message}");
    return ExitCodes.Unreachable;
}
catch (OperationCanceledException)
{
    return ExitCodes.Interrupted;
}
