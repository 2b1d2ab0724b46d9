using System.Runtime.InteropServices;
using System.Text.Json;
using OgcProcesses.Application.Common;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Application.Common.Schemas;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Application.Uploads;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;
using OgcProcesses.Domain.Uploads;

namespace OgcProcesses.Application.Jobs.Execute;

/// <summary>Reads execute requests against a process description and notes everything that is wrong, each with its place.</summary>
internal sealed class InputReader(
    ProcessDescription process, Strictness strictness, ISchemaValidator schemas, IInputFetcher fetcher, OwnUploads uploads, RunnerOptions limits)
{
    private const string Base64 = "base64";
    private const int LongestAddress = 2_000;
    private const int MostViolations = 1_000;
    private const int MostNames = 30;

    private readonly List<Violation> _violations = [];
    private readonly Dictionary<string, string> _uploads = [];

    /// <summary>A reader for requests to a process.</summary>
    public static InputReader For(ProcessRevision process, ISchemaValidator schemas, IInputFetcher fetcher, OwnUploads uploads, RunnerOptions options) =>
        new(process.Description, process.Unit.Validation ?? options.Validation, schemas, fetcher, uploads, options);

    /// <summary>The request with defaults filled in; throws an <see cref="OgcException"/> that tells all violations.</summary>
    /// <param name="request">The request.</param>
    /// <param name="links">Where the client reaches the API.</param>
    public ExecuteRequest Read(Execute request, ILinks links)
    {
        if (request.Process is { Length: > 0 } named && !(Execute.TryReadProcess(named, out var other) && other == process.Id))
            Wrong<object>("/process", $"names another process than the one that is executed, '{process.Id}'");
        var inputs = ReadInputs(request.Inputs ?? new Dictionary<string, JsonElement>());
        ResponseForm? response = request.Response switch
        {
            null => null,
            "raw" => ResponseForm.Raw,
            "document" => ResponseForm.Document,
            _ => Wrong<ResponseForm?>("/response", "must be 'raw' or 'document'"),
        };
        var outputs = request.Outputs is null ? null : ReadOutputs(request.Outputs);
        var subscriber = request.Subscriber is null ? null : ReadSubscriber(request.Subscriber, links);
        var read = new ExecuteRequest(inputs, outputs, response) { Subscriber = subscriber, Uploads = _uploads.Count == 0 ? null : _uploads };
        if (read is { Outputs: not null, Form: ResponseForm.Raw })
        {
            foreach (var (id, _) in read.Outputs.Where(output => output.Value.Base64))
                Wrong<object>($"{At("/outputs", id)}/format/encoding", "only a document holds base64: ask for it with \"response\": \"document\"");
        }

        return _violations.Count == 0 ? read : throw new OgcException(_violations);
    }

    private Dictionary<string, JsonElement> ReadInputs(IReadOnlyDictionary<string, JsonElement> given)
    {
        var inputs = new Dictionary<string, JsonElement>();
        foreach (var unknown in given.Keys.Except(process.Inputs.Keys).Where(_ => strictness == Strictness.Strict))
            Wrong<object>(At("/inputs", unknown), $"the process has no such input; it has {List([.. process.Inputs.Keys])}");
        foreach (var (id, input) in process.Inputs)
        {
            if (given.TryGetValue(id, out var value) && value.ValueKind != JsonValueKind.Null)
            {
                ReadInput(id, input, value);
                inputs[id] = value;
            }
            else if (input.Schema.Default is { } standard)
            {
                inputs[id] = standard;
            }
            else if (input.IsRequired)
            {
                Wrong<object>(At("/inputs", id), "is required");
            }
        }

        return inputs;
    }

    private void ReadInput(string id, InputDescription input, JsonElement value)
    {
        var at = At("/inputs", id);
        // Counted and measured before anything is looked at, which takes many times its size.
        var count = input.IsMultiple && value.ValueKind == JsonValueKind.Array ? value.GetArrayLength() : 1;
        if (count > limits.MaxOccurrences)
        {
            Wrong<object>(at, $"has {count} values; the server takes {limits.MaxOccurrences} (Runner:MaxOccurrences)");
            return;
        }

        if (JsonText.FindMalformedEscape(value) is { } place)
        {
            Wrong<object>(at + place, "holds half a surrogate pair, which is no text");
            return;
        }

        var occurrences = InputValue.OccurrencesOf(value, input);
        if (occurrences.Count < input.MinOccurs) Wrong<object>(at, $"occurs {occurrences.Count} times, at least {input.MinOccurs} are needed");
        if (occurrences.Count > input.MaxOccurs) Wrong<object>(at, $"occurs {occurrences.Count} times, at most {input.MaxOccurs} are allowed");
        var isArray = input.IsMultiple && value.ValueKind == JsonValueKind.Array;
        foreach (var (index, occurrence) in occurrences.Index())
            ReadOccurrence(occurrence, input.Schema, isArray ? $"{at}/{index}" : at);
    }

    /// <remarks>/req/core/process-execute-input-validation; what a link leads to is checked once it has been fetched.</remarks>
    private void ReadOccurrence(JsonElement value, ValueSchema schema, string at)
    {
        // Before it is validated, which takes many times its size in memory.
        if (!schema.AllowsFile && JsonMarshal.GetRawUtf8Value(value).Length is var length && length > limits.MaxValueBytes)
        {
            Wrong<object>(at, $"has {length} bytes; a value may have {limits.MaxValueBytes}");
            return;
        }

        switch (InputValue.Read(value, schema, schemas))
        {
            case InputValue.Reference { Href: var href, MediaType: var mediaType }:
                if (uploads.IdOf(href) is { } id && ReadUpload(href, id, at) is var upload) mediaType ??= upload?.Type;
                else if (!Uri.TryCreate(href, UriKind.Absolute, out var link)) Wrong<object>($"{at}/href", "must be an absolute URL");
                else if (fetcher.Refuse(link) is { } reason) Wrong<object>($"{at}/href", reason);
                CheckMediaType(mediaType, schema, at);
                break;
            case InputValue.InlineFile { MediaType: var mediaType } file:
                CheckMediaType(mediaType, schema, at);
                if (file.Base64 && !System.Buffers.Text.Base64.IsValid(file.Text)) Wrong<object>(at, "must be base64 (RFC 4648)");
                break;
            case InputValue.Literal { Value: var literal }:
                var isAsGiven = literal.ValueKind == value.ValueKind && literal.GetRawText().Length == value.GetRawText().Length;
                foreach (var violation in schemas.Validate(schema.Document, literal))
                    Wrong<object>($"{at}{(isAsGiven ? "" : "/value")}{violation.Pointer}", violation.Detail);
                break;
        }
    }

    private Upload? ReadUpload(string href, string id, string at)
    {
        if (uploads.Find(id) is not { IsComplete: true } upload)
            return Wrong<Upload>($"{at}/href", "names no upload of yours that is complete; GET /uploads tells what you have, until when, and what is missing of it");
        _uploads[href] = id;
        return upload;
    }

    private void CheckMediaType(string? mediaType, ValueSchema schema, string at)
    {
        var allowed = schema.MediaTypes.ToList();
        if (mediaType is null || allowed.Count == 0 || allowed.Exists(type => MediaTypes.AreSame(type, mediaType))) return;
        Wrong<object>(at, $"media type '{mediaType}' is not among those the input takes: {List(allowed)}");
    }

    private Dictionary<string, OutputSelection> ReadOutputs(IReadOnlyDictionary<string, Output?> wanted)
    {
        var outputs = new Dictionary<string, OutputSelection>();
        foreach (var (id, output) in wanted)
        {
            var at = At("/outputs", id);
            if (!process.Outputs.TryGetValue(id, out var description))
            {
                Wrong<object>(at, $"the process has no such output; it has {List([.. process.Outputs.Keys])}");
                continue;
            }

            TransmissionMode? transmission = output?.TransmissionMode switch
            {
                null => null,
                "value" => TransmissionMode.Value,
                "reference" => TransmissionMode.Reference,
                _ => Wrong<TransmissionMode?>($"{at}/transmissionMode", "must be 'value' or 'reference'"),
            };
            CheckFormat(output?.Format, description.Schema, $"{at}/format");
            outputs[id] = new(output?.Format?.MediaType, transmission, output?.Format?.Encoding == Base64);
        }

        return outputs;
    }

    private void CheckFormat(Format? format, ValueSchema schema, string at)
    {
        if (format?.MediaType is { } mediaType && !Gives(schema, mediaType))
        {
            var gives = schema.MediaTypes.DefaultIfEmpty(schema.IsText ? "text/plain" : OgcNames.Json);
            Wrong<object>($"{at}/mediaType", $"media type '{mediaType}' is not among those the output gives: {List([.. gives])}");
        }

        if (format?.Encoding is not (null or Base64))
            Wrong<object>($"{at}/encoding", $"encoding '{format.Encoding}' is not one the server gives; 'base64' is, and without an encoding an output is given as it is");
        if (format?.Schema is { ValueKind: not JsonValueKind.Null } wanted && !schema.Alternatives.Any(alternative => IsContentSchema(alternative, wanted)))
            Wrong<object>($"{at}/schema", "is not one that the output declares (contentSchema)");
    }

    /// <remarks>A value whose schema names no media type is JSON, and, where it is neither object nor array, plain text.</remarks>
    private static bool Gives(ValueSchema schema, string mediaType) =>
        schema.MediaTypes.Any(type => MediaTypes.AreSame(type, mediaType))
        || schema.Alternatives.Any(alternative => MediaTypes.Of(alternative) is null
            && (MediaTypes.IsJson(mediaType) || (ValueSchema.IsScalar(alternative) && MediaTypes.AreSame(mediaType, "text/plain"))));

    private static bool IsContentSchema(JsonElement alternative, JsonElement wanted) =>
        alternative.TryGetProperty("contentSchema", out var declared) && JsonElement.DeepEquals(declared, wanted);

    /// <summary>The subscriber; null where it wants to be told of nothing.</summary>
    private Domain.Jobs.Subscriber? ReadSubscriber(Subscriber given, ILinks links)
    {
        var subscriber = new Domain.Jobs.Subscriber(
            ReadAddress(given.SuccessUri, "successUri"), ReadAddress(given.InProgressUri, "inProgressUri"), ReadAddress(given.FailedUri, "failedUri"), links.Root);
        return subscriber is { SuccessUri: null, InProgressUri: null, FailedUri: null } ? null : subscriber;
    }

    private Uri? ReadAddress(string? given, string member)
    {
        if (given is null) return null;
        var at = $"/subscriber/{member}";
        if (given.Length > LongestAddress) return Wrong<Uri>(at, $"is longer than {LongestAddress} characters");
        if (!Uri.TryCreate(given, UriKind.Absolute, out var address)) return Wrong<Uri>(at, "must be an absolute URL");
        return fetcher.Refuse(address) is { } reason ? Wrong<Uri>(at, reason) : address;
    }

    private T? Wrong<T>(string pointer, string detail)
    {
        if (_violations.Count == MostViolations) throw new OgcException(_violations);
        _violations.Add(Violation.InBody(pointer, detail));
        return default;
    }

    private static string At(string parent, string name) => $"{parent}/{JsonPointer.Escape(name)}";

    private static string List(List<string> names) =>
        string.Join(", ", names.Take(MostNames).Select(name => $"'{name}'")) + (names.Count > MostNames ? $" and {names.Count - MostNames} more" : "");
}
