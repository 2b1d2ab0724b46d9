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
/// <remarks>Part 2, ogcapppkg.yaml. Their execution units are read by <see cref="UnitReader"/>.</remarks>
internal sealed partial class PackageReader(ISchemaValidator schemas, RunnerOptions limits) : MemberReader
{
    private readonly List<string> _warnings = [];

    private string _descriptionPointer = "/processDescription";

    /// <summary>Identifiers of what is declared, be it well or not; null where there is no description.</summary>
    private HashSet<string>? _inputs;
    private HashSet<string>? _outputs;

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
        var units = new UnitReader(limits, _inputs, _outputs);
        var unit = units.Read(package.ExecutionUnit);
        Add(units.Violations);
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
        // Every one costs in descriptions, pages and definitions, for everybody who reads them.
        if (inputs.Count > limits.MaxInputs || outputs.Count > limits.MaxInputs)
        {
            var (name, count) = inputs.Count > limits.MaxInputs ? ("inputs", inputs.Count) : ("outputs", outputs.Count);
            Wrong($"{at}/{name}", $"there are {count}; the server takes {limits.MaxInputs} (Runner:MaxInputs)");
            return null;
        }

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
}
