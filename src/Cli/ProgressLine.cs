namespace OgcProcesses.Cli;

/// <summary>How far a job is: a bar that stays on the last line of a terminal, or a line for each step elsewhere.</summary>
internal sealed class ProgressLine
{
    private const int Width = 30;

    private readonly bool _isTerminal = !Console.IsErrorRedirected;
    private string _bar = "";

    /// <summary>Shows how far it is.</summary>
    public void Show(int percent, string? message)
    {
        var text = $"{percent,3} % {Terminal.Printable(message ?? "")}".TrimEnd();
        if (!_isTerminal)
        {
            if (text != _bar) Console.Error.WriteLine(text);
            _bar = text;
            return;
        }

        var done = Math.Clamp(percent, 0, 100) * Width / 100;
        var room = Math.Max(20, Console.WindowWidth - 1);
        var line = $"[{new string('#', done)}{new string('-', Width - done)}] {text.ReplaceLineEndings(" ")}";
        _bar = line.Length > room ? line[..room] : line;
        Console.Error.Write($"\r\u001b[K{_bar}");
    }

    /// <summary>Writes a line above the bar.</summary>
    public void Tell(string line)
    {
        if (_isTerminal) Console.Error.Write("\r\u001b[K");
        Terminal.Tell(line);
        if (_isTerminal) Console.Error.Write(_bar);
    }

    /// <summary>Takes the bar away.</summary>
    public void End()
    {
        if (_isTerminal) Console.Error.Write("\r\u001b[K");
    }
}
