using System.Text.Json;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Jobs.Run;

/// <summary>Makes the arguments that input bindings ask for.</summary>
/// <remarks>
/// Part 2, inputBinding.yaml. Always an argument vector: whatever a value holds, spaces, quotes or a leading '-', it stays
/// one argument and no shell reads it.
/// </remarks>
internal static class CommandLine
{
    /// <summary>The arguments of all bindings, by position, then by input identifier.</summary>
    public static IReadOnlyList<string> Arguments(ExecutionUnit unit, StagedInputs inputs)
    {
        var texts = Texts(inputs);
        return
        [
            .. from binding in unit.InputBindings
               where inputs.ContainsKey(binding.Key)
               orderby binding.Value.Position, binding.Key
               from argument in Bind(binding.Value, inputs[binding.Key], texts)
               select argument,
        ];
    }

    /// <summary>What <c>$(inputs.ID)</c> stands for, by identifier; several values are joined by commas.</summary>
    public static IReadOnlyDictionary<string, string> Texts(StagedInputs inputs) =>
        inputs.ToDictionary(input => input.Key, input => string.Join(',', input.Value.Occurrences.Select(StagedInput.Text)));

    private static IEnumerable<string> Bind(InputBinding binding, StagedInput input, IReadOnlyDictionary<string, string> texts)
    {
        var values = input.Occurrences.SelectMany(value => Values(binding, value));
        var arguments = values.Select(value => binding.ValueFrom?.Evaluate(value, texts) ?? value);
        if (binding.ItemSeparator is { } separator && values.Any()) arguments = [string.Join(separator, arguments)];
        return input.Occurrences.All(value => value.ValueKind is JsonValueKind.True or JsonValueKind.False) && binding.Prefix is { } flag
            ? input.Occurrences.Where(value => value.ValueKind == JsonValueKind.True).Select(_ => flag)
            : arguments.SelectMany(argument => WithPrefix(binding, argument));
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

    private static IEnumerable<string> WithPrefix(InputBinding binding, string argument) => binding switch
    {
        { Prefix: null } => [argument],
        { Separate: true, Prefix: { } prefix } => [prefix, argument],
        { Prefix: { } prefix } => [prefix + argument],
    };
}
