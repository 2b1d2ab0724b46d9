using System.Text.Json;
using System.Text.RegularExpressions;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Application.Processes.Image;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Processes.Deploy;

/// <summary>Reads execution units and notes everything that is wrong with them, each with its place.</summary>
/// <remarks>Part 2, executionUnit.yaml; the members are listed in docs/container-contract.md.</remarks>
/// <param name="limits">What the operator gives to jobs.</param>
/// <param name="inputs">Identifiers of the process's inputs; null where they are not known.</param>
/// <param name="outputs">Identifiers of its outputs; null where they are not known.</param>
internal sealed partial class UnitReader(RunnerOptions limits, HashSet<string>? inputs, HashSet<string>? outputs) : MemberReader
{
    private const double BytesPerGigabyte = 1_000_000_000;

    /// <summary>Cores below which the engine would set no limit at all.</summary>
    private const double LeastCpu = 0.01;

    /// <summary>Gigabytes below which engines can't start a container: what starts it counts as the container's.</summary>
    private const double LeastMemory = 0.02;

    /// <summary>A hundred years, in seconds; longer is for ever.</summary>
    private const double LongestRetention = 36_500.0 * 86_400;

    private static readonly HashSet<string> CodeVariables =
    [
        "PATH", "IFS", "ENV", "BASH_ENV", "SHELLOPTS", "GCONV_PATH", "GLIBC_TUNABLES", "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PERL5LIB", "PERL5OPT",
        "PERL5DB", "RUBYLIB", "RUBYOPT", "NODE_OPTIONS", "NODE_PATH", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH", "R_PROFILE",
        "R_PROFILE_USER", "R_LIBS", "LUA_PATH", "LUA_CPATH", "DOTNET_STARTUP_HOOKS", "GDAL_DRIVER_PATH", "GIT_SSH_COMMAND",
    ];

