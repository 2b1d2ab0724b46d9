using System.Text.Json;
using System.Text.Json.Nodes;
using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Application.Processes.Cwl;

/// <summary>What a tool needs, read from the requirements and hints of it, its step and its workflow.</summary>
/// <remarks>CWL, "Requirements and hints": the innermost counts, and a requirement more than a hint.</remarks>
internal sealed class CwlRequirements
{
    private const double GigabytesPerMebibyte = 1.048576e-3;

    /// <summary>Less than this can't be asked for: docs/container-contract.md, Limits.</summary>
    private const double LeastMemory = 0.02;

    /// <summary>Those that say nothing about how the tool runs, or that only what is refused anyway would need.</summary>
    private static readonly HashSet<string> Harmless =
    [
        "InlineJavascriptRequirement", "ShellCommandRequirement", "SoftwareRequirement", "LoadListingRequirement",
        "SubworkflowFeatureRequirement", "ScatterFeatureRequirement", "MultipleInputFeatureRequirement", "StepInputExpressionRequirement",
    ];

    private static readonly HashSet<string> Understood =
        ["DockerRequirement", "EnvVarRequirement", "ResourceRequirement", "ToolTimeLimit", "NetworkAccess", "WorkReuse"];

    private static readonly Dictionary<string, string> Refused = new()
    {
        ["InitialWorkDirRequirement"] = "files can't be put into the working directory",
        ["InplaceUpdateRequirement"] = "inputs are read-only",
        ["SchemaDefRequirement"] = "types must be written where they are used",
    };

    private readonly Dictionary<string, Found> _found = [];
    private readonly RunnerOptions _limits;
    private readonly CwlNotes _notes;

    /// <param name="scopes">The workflow, the step and the tool: the innermost last.</param>
    /// <param name="limits">What the operator gives; a hint beyond is not heeded.</param>
    /// <param name="notes">Told what is refused.</param>
    public CwlRequirements(IReadOnlyList<CwlNode> scopes, RunnerOptions limits, CwlNotes notes)
    {
        (_limits, _notes) = (limits, notes);
        foreach (var scope in scopes) Add(scope.Member("hints"), isHint: true);
        foreach (var scope in scopes) Add(scope.Member("requirements"), isHint: false);
    }

    private CwlNode? this[string name] => _found.TryGetValue(name, out var found) ? found.Node : null;

    /// <summary>What <c>$(runtime.…)</c> stands for.</summary>
    public CwlRuntime Runtime(string version)
    {
        var ram = version == "v1.2" ? 256 : 1024;
        return new(
            Asked("coresMin") ?? Asked("coresMax") ?? 1,
            Asked("ramMin") ?? Asked("ramMax") ?? ram,
            Asked("tmpdirMin") ?? Asked("tmpdirMax") ?? 1024,
            Asked("outdirMin") ?? Asked("outdirMax") ?? 1024);
    }

    /// <summary>Writes image, network, reuse and limits into an execution unit.</summary>
    public void Write(JsonObject unit, CwlPlaces places)
    {
        WriteImage(unit, places);
        WriteResources(unit, places);
        // An expression forbids it, too: nobody here can tell what it says.
        if (this["WorkReuse"]?.Member("enableReuse")?.Json.ValueKind is not (null or JsonValueKind.True)) unit["reuse"] = false;
        if (this["NetworkAccess"] is not { } network) return;
        switch (network.Member("networkAccess")?.Json.ValueKind)
        {
            case JsonValueKind.True when IsHint("NetworkAccess") && _limits.Networks.Count == 0:
                _notes.Warn(network.At, "the hint is not heeded: processes get no network on this server");
                break;
            case JsonValueKind.True:
                unit["network"] = true;
                places.Note("/executionUnit/network", network.At);
                break;
            case not JsonValueKind.False:
                _notes.Refuse($"{network.At}/networkAccess", "must be true or false; expressions are not supported here");
                break;
        }
    }

