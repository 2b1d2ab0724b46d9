using System.CommandLine;

namespace OgcProcesses.WebApi.Commands;

/// <summary>A word of the command line by which the program does one thing with the server's settings and ends.</summary>
internal abstract class ServerCommand : Command
{
    protected ServerCommand(string name, string description)
        : base(name, description) => TreatUnmatchedTokensAsErrors = false;

    /// <summary>Does it. What a script wants goes to the standard output, what people are told besides to that of errors.</summary>
    public abstract Task RunAsync(IServiceProvider services, ParseResult parsed);
}
