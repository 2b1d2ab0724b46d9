using System.Text.Json;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Domain.UnitTests;

/// <summary>Builds a deployed process; what a test does not state is as plain as it can be.</summary>
internal sealed class AProcess
{
    public static readonly DateTimeOffset Deployed = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _id;
    private string _inputs = "{}";
    private string _outputs = "{}";
    private string _others = "";
    private bool _mutable = true;
    private ExecutionUnit _unit = new() { Image = "busybox:1" };

    private AProcess(string id) => _id = id;

    public static AProcess Named(string id) => new(id);

    public static AProcess Taking(string inputs) => new("echo") { _inputs = inputs };

    public AProcess Giving(string outputs)
    {
        _outputs = outputs;
        return this;
    }

    /// <summary>More members of the description, as JSON without its braces.</summary>
    public AProcess Saying(string members)
    {
        _others = ", " + members;
        return this;
    }

    public AProcess Running(ExecutionUnit unit)
    {
        _unit = unit;
        return this;
    }

    public AProcess BuiltIn()
    {
        _mutable = false;
        return this;
    }

    public ProcessDescription Describe() =>
        ProcessDescription.Read(Json.Of($$"""{"id": {{JsonSerializer.Serialize(_id)}}, "inputs": {{_inputs}}, "outputs": {{_outputs}}{{_others}}}"""));

    public Process Deploy() => Process.Deploy(Describe(), _unit, "{}", "anna", _mutable, Deployed);
}
