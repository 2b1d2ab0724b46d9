namespace OgcProcesses.Cli;

/// <summary>What was asked for can't be meant; the message says how it may be.</summary>
internal sealed class UsageException(string message) : Exception(message);
