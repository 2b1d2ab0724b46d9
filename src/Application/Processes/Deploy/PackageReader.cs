using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using OgcProcesses.Application.Common;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Common.Schemas;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Processes.Deploy;

/// <summary>What a package says, once it has been found valid.</summary>
/// <param name="Description">What the process takes and gives.</param>
/// <param name="Unit">What runs.</param>
/// <param name="Warnings">What in it is kept, but not enforced or not heeded.</param>
/// <param name="IdPointer">Where in the package the process's identifier stands.</param>
internal sealed record ReadPackage(
    ProcessDescription Description, ExecutionUnit Unit, IReadOnlyList<string> Warnings, string IdPointer);

/// <summary>Reads application packages and notes everything that is wrong with them, each with its place.</summary>
/// <remarks>Part 2, ogcapppkg.yaml and executionUnit.yaml; the members are listed in docs/container-contract.md.</remarks>
internal sealed partial class PackageReader(ISchemaValidator schemas, RunnerOptions limits) : MemberReader
{
    private const double BytesPerGigabyte = 1_000_000_000;

    /// <summary>Cores below which the engine would set no limit at all.</summary>
    private const double LeastCpu = 0.01;

    /// <summary>Gigabytes below which engines can't start a container: what starts it counts as the container's.</summary>
    private const double LeastMemory = 0.02;

    private readonly List<string> _warnings = [];

    private string _descriptionPointer = "/processDescription";
    private bool _stdoutToFile;

