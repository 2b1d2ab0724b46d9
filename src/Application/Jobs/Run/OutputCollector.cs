using System.Text;
using System.Text.Json;
using OgcProcesses.Application.Common;
using OgcProcesses.Application.Common.Schemas;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Jobs.Run;

/// <summary>Finds, checks and stores what an ended program gave.</summary>
/// <remarks>
/// In this order an output is: what its binding's glob matches (or the program's stdout), else its member of outputs.json,
/// else the file /job/outputs/ID or /job/outputs/ID.*.
/// </remarks>
internal sealed class OutputCollector(IContainerRunner runner, IOutputFolder folder, IOutputStore store, ISchemaValidator schemas, RunnerOptions limits)
{
    private const string OutputsFile = "outputs.json";

    /// <summary>Files named, and characters of a path, where a message tells what there is in the place of what is missing.</summary>
    private const int MostNamed = 10;

    private const int LongestNamed = 100;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Collects every output that was asked for.</summary>
    /// <exception cref="JobFailedException">
    /// A required output is missing, or one breaks its schema or a limit. One that breaks its schema is kept, with those collected before it.
    /// </exception>
    public async Task<IReadOnlyList<JobOutput>> CollectAsync(
        Job job, ProcessRevision revision, StagedInputs inputs, JobContainer container, string workFolder, CancellationToken cancellationToken)
    {
        var outputs = new List<JobOutput>();
        try
        {
            await runner.CollectAsync(container, workFolder, cancellationToken);
            var found = new Found(
                folder.List(ContainerPaths.OnServer(workFolder, ContainerPaths.Outputs), limits.MaxOutputBytes, limits.MaxOutputFiles),
                limits.MaxValueBytes);
            foreach (var (id, output) in revision.Description.Outputs)
            {
                if (job.Request.Outputs?.ContainsKey(id) == false) continue;
                var wanted = new Wanted(id, output.Schema, job.Request.Outputs?.GetValueOrDefault(id)?.MediaType);
                var binding = revision.Unit.OutputBindings.GetValueOrDefault(id);
                var source = binding is { Stdout: true }
                    ? new Source([await SaveStdoutAsync(container, workFolder, wanted, cancellationToken)], null)
                    : Find(wanted, revision.Description.Outputs.Keys, binding, found, inputs);
                if (source is null && output.IsRequired) throw Missing(id, binding, found);
                if (source is not null) await TakeAsync(job.Id, wanted, source, workFolder, outputs, cancellationToken);
            }

            return outputs;
        }
        catch (BrokenOutputException broken)
        {
            outputs.Add(broken.Output);
            throw new JobFailedException(
                JobFailureKind.OutputInvalid, $"Output '{broken.Output.OutputId}' {broken.Message}", broken) { Kept = outputs };
        }
        catch (OutputRefusedException refused)
        {
            throw new JobFailedException(refused.Kind, refused.Message, refused);
        }
    }

    private static Source? Find(Wanted wanted, IEnumerable<string> ids, OutputBinding? binding, Found found, StagedInputs inputs)
    {
        var id = wanted.Id;
        if (binding is { Glob.Count: > 0 })
        {
            var texts = CommandLine.Texts(inputs);
            var patterns = binding.Glob.Select(pattern => Compile(id, pattern, texts)).ToList();
            var matches = found.Files.Where(file => patterns.Exists(matches => matches(file.Path))).ToList();
            if (matches.Exists(wanted.IsAskedFor)) matches.RemoveAll(file => !wanted.IsAskedFor(file));
            return matches.Count > 0 ? new(matches, null) : null;
        }

        if (found.Literal(id) is { } literal) return new([], literal);
        // A file 'a.b.tif' is that of an output 'a.b', if there is one, and not that of 'a'.
        var longer = ids.Where(other => other.Length > id.Length).ToList();
        // Of several, such as 'scene.tif' and the 'scene.tif.aux.xml' that goes with it, the one that is what was declared.
        var file = found.Files
            .Where(file => IsNamedAfter(file, id) && !longer.Exists(other => IsNamedAfter(file, other)))
            .OrderBy(file => wanted.IsAskedFor(file) ? 0 : 1)
            .ThenBy(file => file.Path == id ? 0 : 1)
            .ThenBy(wanted.RankOf)
            .ThenBy(file => file.Path.Count(character => character == '.'))
            .FirstOrDefault();
        return file is null ? null : new([file], null);
    }