    private bool _stdoutToFile;

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9._/:@-]{0,511}\z")]
    private static partial Regex ImageText { get; }

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*\z")]
    private static partial Regex VariableName { get; }

    /// <summary>The unit; of no use when <see cref="MemberReader.Violations"/> says what is wrong with it.</summary>
    public ExecutionUnit? Read(JsonElement? member)
    {
        const string at = "/executionUnit";
        if (member is not { ValueKind: JsonValueKind.Object } unit)
        {
            Wrong(at, "is required and must be an object");
            return null;
        }

        _stdoutToFile = unit.TryGetProperty("stdout", out var stdout) && stdout.ValueKind != JsonValueKind.Null;
        if (Text(unit, at, "type", required: true) is { } type && type is not ("docker" or "oci"))
            Wrong($"{at}/type", $"'{type}' is not supported; 'docker' and 'oci' are");
        var (network, networkName) = ReadNetwork(unit, at);
        var (environment, environmentFrom) = ReadEnvironment(unit, at);
        return new()
        {
            Image = ReadImage(unit, at),
            Command = ReadCommand(unit, at),
            KeepEntrypoint = Flag(unit, at, "keepEntrypoint") ?? false,
            Arguments = ReadArguments(unit, at),
            Stdin = ReadText(unit, at, "stdin"),
            Stdout = ReadOutputFile(unit, at, "stdout"),
            Stderr = ReadOutputFile(unit, at, "stderr"),
            Environment = environment,
            EnvironmentFrom = environmentFrom,
            Network = network,
            NetworkName = networkName,
            Validation = ReadValidation(unit, at),
            Retry = ReadRetry(unit, $"{at}/retry"),
            Reuse = Flag(unit, at, "reuse"),
            Retention = Number(unit, at, "retention", 1, LongestRetention, "s") is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Resources = ReadResources(unit, $"{at}/config"),
            InputBindings = ReadBindings(unit, at, "inputBindings", inputs, ReadInputBinding),
            OutputBindings = ReadBindings(unit, at, "outputBindings", outputs, ReadOutputBinding),
        };
    }

    private string ReadImage(JsonElement unit, string at)
    {
        const string scheme = "docker://";
        var image = Text(unit, at, "image", required: true) ?? "";
        if (image.StartsWith(scheme, StringComparison.Ordinal)) image = image[scheme.Length..];
        if (!unit.TryGetProperty("image", out _)) return image;
        if (!ImageText.IsMatch(image)) Wrong($"{at}/image", $"'{image}' is not an image reference");
        else if (new ImageRules(limits).Refusal(image) is { } refusal) Wrong($"{at}/image", refusal);
        return image;
    }

    private List<string>? ReadCommand(JsonElement unit, string at)
    {
        if (!unit.TryGetProperty("command", out var command)) return null;
        if (command.ValueKind == JsonValueKind.Array && command.GetArrayLength() > 0
            && command.EnumerateArray().All(argument => argument.ValueKind == JsonValueKind.String && !argument.GetString()!.Contains('\0'))
            && command[0].GetString()!.Length > 0)
            return [.. command.EnumerateArray().Select(argument => argument.GetString()!)];
        Wrong($"{at}/command", "must be an array of strings without NUL, the program first; a shell is used only when it is named there");
        return null;
    }

    private List<Argument> ReadArguments(JsonElement unit, string at)
    {
        if (!unit.TryGetProperty("arguments", out var arguments) || arguments.ValueKind == JsonValueKind.Null) return [];
        if (arguments.ValueKind == JsonValueKind.Array)
            return [.. arguments.EnumerateArray().Select((argument, index) => ReadArgument(argument, $"{at}/arguments/{index}"))];
        Wrong($"{at}/arguments", "must be an array of strings and objects");
        return [];
    }

    private Argument ReadArgument(JsonElement argument, string at)
    {
        if (argument.ValueKind == JsonValueKind.String) return new() { Text = ReadArgumentText(argument, at) };
        if (argument.ValueKind != JsonValueKind.Object)
        {
            Wrong(at, "must be a string or an object");
            return new();
        }

        var value = argument.TryGetProperty("value", out var given) && given.ValueKind != JsonValueKind.Null ? given : (JsonElement?)null;
        var needed = Text(argument, at, "ifGiven");
        if (needed is not null && inputs?.Contains(needed) == false) Wrong($"{at}/ifGiven", $"the process has no input '{needed}'");
        return new()
        {
            Text = value is { ValueKind: JsonValueKind.String } text ? ReadArgumentText(text, $"{at}/value") : null,
            Value = value is { ValueKind: not JsonValueKind.String } other ? other.Clone() : null,
            IfGiven = needed,
            Prefix = Text(argument, at, "prefix"),
            Separate = Flag(argument, at, "separate") ?? true,
            ItemSeparator = Text(argument, at, "itemSeparator"),
            Items = argument.TryGetProperty("items", out var items) && items.ValueKind != JsonValueKind.Null
                ? ReadArgument(items, $"{at}/items") : null,
        };
    }

    private Expression? ReadArgumentText(JsonElement text, string at)
    {
        if (!text.GetString()!.Contains('\0')) return ReadExpression(text.GetString()!, at);
        Wrong(at, "must not hold a NUL");
        return null;
    }

    private Expression? ReadText(JsonElement unit, string at, string name) =>
        Text(unit, at, name) is { } text ? ReadExpression(text, $"{at}/{name}") : null;

    /// <summary>The file that a stream goes to; where inputs name it, whether it is below the outputs folder shows only with them.</summary>
    private Expression? ReadOutputFile(JsonElement unit, string at, string name)
    {
        var file = ReadText(unit, at, name);
        if (file is not null && !file.ReferencedInputs.Any() && !ContainerPaths.IsOutput(file.Evaluate(null, new Dictionary<string, string>())))
            Wrong($"{at}/{name}", "must be a path below the output folder");
        return file;
    }

    /// <summary>The variables with a value of their own, and those whose value refers to inputs.</summary>
    private (Dictionary<string, string> Fixed, Dictionary<string, Expression> From) ReadEnvironment(JsonElement unit, string at)
    {
        var (environment, from) = (new Dictionary<string, string>(), new Dictionary<string, Expression>());
        foreach (var (name, value) in Members(unit, at, "environment"))
        {
            var place = $"{at}/environment/{Escape(name)}";
            if (!VariableName.IsMatch(name)) Wrong(place, "is not a name of an environment variable");
            else if (name.StartsWith("OGC_", StringComparison.Ordinal)) Wrong(place, "names beginning with OGC_ are the server's");
            else if (value.ValueKind == JsonValueKind.Object)
            {
                if (DecidesWhatRuns(name)) Wrong(place, "an input must not set it: it decides which code the program loads");
                else if (Text(value, place, "valueFrom", required: true) is { } text && ReadExpression(text, $"{place}/valueFrom") is { } expression)
                    from[name] = expression;
            }
            else if (value.ValueKind != JsonValueKind.String || value.GetString()!.Contains('\0'))
                Wrong(place, "must be a string without NUL, or an object with 'valueFrom'");
            else environment[name] = value.GetString()!;
        }

        return (environment, from);
    }

    /// <summary>Whether a variable tells loaders, shells and interpreters which code to load, or where from.</summary>
    private static bool DecidesWhatRuns(string name) =>
        name.StartsWith("LD_", StringComparison.Ordinal) || name.StartsWith("DYLD_", StringComparison.Ordinal) || CodeVariables.Contains(name);

    /// <summary>Whether a network is asked for, and which one by name.</summary>
    private (bool Asked, string? Name) ReadNetwork(JsonElement unit, string at)
    {
        var name = unit.TryGetProperty("network", out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;
        var asked = name is not null || (Flag(unit, at, "network") ?? false);
        if (asked && limits.Networks.Count == 0)
            Wrong($"{at}/network", "processes get no network on this server; its operator can allow networks with Runner:Networks");
        else if (name is not null && !limits.Networks.Contains(name))
            Wrong($"{at}/network", $"'{name}' is not among the networks that this server's operator allows: {string.Join(", ", limits.Networks)}");
        return (asked, name);
    }

    private int? ReadGpus(JsonElement config, string at)
    {
        var gpus = Whole(config, at, "gpus");
        if (gpus > limits.Gpus.Count)
        {
            Wrong($"{at}/gpus", limits.Gpus.Count == 0
                ? "processes get no GPU on this server; its operator can allow them with Runner:Gpus"
                : $"{gpus} GPUs are more than this server gives to one job ({limits.Gpus.Count})");
        }

        return gpus is > 0 ? gpus : null;
    }

    private Strictness? ReadValidation(JsonElement unit, string at)
    {
        switch (Text(unit, at, "validation"))
        {
            case null: return null;
            case "strict": return Strictness.Strict;
            case "lenient": return Strictness.Lenient;
            default:
                Wrong($"{at}/validation", "must be 'strict' or 'lenient'");
                return null;
        }
    }

    private RetryPolicy ReadRetry(JsonElement unit, string at)
    {
        if (!unit.TryGetProperty("retry", out var retry) || retry.ValueKind == JsonValueKind.Null) return new();
        if (retry.ValueKind != JsonValueKind.Object)
        {
            Wrong(at, "must be an object");
            return new();
        }

        var limit = Whole(retry, at, "limit");
        if (limit >= limits.MaxAttempts)
            Wrong($"{at}/limit", $"{limit} retries are more than this server allows ({limits.MaxAttempts - 1}, since it tries no job more than {limits.MaxAttempts} times)");
        return new() { Limit = limit, OwnFailures = Flag(retry, at, "ownFailures") ?? false };
    }

    private ResourceRequirements ReadResources(JsonElement unit, string at)
    {
        if (!unit.TryGetProperty("config", out var config) || config.ValueKind == JsonValueKind.Null) return new();
        if (config.ValueKind != JsonValueKind.Object)
        {
            Wrong(at, "must be an object");
            return new();
        }

        var cpuMin = Number(config, at, "cpuMin", LeastCpu, limits.CpuBudget, "cores");
        var cpuMax = Number(config, at, "cpuMax", LeastCpu, limits.CpuBudget, "cores");
        var memoryMin = Number(config, at, "memoryMin", LeastMemory, limits.MemoryBudget / BytesPerGigabyte, "GB");
        var memoryMax = Number(config, at, "memoryMax", LeastMemory, limits.MemoryBudget / BytesPerGigabyte, "GB");
        if (cpuMax < cpuMin) Wrong($"{at}/cpuMax", $"must not be less than cpuMin ({cpuMin})");
        if (memoryMax < memoryMin) Wrong($"{at}/memoryMax", $"must not be less than memoryMin ({memoryMin})");
        return new()
        {
            CpuMin = cpuMin,
            CpuMax = cpuMax,
            MemoryMin = Bytes(memoryMin),
            MemoryMax = Bytes(memoryMax),
            StorageTempMin = Bytes(Number(config, at, "storageTempMin", 0, limits.MaxOutputBytes / BytesPerGigabyte, "GB")),
            StorageOutputsMin = Bytes(Number(config, at, "storageOutputsMin", 0, limits.MaxOutputBytes / BytesPerGigabyte, "GB")),
            Gpus = ReadGpus(config, at),
            JobTimeout = Number(config, at, "jobTimeout", 1, limits.MaxTimeout.TotalSeconds, "s") is { } seconds
                ? TimeSpan.FromSeconds(seconds) : null,
        };
    }

    private Dictionary<string, T> ReadBindings<T>(
        JsonElement unit, string at, string kind, HashSet<string>? declared, Func<JsonElement, string, T> read)
    {
        var bindings = new Dictionary<string, T>();
        if (!unit.TryGetProperty("bindings", out var all) || all.ValueKind == JsonValueKind.Null) return bindings;
        if (all.ValueKind != JsonValueKind.Object)
        {
            if (kind == "inputBindings") Wrong($"{at}/bindings", "must be an object");
            return bindings;
        }

        foreach (var (id, binding) in Members(all, $"{at}/bindings", kind))
        {
            var place = $"{at}/bindings/{kind}/{Escape(id)}";
            if (declared?.Contains(id) == false) Wrong(place, $"the process has no {kind[..^8]} '{id}'");
            else if (binding.ValueKind != JsonValueKind.Object) Wrong(place, "must be an object");
            else bindings[id] = read(binding, place);
        }

        return bindings;
    }

    private InputBinding ReadInputBinding(JsonElement binding, string at)
    {
        if (Flag(binding, at, "shellQuote") == false)
            Wrong($"{at}/shellQuote", "false is refused: no shell reads the command line; name one in 'command' where you need it");
        return new()
        {
            Prefix = Text(binding, at, "prefix"),
            Separate = Flag(binding, at, "separate") ?? true,
            Position = Whole(binding, at, "position", mayBeNegative: true) ?? 0,
            ValueFrom = Text(binding, at, "valueFrom") is { } valueFrom ? ReadExpression(valueFrom, $"{at}/valueFrom") : null,
            ItemSeparator = Text(binding, at, "itemSeparator"),
        };
    }

    private OutputBinding ReadOutputBinding(JsonElement binding, string at)
    {
        var globs = new List<Expression>();
        if (binding.TryGetProperty("glob", out var glob))
        {
            var patterns = glob.ValueKind == JsonValueKind.Array ? [.. glob.EnumerateArray()] : (JsonElement[])[glob];
            if (patterns.Length == 0) Wrong($"{at}/glob", "must hold a pattern");
            foreach (var pattern in patterns)
            {
                if (pattern.ValueKind != JsonValueKind.String) Wrong($"{at}/glob", "must be a string or an array of strings");
                else if (ReadGlob(pattern.GetString()!, $"{at}/glob") is { } expression) globs.Add(expression);
            }
        }

        var stdout = Flag(binding, at, "stdout") ?? false;
        if (stdout && _stdoutToFile) Wrong($"{at}/stdout", "the unit's 'stdout' puts standard output into a file; name that in 'glob'");
        if (!binding.TryGetProperty("glob", out _) && !binding.TryGetProperty("stdout", out _)) Wrong(at, "must have 'glob' or '\"stdout\": true'");
        return new() { Glob = globs, Stdout = stdout };
    }

    private Expression? ReadGlob(string source, string at)
    {
        if (ReadExpression(source, at) is not { } expression) return null;
        try
        {
            Glob.Compile(expression.Evaluate(null, new Dictionary<string, string>()));
            return expression;
        }
        catch (FormatException wrong)
        {
            Wrong(at, wrong.Message);
            return null;
        }
    }

    private Expression? ReadExpression(string source, string at)
    {
        try
        {
            var expression = Expression.Parse(source);
            foreach (var unknown in expression.ReferencedInputs.Where(id => inputs?.Contains(id) == false))
                Wrong(at, $"the process has no input '{unknown}'");
            return expression;
        }
        catch (FormatException wrong)
        {
            Wrong(at, wrong.Message);
            return null;
        }
    }

    private static long? Bytes(double? gigabytes) => gigabytes is { } number ? (long)(number * BytesPerGigabyte) : null;
}
