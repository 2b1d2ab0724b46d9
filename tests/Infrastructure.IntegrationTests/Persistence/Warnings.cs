using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace OgcProcesses.Infrastructure.IntegrationTests.Persistence;

/// <summary>What a server warns of in its log.</summary>
internal sealed class Warnings : ILoggerProvider, ILogger
{
    private readonly Channel<string> _all = Channel.CreateUnbounded<string>();

    /// <summary>The next warning that says something.</summary>
    public async Task<string> UntilAsync(string what)
    {
        while (true)
            if (await _all.Reader.ReadAsync() is var warning && warning.Contains(what, StringComparison.Ordinal)) return warning;
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) _all.Writer.TryWrite(formatter(state, exception));
    }

    public void Dispose()
    {
    }
}