    private static Func<string, bool> Compile(string id, Expression pattern, IReadOnlyDictionary<string, string> texts)
    {
        try
        {
            return Glob.Compile(pattern.Evaluate(null, texts, Glob.Escape));
        }
        catch (FormatException wrong)
        {
            // Right when it was deployed: an input's value inside its brackets made it wrong.
            throw new JobFailedException(JobFailureKind.OutputInvalid, $"The pattern '{pattern}' of output '{id}': {wrong.Message}", wrong);
        }
    }

    private static bool IsNamedAfter(OutputFile file, string id) =>
        file.Path == id || (file.Path.StartsWith($"{id}.", StringComparison.Ordinal) && !file.Path.Contains('/'));

    private static JobFailedException Missing(string id, OutputBinding? binding, Found found)
    {
        var looked = binding is { Glob.Count: > 0 }
            ? $"files {string.Join(", ", binding.Glob.Select(pattern => $"'{pattern}'"))}"
            : $"a member '{id}' of {OutputsFile} or a file '{id}' or '{id}.*'";
        var there = found.Files.Count == 0 ? "nothing" : string.Join(", ", found.Files.Take(MostNamed).Select(file => $"'{Brief(file.Path)}' ({file.Length} bytes)"));
        if (found.Files.Count > MostNamed) there += $" and {found.Files.Count - MostNamed} more files";
        return new(JobFailureKind.OutputMissing, $"Output '{id}' is required and was not found: looked for {looked} in {ContainerPaths.Outputs}, which holds {there}.");
    }

    private static string Brief(string path) => path.Length <= LongestNamed ? path : "…" + path[^LongestNamed..];