    /// <summary>Writes the environment: that of CWL, and what the tool asks for.</summary>
    public void WriteEnvironment(JsonObject unit, CwlReferences references, CwlPlaces places)
    {
        // CWL, "Runtime environment".
        var environment = new JsonObject { ["HOME"] = ContainerPaths.Outputs, ["TMPDIR"] = "/tmp" };
        unit["environment"] = environment;
        if (this["EnvVarRequirement"] is not { } requirement) return;
        foreach (var (name, entry) in _notes.Entries(requirement.Member("envDef"), "envName"))
        {
            var value = entry.IsObject ? entry.Member("envValue") : entry;
            if (value is null) _notes.Refuse(entry.At, "needs 'envValue'");
            else if (references.Translate(value.Value) is { } translated)
            {
                environment[name] = translated switch
                {
                    { Literal: { } literal } => literal,
                    { Text: { } text } => new JsonObject { ["valueFrom"] = text },
                    { Value: { } constant } => constant.GetRawText(),
                    _ => null,
                };
                places.Note($"/executionUnit/environment/{name}", entry.At);
            }
        }
    }

    private void Add(CwlNode? list, bool isHint)
    {
        foreach (var (name, node) in _notes.Entries(list, "class"))
        {
            if (Understood.Contains(name)) _found[name] = new(node, isHint);
            else if (Harmless.Contains(name)) continue;
            else if (isHint) _notes.Warn(node.At, $"the hint '{name}' is not heeded");
            else _notes.Refuse(node.At, Refused.TryGetValue(name, out var why)
                ? $"'{name}' is not supported: {why}" : $"requirement '{name}' is not supported");
        }
    }

    private void WriteImage(JsonObject unit, CwlPlaces places)
    {
        if (this["DockerRequirement"] is not { } docker)
        {
            _notes.Refuse("", "needs a DockerRequirement with 'dockerPull': tools run in a container here");
            return;
        }

        foreach (var other in (string[])["dockerLoad", "dockerFile", "dockerImport", "dockerOutputDirectory"])
            if (docker.Member(other) is { } member) _notes.Refuse(member.At, $"'{other}' is not supported; name an image in 'dockerPull'");
        var image = docker.Member("dockerPull") ?? docker.Member("dockerImageId");
        places.Note("/executionUnit/image", image?.At ?? docker.At);
        if (image is null) _notes.Refuse(docker.At, "needs 'dockerPull'");
        else if (image.Value.Text is { } reference) unit["image"] = reference;
        else _notes.Refuse(image.Value.At, "must be a string");
    }

    private void WriteResources(JsonObject unit, CwlPlaces places)
    {
        var config = new JsonObject();
        unit["config"] = config;
        const string resources = "ResourceRequirement";
        Write("cpuMin", resources, Asked("coresMin") is null ? "coresMax" : "coresMin", cores => cores, _limits.CpuBudget);
        Write("cpuMax", resources, "coresMax", cores => cores, _limits.CpuBudget);
        Write("memoryMin", resources, Asked("ramMin") is null ? "ramMax" : "ramMin", Memory, _limits.MemoryBudget / 1e9);
        Write("memoryMax", resources, "ramMax", Memory, _limits.MemoryBudget / 1e9);
        Write("storageTempMin", resources, "tmpdirMin", Gigabytes, _limits.MaxOutputBytes / 1e9);
        Write("storageOutputsMin", resources, "outdirMin", Gigabytes, _limits.MaxOutputBytes / 1e9);
        Write("jobTimeout", "ToolTimeLimit", "timelimit", seconds => seconds, _limits.MaxTimeout.TotalSeconds);

        void Write(string ours, string requirement, string theirs, Func<double, double> convert, double most)
        {
            // CWL's 0 is no wish for cores, memory or storage, and no limit of time.
            if (Number(requirement, theirs) is not ({ } number and > 0)) return;
            var at = $"{_found[requirement].Node.At}/{theirs}";
            if (IsHint(requirement) && convert(number) > most)
            {
                _notes.Warn(at, "the hint is not heeded: this server gives less to one job");
                return;
            }

            config[ours] = convert(number);
            places.Note($"/executionUnit/config/{ours}", at);
        }
    }

    private static double Gigabytes(double mebibytes) => mebibytes * GigabytesPerMebibyte;

    private static double Memory(double mebibytes) => Math.Max(LeastMemory, Gigabytes(mebibytes));

    private double? Asked(string name) => Number("ResourceRequirement", name);

    private double? Number(string requirement, string name)
    {
        if (this[requirement]?.Member(name) is not { } member) return null;
        if (member.Json.ValueKind == JsonValueKind.Number && member.Json.GetDouble() is >= 0 and <= 1e12 and var number) return number;
        _notes.Refuse(member.At, "must be a number of at least 0; expressions are not supported here");
        return null;
    }

    private bool IsHint(string requirement) => _found[requirement].IsHint;

    private sealed record Found(CwlNode Node, bool IsHint);
}