    /// <summary>Identifiers of what is declared, be it well or not; null where there is no description.</summary>
    private HashSet<string>? _inputs;
    private HashSet<string>? _outputs;

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9._/:@-]{0,511}\z")]
    private static partial Regex ImageReference { get; }

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*\z")]
    private static partial Regex VariableName { get; }

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.:-]{0,127}\z")]
    private static partial Regex ParameterName { get; }

    /// <summary>The package's content; null when <see cref="MemberReader.Violations"/> says why not.</summary>
    public ReadPackage? Read(ApplicationPackage package)
    {
        if (FindMalformed(package) is { } malformed)
        {
            Wrong(malformed, "holds half a surrogate pair, which is no text");
            return null;
        }

        var description = ReadDescription(package.ProcessDescription);
        var unit = ReadUnit(package.ExecutionUnit);
        return Violations.Count == 0 ? new(description!, unit!, _warnings, $"{_descriptionPointer}/id") : null;
    }

    private static string? FindMalformed(ApplicationPackage package) =>
        (package.Others ?? new Dictionary<string, JsonElement>()).Select(member => ($"/{JsonPointer.Escape(member.Key)}", (JsonElement?)member.Value))
            .Append(("/processDescription", package.ProcessDescription))
            .Append(("/executionUnit", package.ExecutionUnit))
            .Select(member => member.Item2 is { } value && JsonText.FindMalformed(value) is { } place ? member.Item1 + place : null)
            .FirstOrDefault(place => place is not null);

    private ProcessDescription? ReadDescription(JsonElement? member)
    {
        if (member is not { ValueKind: JsonValueKind.Object } description)
        {
            Wrong("/processDescription", "is required and must be an object");
            return null;
        }

        if (description.TryGetProperty("process", out var nested) && nested.ValueKind == JsonValueKind.Object)
            (description, _descriptionPointer) = (nested, _descriptionPointer + "/process");
        var at = _descriptionPointer;

        var before = Violations.Count;
        if (Text(description, at, "id", required: true) is { } id && !ProcessId.TryParse(id, out _))
            Wrong($"{at}/id", $"must be {ProcessId.Rule}");
        Text(description, at, "version");
        ReadAbout(description, at);
        ReadJobControlOptions(description, at);
        AreWords(description, at, "outputTransmission", "value", "reference");
        ReadLinks(description, at);
        var (inputs, outputs) = (Members(description, at, "inputs"), Members(description, at, "outputs"));
        (_inputs, _outputs) = ([.. inputs.Select(input => input.Name)], [.. outputs.Select(output => output.Name)]);
        foreach (var (name, input) in inputs)
        {
            var place = Parameter(name, $"{at}/inputs");
            if (Expression.EndsLikeProperty(name)) Wrong(place, "an expression could not refer to it: '.path', '.basename', '.nameroot' and '.nameext' are properties");
            ReadInput(input, place);
        }

        foreach (var (name, output) in outputs)
        {
            var place = Parameter(name, $"{at}/outputs");
            ReadSchema(output, place);
            ReadAbout(output, place);
            Whole(output, place, "minOccurs");
        }

        return Violations.Count == before ? ProcessDescription.Read(description.Clone()) : null;
    }

    /// <remarks>Identifiers become names of folders and steps of URLs.</remarks>
    private string Parameter(string name, string at)
    {
        var place = $"{at}/{Escape(name)}";
        if (!ParameterName.IsMatch(name)) Wrong(place, "an identifier is a letter, digit or '_', then up to 127 letters, digits, '_', '.', '-' or ':'");
        return place;
    }

    private void ReadJobControlOptions(JsonElement description, string at)
    {
        if (!AreWords(description, at, "jobControlOptions", "sync-execute", "async-execute", "dismiss")) return;
        if (description.GetProperty("jobControlOptions").EnumerateArray().All(option => option.GetString() == "dismiss"))
            Wrong($"{at}/jobControlOptions", "offers no way to execute the process: add 'sync-execute' or 'async-execute'");
    }

    /// <summary>Whether a member is there and an array of these words; anything else that is there is noted.</summary>
    private bool AreWords(JsonElement parent, string at, string name, params string[] words)
    {
        if (!parent.TryGetProperty(name, out var member)) return false;
        var known = member.ValueKind == JsonValueKind.Array
            && member.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String && words.Contains(item.GetString()));
        if (!known) Wrong($"{at}/{name}", $"must be an array of {string.Join(", ", words[..^1].Select(word => $"'{word}'"))} and '{words[^1]}'");
        return known;
    }

    /// <summary>What is said about a process, an input or an output.</summary>
    /// <remarks>Part 1, descriptionType.yaml. One process of another form would spoil the list for every client that checks it.</remarks>
    private void ReadAbout(JsonElement description, string at)
    {
        if (description.ValueKind != JsonValueKind.Object) return;
        ReadTexts(description, at, "title", "description");
        foreach (var (place, keyword) in Items(description, at, "keywords"))
            if (keyword.ValueKind != JsonValueKind.String) Wrong(place, "must be a string");
        foreach (var (place, metadata) in Items(description, at, "metadata")) ReadTexts(metadata, place, "title", "role", "href");
        ReadAdditionalParameters(description, at);
    }

    /// <remarks>Drafts of Part 2, and its official suite, have a bare array.</remarks>
    private void ReadAdditionalParameters(JsonElement description, string at)
    {
        const string name = "additionalParameters";
        if (!description.TryGetProperty(name, out var all) || all.ValueKind == JsonValueKind.Null) return;
        var isBare = all.ValueKind == JsonValueKind.Array;
        if (!isBare) ReadTexts(all, $"{at}/{name}", "title", "role", "href");
        foreach (var (place, parameter) in isBare ? Items(description, at, name) : Items(all, $"{at}/{name}", "parameters"))
        {
            if (parameter.ValueKind != JsonValueKind.Object || !parameter.TryGetProperty("value", out _)) Wrong(place, "must be an object with 'name' and 'value'");
            else Text(parameter, place, "name", required: true);
        }
    }

    private void ReadTexts(JsonElement parent, string at, params string[] names)
    {
        if (parent.ValueKind != JsonValueKind.Object) Wrong(at, "must be an object");
        else foreach (var name in names) Text(parent, at, name);
    }

    private void ReadLinks(JsonElement description, string at)
    {
        foreach (var (place, link) in Items(description, at, "links"))
        {
            ReadTexts(link, place, "rel", "type", "title");
            if (link.ValueKind == JsonValueKind.Object) Text(link, place, "href", required: true);
        }
    }

    private void ReadInput(JsonElement input, string at)
    {
        var least = Whole(input, at, "minOccurs") ?? 1;
        var unbounded = input.ValueKind == JsonValueKind.Object && input.TryGetProperty("maxOccurs", out var max)
            && max.ValueKind == JsonValueKind.String && max.GetString() == "unbounded";
        var most = unbounded ? int.MaxValue : Whole(input, at, "maxOccurs") ?? 1;
        if (most == 0) Wrong($"{at}/maxOccurs", "must be at least 1");
        else if (most < least) Wrong($"{at}/maxOccurs", $"must not be less than minOccurs ({least})");
        ReadSchema(input, at, isMultiple: most > 1);
        ReadAbout(input, at);
    }

    private void ReadSchema(JsonElement description, string at, bool isMultiple = false)
    {
        if (description.ValueKind != JsonValueKind.Object)
        {
            Wrong(at, "must be an object with a 'schema'");
            return;
        }

        if (!description.TryGetProperty("schema", out var schema) || schema.ValueKind != JsonValueKind.Object)
        {
            Wrong($"{at}/schema", "is required and must be a JSON Schema object");
            return;
        }

        var review = schemas.Review(schema);
        if (review.Error is { } error) Wrong($"{at}/schema", error);
        else ReadContent(new(schema), isMultiple, $"{at}/schema");
        _warnings.AddRange(review.Warnings.Select(warning => $"{at}/schema: {warning}"));
    }

    /// <remarks>What would otherwise fail every job that comes without the input, or every download.</remarks>
    private void ReadContent(ValueSchema schema, bool isMultiple, string at)
    {
        foreach (var mediaType in schema.MediaTypes.Where(type => !MediaTypeHeaderValue.TryParse(type, out _)))
            Wrong($"{at}/contentMediaType", $"'{mediaType}' is not a media type");
        if (schema.Default is not { } standard) return;
        var values = isMultiple && standard.ValueKind == JsonValueKind.Array ? [.. standard.EnumerateArray()] : (JsonElement[])[standard];
        foreach (var violation in values.SelectMany(value => schemas.Validate(schema.Document, value)))
            Wrong($"{at}/default{violation.Pointer}", violation.Detail);
    }

    private ExecutionUnit? ReadUnit(JsonElement? member)
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
            Network = ReadNetwork(unit, at),
            Validation = ReadValidation(unit, at),
            Resources = ReadResources(unit, $"{at}/config"),
            InputBindings = ReadBindings(unit, at, "inputBindings", _inputs, ReadInputBinding),
            OutputBindings = ReadBindings(unit, at, "outputBindings", _outputs, ReadOutputBinding),
        };
    }

    private string ReadImage(JsonElement unit, string at)
    {
        const string scheme = "docker://";
        var image = Text(unit, at, "image", required: true) ?? "";
        if (image.StartsWith(scheme, StringComparison.Ordinal)) image = image[scheme.Length..];
        if (unit.TryGetProperty("image", out _) && !ImageReference.IsMatch(image)) Wrong($"{at}/image", $"'{image}' is not an image reference");
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
        if (needed is not null && _inputs?.Contains(needed) == false) Wrong($"{at}/ifGiven", $"the process has no input '{needed}'");
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
                if (Text(value, place, "valueFrom", required: true) is { } text && ReadExpression(text, $"{place}/valueFrom") is { } expression)
                    from[name] = expression;
            }
            else if (value.ValueKind != JsonValueKind.String || value.GetString()!.Contains('\0'))
                Wrong(place, "must be a string without NUL, or an object with 'valueFrom'");
            else environment[name] = value.GetString()!;
        }

        return (environment, from);
    }

    private bool ReadNetwork(JsonElement unit, string at)
    {
        var network = Flag(unit, at, "network") ?? false;
        if (network && !limits.AllowNetwork)
            Wrong($"{at}/network", "processes get no network on this server; its operator can allow it with Runner:AllowNetwork");
        return network;
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
            foreach (var unknown in expression.ReferencedInputs.Where(id => _inputs?.Contains(id) == false))
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

    private static string Escape(string name) => JsonPointer.Escape(name);
}
