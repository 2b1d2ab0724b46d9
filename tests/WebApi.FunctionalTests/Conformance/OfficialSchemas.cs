using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests.Conformance;

/// <summary>The standard's own schemas, by which every JSON answer is measured where they are at hand.</summary>
/// <remarks>
/// OGC_TEST_SCHEMAS names the folder of the bundles. The judge is Debian's python3-jsonschema, in one process for all tests: no free .NET
/// validator reads JSON Schema 2020-12, and one that the server does not use itself can't share its mistakes.
/// </remarks>
internal static class OfficialSchemas
{
    /// <summary>An application package. Not every answer is measured by it: a package is whatever its deployer sent.</summary>
    public const string Package = Draft + "processes-dru~1ogcapppkg";

    private const string Part1 = "urn:x-ogcapi-processes:part1:1.0#/$defs/";
    private const string Draft = "urn:x-ogcapi-processes:draft#/$defs/";

    private static readonly Lazy<Judge> Judging = new(Judge.Start);

    /// <summary>Jobs whose results are bare values, which no schema of the standard describes.</summary>
    private static readonly ConcurrentDictionary<string, bool> RawJobs = new();

    /// <summary>Why nothing is measured; null where everything is.</summary>
    public static string? Absence => Judging.Value.Absence;

    /// <summary>Fails the test whose request got an answer that the standard's schema for it does not allow.</summary>
    public static async Task CheckAsync(HttpResponseMessage response, byte[] body)
    {
        if (Absence is not null || body.Length == 0) return;
        if (response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) != true) return;
        // CWL is described by its own standard.
        if (response.Content.Headers.ContentType.MediaType == "application/cwl+json") return;
        var request = response.RequestMessage!;
        var path = request.RequestUri!.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var status = (int)response.StatusCode;
        // Our own question, which the standard does not know.
        if (status < 300 && request.RequestUri.Query.Contains("validateOnly", StringComparison.Ordinal)) return;
        if (path is [.., "execution"] && status < 300)
        {
            var isRaw = await AsksForRawAsync(request.Content);
            if (status == 200 && isRaw) return;
            if (status == 201) RawJobs[response.Headers.Location!.Segments[^1]] = isRaw;
        }

        if (status == 200 && path is ["jobs", var jobId, "results"] && RawJobs.GetValueOrDefault(jobId)) return;
        foreach (var schema in SchemasOf(request.Method.Method, path, status))
        {
            Assert.That(Violations(schema, body), Is.Empty, $"{request.Method} {request.RequestUri} answers {status}; by {schema}: {Text(body)}");
        }
    }

    /// <summary>What is wrong with a document by a schema of the bundles.</summary>
    public static string[] Violations(string schema, ReadOnlySpan<byte> document) => Judging.Value.Violations(schema, document);

    private static string[] SchemasOf(string method, string[] path, int status) => (method, path, status) switch
    {
        (_, ["health", ..], _) => [],
        (_, _, >= 400) => [Part1 + "exception", Draft + "common-core~1exception"],
        ("GET", [], 200) => [Part1 + "landingPage", Draft + "common-core~1landingPage"],
        ("GET", ["conformance"], 200) => [Part1 + "confClasses", Draft + "common-core~1confClasses"],
        ("GET", ["processes"], 200) => [Part1 + "processList", Draft + "processes-core~1processList"],
        ("POST", ["processes"], 201 or 202) => [Part1 + "processSummary", Draft + "processes-core~1processSummary"],
        ("GET", ["processes", _], 200) => [Part1 + "process", Draft + "processes-core~1process"],
        ("POST", [.., "execution"], 200) or ("GET", ["jobs", _, "results"], 200) => [Part1 + "results", Draft + "processes-core~1results"],
        ("POST", [.., "execution"], 201) or (_, ["jobs", _], 200) => [Part1 + "statusInfo", Draft + "processes-core~1statusInfo"],
        ("GET", [var root], 200) when Guid.TryParse(root, out _) => [Part1 + "statusInfo", Draft + "processes-core~1statusInfo"],
        ("GET", ["jobs"], 200) => [Part1 + "jobList", Draft + "processes-core~1jobList"],
        _ => [],
    };

    private static async Task<bool> AsksForRawAsync(HttpContent? content)
    {
        var execute = (await content!.ReadFromJsonAsync<JsonNode>())!;
        return execute["response"] is { } response
            ? response.GetValue<string>() == "raw"
            : execute["outputs"] is JsonObject outputs && outputs.Any(output => output.Value?["transmissionMode"] is not null);
    }

    private static string Text(byte[] body) => System.Text.Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 2000)));

    /// <summary>Ends the judge with the tests.</summary>
    internal static void End()
    {
        if (Judging.IsValueCreated) Judging.Value.Dispose();
    }

    /// <summary>The program that validates, fed line by line; or the reason why there is none.</summary>
    private sealed class Judge : IDisposable
    {
        private readonly Lock _line = new();
        private readonly Process? _process;

        private Judge(Process process) => _process = process;

        private Judge(string absence) => Absence = absence;

        public string? Absence { get; }

        public static Judge Start()
        {
            var folder = Environment.GetEnvironmentVariable("OGC_TEST_SCHEMAS");
            if (string.IsNullOrEmpty(folder)) return new("OGC_TEST_SCHEMAS does not name a folder with the official schemas.");
            string[] bundles = [Path.Combine(folder, "part1-1.0.json"), Path.Combine(folder, "draft.json")];
            if (bundles.FirstOrDefault(bundle => !File.Exists(bundle)) is { } missing) return new($"There is no {missing}.");
            if (!Python.Has("jsonschema")) return new($"There is no {Python.Interpreter} with jsonschema.");
            return new(Python.Start("official_schemas.py", bundles));
        }

        public string[] Violations(string schema, ReadOnlySpan<byte> document)
        {
            // One line: the document may have been sent with line breaks.
            var request = new JsonObject { ["schema"] = schema, ["document"] = JsonNode.Parse(document) }.ToJsonString();
            lock (_line)
            {
                _process!.StandardInput.WriteLine(request);
                return JsonSerializer.Deserialize<string[]>(_process.StandardOutput.ReadLine() ?? throw new EndOfStreamException("The judge has gone."))!;
            }
        }

        public void Dispose()
        {
            if (_process is null) return;
            _process.StandardInput.Close();
            _process.WaitForExit();
            _process.Dispose();
        }
    }
}