    private async Task<OutputFile> SaveStdoutAsync(
        JobContainer container, string workFolder, Wanted wanted, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Aside(workFolder), wanted.Id + MediaTypes.ExtensionOf(wanted.MediaType ?? wanted.Schema.MediaTypes.FirstOrDefault()));
        await using var file = File.Create(path);
        await runner.CopyStandardOutputAsync(container, file, cancellationToken);
        return new(wanted.Id, path, file.Length);
    }

    private async Task TakeAsync(
        JobId jobId, Wanted wanted, Source source, string workFolder, List<JobOutput> outputs, CancellationToken cancellationToken)
    {
        if (source.Literal is { } literal)
        {
            outputs.Add(!wanted.Schema.IsAlwaysFile || literal.ValueKind != JsonValueKind.String
                ? Value(wanted, 0, literal)
                : await FileAsync(jobId, wanted, 0, await WriteAsync(literal, workFolder, wanted, cancellationToken), cancellationToken));
            return;
        }

        foreach (var (index, file) in source.Files.Index())
        {
            outputs.Add(IsFile(wanted.Schema, file)
                ? await FileAsync(jobId, wanted, index, file, cancellationToken)
                : Value(wanted, index, await ReadAsync(jobId, wanted, index, file, cancellationToken)));
        }
    }

    /// <remarks>Where a schema allows files and values, the file's own kind decides.</remarks>
    private static bool IsFile(ValueSchema schema, OutputFile file) =>
        schema.IsAlwaysFile || (schema.AllowsFile && schema.MediaTypes.Any(type => MediaTypes.AreSame(type, MediaTypes.OfFile(file.FullPath))));

    /// <remarks>A file may be given in line, as text or, where the schema says so, as base64.</remarks>
    private static async Task<OutputFile> WriteAsync(JsonElement literal, string workFolder, Wanted wanted, CancellationToken cancellationToken)
    {
        var alternative = wanted.Schema.Alternatives.FirstOrDefault(schema => MediaTypes.AreSame(MediaTypes.Of(schema), wanted.MediaType));
        if (alternative.ValueKind == JsonValueKind.Undefined) alternative = wanted.Schema.Alternatives.First();
        var text = literal.GetString()!;
        var bytes = new byte[text.Length];
        var length = 0;
        if (ValueSchema.IsBinary(alternative) && !Convert.TryFromBase64String(text, bytes, out length))
            throw new BrokenOutputException(new(wanted.Id, 0, "text/plain", literal.GetRawText(), null), "must be base64, and is not");
        var content = ValueSchema.IsBinary(alternative) ? bytes[..length] : Encoding.UTF8.GetBytes(text);
        var path = Path.Combine(Aside(workFolder), wanted.Id + MediaTypes.ExtensionOf(MediaTypes.Of(alternative)));
        await File.WriteAllBytesAsync(path, content, cancellationToken);
        return new(Path.GetFileName(path), path, content.Length);
    }

    /// <remarks>What a file is, its name says; where the name says nothing that was declared, it is what was asked for, or the default.</remarks>
    private async Task<JobOutput> FileAsync(JobId jobId, Wanted wanted, int index, OutputFile file, CancellationToken cancellationToken)
    {
        var byName = MediaTypes.OfFile(file.FullPath);
        var declared = wanted.Schema.MediaTypes.ToList();
        var named = declared.Find(type => MediaTypes.AreSame(type, byName));
        var asked = declared.Find(type => MediaTypes.AreSame(type, wanted.MediaType)) ?? wanted.MediaType;
        var mediaType = named ?? asked ?? declared.FirstOrDefault() ?? byName;
        var output = new JobOutput(wanted.Id, index, mediaType, null, await store.TakeAsync(jobId, wanted.Id, file.FullPath, cancellationToken));
        return asked is null || MediaTypes.AreSame(asked, mediaType)
            ? output
            : throw new BrokenOutputException(output, $"was asked for as '{asked}', and the program gave '{file.Path}', which is '{mediaType}'");
    }

    /// <summary>Text as every program writes it here: UTF-8, whatever its first bytes look like; null when it is not.</summary>
    private static string? Decode(byte[] bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private JobOutput Value(Wanted wanted, int index, JsonElement value)
    {
        if (JsonText.FindMalformed(value) is { } place)
            throw new JobFailedException(JobFailureKind.OutputInvalid, $"Output '{wanted.Id}' is not valid: {place} holds half a surrogate pair, which is no text");
        var mediaType = wanted.MediaType ?? wanted.Schema.MediaTypes.FirstOrDefault()
            ?? (value.ValueKind == JsonValueKind.String ? "text/plain" : "application/json");
        var output = new JobOutput(wanted.Id, index, mediaType, value.GetRawText(), null);
        var violations = schemas.Validate(wanted.Schema.Document, value);
        return violations.Count == 0
            ? output
            : throw new BrokenOutputException(
                output, $"does not fit its schema: {string.Join("; ", violations.Select(violation => $"{violation.Pointer} {violation.Detail}".Trim()))}");
    }

    private async Task<JsonElement> ReadAsync(JobId jobId, Wanted wanted, int index, OutputFile file, CancellationToken cancellationToken)
    {
        if (file.Length > limits.MaxValueBytes)
        {
            throw new JobFailedException(
                JobFailureKind.LimitExceeded,
                $"Output '{wanted.Id}' is a value of {file.Length} bytes; at most {limits.MaxValueBytes} are kept as a value. Declare a contentMediaType to give it as a file.");
        }

        if (Decode(await File.ReadAllBytesAsync(file.FullPath, cancellationToken)) is not { } text)
            throw new BrokenOutputException(await KeepAsync(), "is not UTF-8");
        if (wanted.Schema.IsText) return JsonSerializer.SerializeToElement(text.EndsWith('\n') ? text[..^1] : text);
        try
        {
            return JsonDocument.Parse(text).RootElement;
        }
        catch (JsonException malformed)
        {
            throw new BrokenOutputException(await KeepAsync(), $"is not JSON: {malformed.Message}");
        }

        async Task<JobOutput> KeepAsync() => new(
            wanted.Id, index, MediaTypes.OfFile(file.FullPath), null, await store.TakeAsync(jobId, wanted.Id, file.FullPath, cancellationToken));
    }

    /// <summary>Where the server itself puts files beside those of the program.</summary>
    private static string Aside(string workFolder) => Directory.CreateDirectory(Path.Combine(workFolder, "collected")).FullName;

    /// <summary>An output that was asked for.</summary>
    /// <param name="Id">Its identifier.</param>
    /// <param name="Schema">Its schema.</param>
    /// <param name="MediaType">The format the client chose, if it did.</param>
    private sealed record Wanted(string Id, ValueSchema Schema, string? MediaType)
    {
        /// <summary>Whether a file's name says that it is what the client chose.</summary>
        public bool IsAskedFor(OutputFile file) => MediaTypes.AreSame(MediaType, MediaTypes.OfFile(file.Path));

        /// <summary>The place of a file's kind among those that were declared, the default one first; behind them where it is another.</summary>
        public int RankOf(OutputFile file)
        {
            var declared = Schema.MediaTypes.ToList();
            var rank = declared.FindIndex(type => MediaTypes.AreSame(type, MediaTypes.OfFile(file.Path)));
            return rank < 0 ? declared.Count : rank;
        }
    }

    /// <summary>An output is not what was declared or asked for; the message says how, without the output's name.</summary>
    private sealed class BrokenOutputException(JobOutput output, string how) : Exception(how)
    {
        public JobOutput Output { get; } = output;
    }

    /// <summary>Where an output was found: in files, or as a literal.</summary>
    private sealed record Source(IReadOnlyList<OutputFile> Files, JsonElement? Literal);

    /// <summary>The outputs folder, with the members of its outputs.json.</summary>
    private sealed class Found(IReadOnlyList<OutputFile> all, int mostBytes)
    {
        private readonly Lazy<JsonElement?> _literals = new(() => Read(all.FirstOrDefault(file => file.Path == OutputsFile), mostBytes));

        public IReadOnlyList<OutputFile> Files { get; } = [.. all.Where(file => file.Path != OutputsFile)];

        public JsonElement? Literal(string id) =>
            _literals.Value is { } literals && literals.TryGetProperty(id, out var literal) && literal.ValueKind != JsonValueKind.Null ? literal : null;

        private static JsonElement? Read(OutputFile? file, int mostBytes)
        {
            if (file is null) return null;
            if (file.Length > mostBytes)
                throw new JobFailedException(JobFailureKind.LimitExceeded, $"{OutputsFile} has {file.Length} bytes; at most {mostBytes} are read.");
            try
            {
                if (Decode(File.ReadAllBytes(file.FullPath)) is not { } text)
                    throw new JobFailedException(JobFailureKind.OutputInvalid, $"{OutputsFile} is not UTF-8.");
                using var document = JsonDocument.Parse(text);
                if (document.RootElement.ValueKind == JsonValueKind.Object) return document.RootElement.Clone();
                throw new JobFailedException(JobFailureKind.OutputInvalid, $"{OutputsFile} must hold an object with a member per output.");
            }
            catch (JsonException malformed)
            {
                throw new JobFailedException(JobFailureKind.OutputInvalid, $"{OutputsFile} is not JSON: {malformed.Message}", malformed);
            }
        }
    }
}
