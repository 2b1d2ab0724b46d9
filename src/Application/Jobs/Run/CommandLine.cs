using System.Text.Json;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Jobs.Run;

/// <summary>Makes the command line that an execution unit asks for.</summary>
/// <remarks>
/// Part 2, inputBinding.yaml. Always an argument vector: whatever a value holds, spaces, quotes or a leading '-', it stays
/// one argument and no shell reads it.
/// </remarks>
internal static class CommandLine
{
    /// <summary>What the engine is asked to run for a unit.</summary>
    /// <exception cref="FormatException">The inputs make it longer than any system takes.</exception>
    /// <exception cref="JobFailedException">The inputs lead an output stream out of the outputs folder.</exception>
    public static ProgramCall Of(ExecutionUnit unit, ContainerImage image, StagedInputs inputs)
    {
        var arguments = Arguments(unit, inputs);
        var call = (unit.Command, unit.KeepEntrypoint, arguments.Count) switch
        {
            ({ } command, false, _) => new ProgramCall(command, arguments),
            ({ } command, true, _) => new ProgramCall(null, [.. command, .. arguments]),
            (null, _, 0) => new ProgramCall(null, null),
            (null, false, _) => new ProgramCall(null, [.. image.Command, .. arguments]),
            (null, true, _) => new ProgramCall(null, arguments),
        };
        return Redirect(unit, call, image, inputs);
    }

    /// <summary>The environment variables of a unit; one that is nothing but an input which is not there is left out.</summary>
    /// <exception cref="FormatException">The inputs make them longer than any system takes.</exception>
    public static Dictionary<string, string> Environment(ExecutionUnit unit, StagedInputs inputs)
    {
        var texts = Texts(inputs);
        var given = unit.EnvironmentFrom.Where(variable => !IsMissing(variable.Value, inputs)).ToList();
        var values = Bounded(given.Select(variable => variable.Value.Evaluate(null, texts))).ToList();
        var variables = new Dictionary<string, string>(unit.Environment);
        foreach (var (variable, value) in given.Zip(values)) variables[variable.Key] = value;
        return variables;
    }

    /// <summary>The unit's own arguments, then those of all bindings, by position, then by input identifier.</summary>
    public static IReadOnlyList<string> Arguments(ExecutionUnit unit, StagedInputs inputs)
    {
        var texts = Texts(inputs);
        var places = unit.Arguments.SelectMany(argument => Place(argument, self: null, inputs, texts));
        var bound =
            from binding in unit.InputBindings
            where inputs.ContainsKey(binding.Key)
            orderby binding.Value.Position, binding.Key
            from argument in Bind(binding.Value, inputs[binding.Key], texts)
            select argument;
        return [.. Bounded(places.Concat(bound))];
    }

    /// <summary>What <c>$(inputs.ID)</c> stands for, by identifier; several values are joined by commas.</summary>
    public static IReadOnlyDictionary<string, string> Texts(StagedInputs inputs) =>
        inputs.ToDictionary(input => input.Key, input => string.Join(',', input.Value.Occurrences.Select(StagedInput.Text)));

    /// <summary>Lets the image's shell open the files that take the place of the standard streams, and hand over to the program.</summary>
    /// <remarks>
    /// Files and program are the shell's arguments, which it does not read: docs/decisions/0012. It would open any file of the
    /// container, though, and writing to one such as /proc/self/mem might never end.
    /// </remarks>
    private static ProgramCall Redirect(ExecutionUnit unit, ProgramCall call, ContainerImage image, StagedInputs inputs)
    {
        var texts = Texts(inputs);
        (string Name, string Operator, Expression? File)[] streams = [("stdin", "<", unit.Stdin), ("stdout", ">", unit.Stdout), ("stderr", "2>", unit.Stderr)];
        var redirected = streams.Where(stream => stream.File is { } file && !IsMissing(file, inputs))
            .Select(stream => (stream.Name, stream.Operator, Path: stream.File!.Evaluate(null, texts))).ToList();
        if (redirected.Count == 0) return call;
        if (redirected.Find(stream => stream.Name != "stdin" && !ContainerPaths.IsOutput(stream.Path)) is { Name: { } outside })
            throw new JobFailedException(JobFailureKind.InputInvalid, $"The inputs lead '{outside}' out of the output folder.");
        var script = string.Concat(redirected.Select((stream, index) => $" {stream.Operator}\"${index + 1}\""));
        return new(
            ["/bin/sh", "-c", $"exec{script}; shift {redirected.Count}; exec \"$@\"", "sh"],
            [
                .. redirected.Select(stream => stream.Path),
                .. call.Entrypoint ?? image.Entrypoint,
                .. call.Arguments ?? image.Command,
            ]);
    }

