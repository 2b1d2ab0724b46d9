using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Common;
using OgcProcesses.Application.Common.Schemas;
using OgcProcesses.Application.Jobs.Execute;
using OgcProcesses.Application.Uploads;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Jobs.Run;

/// <summary>Puts the inputs of a job where its program finds them.</summary>
/// <remarks>
/// The container contract: /job/inputs.json holds every input after defaults; files lie in /job/inputs/ID/; /job/wanted.json
/// says which outputs were asked for.
/// </remarks>
public sealed class InputStager(IInputFetcher fetcher, IUploadStore uploads, ISchemaValidator schemas, IOptions<RunnerOptions> options)
{
    private const string WebPage = "text/html";

    /// <summary>Stages all inputs into a new work folder.</summary>
    /// <exception cref="JobFailedException">An input could not be fetched, or does not fit its schema.</exception>
    internal async Task<StagedInputs> StageAsync(
        ProcessDescription process, Job job, string workFolder, CancellationToken cancellationToken)
    {
        var (staged, request) = (new StagedInputs(), job.Request);
        foreach (var (id, value) in request.Inputs)
        {
            var input = process.Inputs[id];
            var occurrences = new List<JsonElement>();
            foreach (var (index, occurrence) in InputValue.OccurrencesOf(value, input).Index())
            {
                var slot = new Slot(job, id, input.IsMultiple ? index : null, workFolder, staged.Checksums);
                occurrences.Add(await StageAsync(InputValue.Read(occurrence, input.Schema, schemas), input.Schema, slot, cancellationToken));
            }

            staged[id] = new(occurrences, input.IsMultiple);
        }

        await WriteInputsFileAsync(staged, workFolder, cancellationToken);
        await WriteWantedFileAsync(process, request, workFolder, cancellationToken);
        return staged;
    }

    /// <summary>The inputs as they were staged before a restart of the server.</summary>
    internal static async Task<StagedInputs> ReadBackAsync(ProcessDescription process, string workFolder, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(ContainerPaths.OnServer(workFolder, ContainerPaths.InputsFile));
        using var json = await JsonDocument.ParseAsync(file, cancellationToken: cancellationToken);
        var staged = new StagedInputs();
        foreach (var member in json.RootElement.EnumerateObject())
        {
            var isArray = process.Inputs[member.Name].IsMultiple;
            staged[member.Name] = new(isArray ? [.. member.Value.Clone().EnumerateArray()] : [member.Value.Clone()], isArray);
        }

        return staged;
    }

    private async Task<JsonElement> StageAsync(InputValue value, ValueSchema schema, Slot slot, CancellationToken cancellationToken)
    {
        switch (value)
        {
            case InputValue.Literal literal:
                return literal.Value;
            case InputValue.InlineFile file:
                var path = Path.Combine(slot.Folder, slot.InputId + MediaTypes.ExtensionOf(file.MediaType));
                var bytes = file.Base64 ? Decode(file.Text, slot) : Encoding.UTF8.GetBytes(file.Text);
                await File.WriteAllBytesAsync(path, bytes, cancellationToken);
                return slot.PathInContainer(path, Convert.ToHexStringLower(SHA256.HashData(bytes)));
            default:
                return await FetchAsync((InputValue.Reference)value, schema, slot, cancellationToken);
        }
    }

