using Microsoft.Extensions.Logging;

namespace OgcProcesses.Infrastructure.IntegrationTests.Docker;

/// <summary>Writes what is logged into the output of the test that made it, for who reads why that failed.</summary>
internal sealed class TestLog<T> : ILogger<T>
{
    private readonly TextWriter _output = TextWriter.Synchronized(TestContext.Out);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _output.WriteLine($"{DateTime.UtcNow:HH:mm:ss.fff} {logLevel}: {formatter(state, exception)} {exception}".TrimEnd());
}