    /// <summary>Goes through texts while they are no more than any system takes, so that few references can't fill the memory.</summary>
    private static IEnumerable<string> Bounded(IEnumerable<string> texts)
    {
        var characters = 0L;
        foreach (var text in texts)
        {
            // A text costs at least its place.
            characters += text.Length + 1;
            if (characters > Expression.MostCharacters) throw new FormatException($"give more than {Expression.MostCharacters} characters");
            yield return text;
        }
    }

    private static bool IsMissing(Expression expression, StagedInputs inputs) =>
        expression.IsReference && expression.ReferencedInputs.Any(id => !inputs.ContainsKey(id));

    private static IEnumerable<string> Place(Argument argument, JsonElement? self, StagedInputs inputs, IReadOnlyDictionary<string, string> texts)
    {
        if (argument.IfGiven is { } needed && !inputs.ContainsKey(needed)) return [];
        var value = ValueOf(argument, self, inputs, texts);
        return value.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.False => [],
            JsonValueKind.True => argument.Prefix is { } flag ? [flag] : [],
            JsonValueKind.Array when value.GetArrayLength() == 0 => [],
            JsonValueKind.Array when argument.ItemSeparator is { } separator =>
                WithPrefix(argument.Prefix, argument.Separate, string.Join(separator, value.EnumerateArray().Select(StagedInput.Text))),
            JsonValueKind.Array => (argument.Prefix is { } prefix ? [prefix] : Array.Empty<string>())
                .Concat(value.EnumerateArray().SelectMany(item => Place(argument.Items ?? new(), item, inputs, texts))),
            _ => WithPrefix(argument.Prefix, argument.Separate, StagedInput.Text(value)),
        };
    }

    /// <summary>The value of an argument; undefined where there is none.</summary>
    private static JsonElement ValueOf(Argument argument, JsonElement? self, StagedInputs inputs, IReadOnlyDictionary<string, string> texts)
    {
        if (argument.Text is not { } text) return argument.Value ?? self ?? default;
        if (IsMissing(text, inputs)) return default;
        if (!text.IsValue) return JsonSerializer.SerializeToElement(text.Evaluate(self is { } item ? StagedInput.Text(item) : null, texts));
        if (text.ReferencedInputs.FirstOrDefault() is not { } id) return self ?? default;
        return inputs[id] is { IsArray: false, Occurrences: [var single] } ? single : JsonSerializer.SerializeToElement(inputs[id].Occurrences);
    }

    private static IEnumerable<string> Bind(InputBinding binding, StagedInput input, IReadOnlyDictionary<string, string> texts)
    {
        var values = input.Occurrences.SelectMany(value => Values(binding, value));
        var arguments = values.Select(value => binding.ValueFrom?.Evaluate(value, texts) ?? value);
        if (binding.ItemSeparator is { } separator && values.Any()) arguments = [string.Join(separator, Bounded(arguments))];
        return input.Occurrences.All(value => value.ValueKind is JsonValueKind.True or JsonValueKind.False) && binding.Prefix is { } flag
            ? input.Occurrences.Where(value => value.ValueKind == JsonValueKind.True).Select(_ => flag)
            : arguments.SelectMany(argument => WithPrefix(binding.Prefix, binding.Separate, argument));
    }

    /// <summary>The texts of one value: its items where a separator will join them, else the value as a whole.</summary>
    private static IEnumerable<string> Values(InputBinding binding, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array when binding.ItemSeparator is not null => value.EnumerateArray().Select(StagedInput.Text),
        // A bounding box (Part 1, bbox.yaml) is joined by its numbers.
        JsonValueKind.Object when binding.ItemSeparator is not null && value.TryGetProperty("bbox", out var box)
            && box.ValueKind == JsonValueKind.Array => box.EnumerateArray().Select(StagedInput.Text),
        _ => [StagedInput.Text(value)],
    };

    private static IEnumerable<string> WithPrefix(string? prefix, bool separate, string argument) =>
        prefix is null ? [argument] : separate ? [prefix, argument] : [prefix + argument];
}

/// <summary>What the engine is asked to run.</summary>
/// <param name="Entrypoint">Replaces the image's entrypoint; null keeps it.</param>
/// <param name="Arguments">What follows the entrypoint; null keeps the image's own.</param>
internal sealed record ProgramCall(IReadOnlyList<string>? Entrypoint, IReadOnlyList<string>? Arguments);