    private static byte[] Decode(string text, Slot slot)
    {
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException wrong)
        {
            throw new JobFailedException(JobFailureKind.InputInvalid, $"Input '{slot.InputId}' is not base64.", wrong);
        }
    }

    private async Task<JsonElement> FetchAsync(InputValue.Reference reference, ValueSchema schema, Slot slot, CancellationToken cancellationToken)
    {
        var folder = schema.AllowsFile ? slot.Folder : slot.Aside;
        var upload = slot.Job.Request.Uploads?.GetValueOrDefault(reference.Href);
        var file = upload is null ? await FetchAsync(reference.Href, folder, slot, cancellationToken) : await TakeAsync(upload, folder, slot, cancellationToken);
        if (!schema.AllowsFile) return await ReadValueAsync(file, schema, slot, cancellationToken);
        return IsPageInstead(file, schema)
            ? throw new JobFailedException(
                JobFailureKind.InputInvalid,
                $"What input '{slot.InputId}' links to is a web page ({WebPage}) and not '{schema.MediaTypes.First()}'; the link may lead to a page about the file, or to a login.")
            : slot.PathInContainer(file.Path, file.Sha256);
    }

    private async Task<FetchedFile> FetchAsync(string href, string folder, Slot slot, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(href, UriKind.Absolute, out var link))
            throw new JobFailedException(JobFailureKind.InputUnavailable, $"Input '{slot.InputId}': its link is not an absolute URL.");
        try
        {
            return await fetcher.FetchAsync(link, folder, cancellationToken);
        }
        catch (FetchException failure)
        {
            throw new JobFailedException(JobFailureKind.InputUnavailable, $"Input '{slot.InputId}': {failure.Message}", failure);
        }
    }

    private async Task<FetchedFile> TakeAsync(string upload, string folder, Slot slot, CancellationToken cancellationToken) =>
        await uploads.StageAsync(slot.Job.Owner, upload, folder, cancellationToken)
        ?? throw new JobFailedException(JobFailureKind.InputUnavailable, $"Input '{slot.InputId}': upload '{upload}' is not there any more.");

    /// <remarks>Servers give files all kinds of types, so that nothing follows from another one; but nobody serves data as a page.</remarks>
    private static bool IsPageInstead(FetchedFile file, ValueSchema schema) =>
        file.MediaType == WebPage && schema.MediaTypes.Any() && !schema.MediaTypes.Any(type => MediaTypes.AreSame(type, WebPage));

    /// <remarks>/req/core/process-execute-input-validation: what a link led to is validated as if it had been given in line.</remarks>
    private async Task<JsonElement> ReadValueAsync(FetchedFile file, ValueSchema schema, Slot slot, CancellationToken cancellationToken)
    {
        try
        {
            var most = options.Value.MaxValueBytes;
            if (file.Length > most)
            {
                throw new JobFailedException(
                    JobFailureKind.LimitExceeded, $"What input '{slot.InputId}' links to is a value of {file.Length} bytes; at most {most} are read.");
            }

            await using var content = File.OpenRead(file.Path);
            var value = schema.IsText
                ? JsonSerializer.SerializeToElement(await new StreamReader(content).ReadToEndAsync(cancellationToken))
                : (await JsonDocument.ParseAsync(content, cancellationToken: cancellationToken)).RootElement;
            var violations = schemas.Validate(schema.Document, value);
            if (violations.Count == 0) return value;
            var all = string.Join("; ", violations.Select(violation => $"{violation.Pointer} {violation.Detail}".Trim()));
            throw new JobFailedException(JobFailureKind.InputInvalid, $"What input '{slot.InputId}' links to does not fit its schema: {all}");
        }
        catch (JsonException malformed)
        {
            throw new JobFailedException(
                JobFailureKind.InputInvalid, $"What input '{slot.InputId}' links to is not JSON: {malformed.Message}", malformed);
        }
        finally
        {
            File.Delete(file.Path);
        }
    }

    private static async Task WriteInputsFileAsync(StagedInputs staged, string workFolder, CancellationToken cancellationToken)
    {
        await using var file = File.Create(ContainerPaths.OnServer(workFolder, ContainerPaths.InputsFile));
        await using var json = new Utf8JsonWriter(file);
        json.WriteStartObject();
        foreach (var (id, input) in staged)
        {
            json.WritePropertyName(id);
            if (input.IsArray) json.WriteStartArray();
            foreach (var occurrence in input.Occurrences) occurrence.WriteTo(json);
            if (input.IsArray) json.WriteEndArray();
        }

        json.WriteEndObject();
        await json.FlushAsync(cancellationToken);
    }

    private static async Task WriteWantedFileAsync(
        ProcessDescription process, ExecuteRequest request, string workFolder, CancellationToken cancellationToken)
    {
        await using var file = File.Create(ContainerPaths.OnServer(workFolder, ContainerPaths.WantedFile));
        await using var json = new Utf8JsonWriter(file);
        json.WriteStartObject();
        foreach (var (id, output) in process.Outputs.Where(output => request.Outputs?.ContainsKey(output.Key) != false))
        {
            json.WriteStartObject(id);
            if ((request.Outputs?.GetValueOrDefault(id)?.MediaType ?? output.Schema.MediaTypes.FirstOrDefault()) is { } mediaType)
                json.WriteString("mediaType", mediaType);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        await json.FlushAsync(cancellationToken);
    }

    /// <summary>The folder of one occurrence of an input; made when it is first asked for.</summary>
    private sealed record Slot(Job Job, string InputId, int? Index, string WorkFolder, Dictionary<string, string> Checksums)
    {
        private string FolderInContainer => $"{ContainerPaths.Inputs}/{InputId}" + (Index is { } index ? $"/{index}" : "");

        /// <summary>Where a value is fetched to before it is read; the program does not see it.</summary>
        public string Aside => Directory.CreateDirectory(Path.Combine(WorkFolder, "fetched")).FullName;

        public string Folder => Directory.CreateDirectory(ContainerPaths.OnServer(WorkFolder, FolderInContainer)).FullName;

        /// <summary>A file of the folder as the program sees it; its checksum is kept.</summary>
        public JsonElement PathInContainer(string path, string sha256)
        {
            var seen = $"{FolderInContainer}/{Path.GetFileName(path)}";
            Checksums[seen] = sha256;
            return JsonSerializer.SerializeToElement(seen);
        }
    }
}
