using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OgcProcesses.Domain.Access;

namespace OgcProcesses.WebApi.FunctionalTests.Security;

/// <summary>What somebody else's job, process or upload looks like: like one that never was, by every operation that the API's definition has.</summary>
internal sealed class ForeignTests
{
    private const string UnknownJob = "6f0d3c1e-52a7-4b7e-9d0b-0a4c3e8f7b21";

    /// <summary>Operations that name no job, process or upload in their path; each has a test of its own, or shows nobody's.</summary>
    private static readonly string[] Nameless =
    [
        "getLandingPage", "getConformance", "getApi", "getProcesses", "deploy", "executeNamed", "getJobs", "dismissJobs", "getMe", "getUploads", "createUpload",
    ];

    private static readonly (string Name, string Value) Anna = TestCallers.Header("anna", Role.Deployer);
    private static readonly (string Name, string Value) Bert = TestCallers.Header("bert", Role.Deployer);
    private static readonly (string Name, string Value) Cora = TestCallers.Header("cora", Role.Deployer, "weather");
    private static readonly (string Name, string Value) Root = TestCallers.Header("root", Role.Admin);

    private static readonly Package Program = Package.Running("printf hi > greeting").Giving("greeting", """{"type":"string","contentMediaType":"text/plain"}""");

    private static readonly string UnknownProcess = $"test-{Guid.NewGuid():N}";

    private Server _server = null!;
    private HttpClient _http = null!;
    private List<Operation> _operations = [];
    private string _job = "";
    private string _upload = "";
    private string _tag = "";

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _server = new Server(TestCallers.AddTo, ("Security:Mode", "ApiKeys"));
        _http = new(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = _server.Http.BaseAddress };
        Assert.That((await SendAsync("POST", "/processes", Anna, Program.ToString())).Status, Is.EqualTo(HttpStatusCode.Created));
        _job = await ExecuteAsync(Program.Id, Anna);
        _upload = await UploadAsync(Anna);
        _tag = (await SendAsync("GET", $"/processes/{Program.Id}", Anna)).Headers.ETag!.ToString();
        _operations =
        [
            .. from path in (await SendAsync("GET", "/api", Bert)).Json["paths"]!.AsObject()
               from operation in path.Value!.AsObject()
               where operation.Key is "get" or "put" or "post" or "delete" or "patch"
               let id = operation.Value!["operationId"]!.GetValue<string>()
               // Copies of the operation that executes any process.
               where !id.StartsWith("execute-", StringComparison.Ordinal)
               select new Operation(id, operation.Key.ToUpperInvariant(), path.Key),
        ];
    }

    [OneTimeTearDown]
    public void Stop()
    {
        _http.Dispose();
        _server.Dispose();
    }

    /// <remarks>Who adds an operation says here what it is: one that names a job, process or upload in its path is found by itself.</remarks>
    [Test]
    public void Operations_OfTheDefinition_AreAllKnown()
    {
        Assert.That(_operations.Count(operation => operation.IsOfAJob), Is.GreaterThan(10));
        Assert.That(_operations.Count(operation => operation.IsOfAProcess), Is.GreaterThan(6));
        Assert.That(_operations.Count(operation => operation.IsOfAnUpload), Is.GreaterThan(2));
        Assert.That(_operations.Where(operation => !operation.IsNamed && !operation.IsForAdmins).Select(operation => operation.Id), Is.SubsetOf(Nameless));
    }

    [Test]
    public async Task Ask_ForWhatIsAnothers_IsAsForWhatNeverWas()
    {
        var before = await SeenByAnnaAsync();
        foreach (var operation in _operations.Where(operation => operation.IsNamed))
        {
            foreach (var (method, query, headers) in Variants(operation))
            {
                var (foreign, unknown) = (Ids(operation, isForeign: true), Ids(operation, isForeign: false));
                var answers = new List<string>();
                foreach (var id in (string[])[foreign, unknown])
                    answers.Add((await SendAsync(method, operation.PathTo(id) + query, Bert, BodyOf(operation, id), headers)).Whole.Replace(id, "{id}", StringComparison.Ordinal));
                Assert.That(answers[0], Is.EqualTo(answers[1]), $"{method} {operation.Path}{query} {string.Join(", ", headers)}");
                if (method != "OPTIONS") Assert.That(answers[0], Does.StartWith("404 "), $"{method} {operation.Path}{query} {string.Join(", ", headers)}");
            }
        }

        Assert.That(await SeenByAnnaAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task Ask_AsNobody_IsRefusedAtTheDoor()
    {
        foreach (var operation in _operations.Where(operation => operation.IsNamed || operation.IsForAdmins))
        {
            foreach (var isForeign in (bool[])[true, false])
            {
                var answer = await SendAsync(operation.Method, operation.PathTo(Ids(operation, isForeign)), null, BodyOf(operation, Program.Id));
                Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.Unauthorized), $"{operation.Method} {operation.Path}");
            }
        }
    }

    [Test]
    public async Task Ask_WhatIsForAdmins_IsForbiddenToAllOthers()
    {
        foreach (var operation in _operations.Where(operation => operation.IsForAdmins))
        {
            var answer = await SendAsync(operation.Method, operation.PathTo(UnknownJob), Bert, operation.Method is "GET" or "DELETE" ? null : "{}");
            Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.Forbidden), $"{operation.Method} {operation.Path}");
        }
    }

    /// <remarks>Or the tests above would show nothing but that their requests are wrong.</remarks>
    [Test]
    public async Task Ask_ForWhatIsOnesOwn_OrAsAdmin_IsAnswered()
    {
        foreach (var caller in ((string, string)[])[Anna, Root])
        {
            var process = await DeployAsync("{}");
            var (job, upload) = (await ExecuteAsync(process, Anna), await UploadAsync(caller));
            foreach (var operation in _operations.Where(operation => operation.IsNamed).OrderBy(operation => operation.Method == "DELETE"))
            {
                var id = operation.IsOfAJob ? job : operation.IsOfAnUpload ? upload : process;
                var query = operation.Id == "execute" ? "?validateOnly=true" : "";
                var answer = await SendAsync(operation.Method, operation.PathTo(id) + query, caller, BodyOf(operation, id));
                Assert.That((int)answer.Status, Is.InRange(200, 299), $"{operation.Method} {operation.Path}: {answer.Text}");
            }
        }
    }

    [Test]
    public async Task Lists_ShowNothingOfOthers_NeitherByFiltersNorByTheirCursors()
    {
        await ExecuteAsync(Program.Id, Anna);
        var (ofJobs, ofProcesses) = (await CursorAsync("/jobs"), await CursorAsync("/processes"));
        foreach (var path in (string[])["/jobs", $"/jobs?processID={Program.Id}", "/jobs?status=successful", "/jobs?minDuration=0", "/jobs?datetime=2000-01-01/..", $"/jobs?limit=1&cursor={ofJobs}"])
            Assert.That((await SendAsync("GET", path, Bert)).Json["jobs"]!.AsArray(), Is.Empty, path);
        foreach (var path in (string[])["/processes", "/processes?limit=1", $"/processes?limit=1&cursor={ofProcesses}", "/processes?f=html", "/jobs?f=html", "/processes/echo/statistics"])
            Assert.That((await SendAsync("GET", path, Bert)).Text, Does.Not.Contain(Program.Id).And.Not.Contain(_job), path);
        Assert.That((await SendAsync("GET", "/processes", Bert)).Json["processes"]!.AsArray().Select(process => process!["id"]!.GetValue<string>()), Is.EqualTo(new[] { "echo", "echo-types" }));
        foreach (var query in (string[])["", "&validateOnly=true"])
        {
            var dismissed = await SendAsync("DELETE", $"/jobs?processID={Program.Id}{query}", Bert);
            Assert.That((int)dismissed.Json["dismissed"]! + (int)dismissed.Json["remaining"]!, Is.Zero);
        }

        Assert.That((await SendAsync("GET", $"/jobs/{_job}", Anna)).Json["status"]!.GetValue<string>(), Is.EqualTo("successful"));

        async Task<string> CursorAsync(string list) => (await SendAsync("GET", $"{list}?limit=1", Root)).Links("next").Single().Split("cursor=")[1];
    }

    [Test]
    public async Task Definition_HasThePathsOfWhatItsCallerSees()
    {
        var path = $"/processes/{Program.Id}/execution";
        var (annas, berts, roots, nobodys) = (await SendAsync("GET", "/api", Anna), await SendAsync("GET", "/api", Bert), await SendAsync("GET", "/api", Root), await SendAsync("GET", "/api", null));

        Assert.That(((Answered[])[annas, berts, roots, nobodys]).Select(answer => answer.Text.Contains(Program.Id, StringComparison.Ordinal)), Is.EqualTo(new[] { true, false, true, false }));
        Assert.That(((Answered[])[annas, berts, roots, nobodys]).Select(answer => answer.Json["paths"]!["/processes/echo/execution"] is not null), Is.EqualTo(new[] { true, true, true, false }));
        Assert.That(annas.Json["paths"]![path], Is.Not.Null);
        Assert.That(((Answered[])[berts, nobodys]).Select(answer => answer.Headers.ETag), Has.None.EqualTo(annas.Headers.ETag));
        Assert.That((await SendAsync("GET", "/api", Bert, null, ("If-None-Match", annas.Headers.ETag!.ToString()))).Status, Is.EqualTo(HttpStatusCode.OK));
        foreach (var caller in ((string, string)?[])[Bert, null])
        {
            var (foreign, unknown) = (await SendAsync("GET", $"/api?process={Program.Id}", caller), await SendAsync("GET", $"/api?process={UnknownProcess}", caller));
            Assert.That(foreign.Whole.Replace(Program.Id, UnknownProcess, StringComparison.Ordinal), Is.EqualTo(unknown.Whole).And.StartsWith("404 "));
        }
    }

    [Test]
    public async Task ExecuteNamed_AForeignProcess_IsAsOneThatNeverWas()
    {
        foreach (var query in (string[])["", "?validateOnly=true"])
        {
            var answers = new List<string>();
            foreach (var id in (string[])[Program.Id, UnknownProcess])
                answers.Add((await SendAsync("POST", "/execution" + query, Bert, $$"""{"process": "{{id}}"}""", ("Prefer", "respond-async"))).Whole.Replace(id, "{id}", StringComparison.Ordinal));
            Assert.That(answers[0], Is.EqualTo(answers[1]).And.StartsWith("404 "));
        }
    }

    [Test]
    public async Task Execute_WithTheKeyThatAnotherHasUsed_IsAnotherJob()
    {
        var process = await DeployAsync("""{"users": ["cora"]}""");
        var jobs = new List<string>();
        foreach (var caller in ((string, string)[])[Anna, Cora, Anna])
            jobs.Add((await SendAsync("POST", $"/processes/{process}/execution", caller, "{}", ("Idempotency-Key", "\"same\""), ("Prefer", "respond-async"))).Json["jobID"]!.GetValue<string>());
        Assert.That(jobs[2], Is.EqualTo(jobs[0]));
        Assert.That(jobs[1], Is.Not.EqualTo(jobs[0]));
    }

    [Test]
    public async Task Deploy_UnderAForeignIdentifier_TellsOnlyThatItIsTaken()
    {
        var answer = await SendAsync("POST", "/processes", Bert, Program.ToString());
        Assert.That((answer.Status, answer.Headers.Location), Is.EqualTo((HttpStatusCode.Conflict, (Uri?)null)));
        Assert.That(answer.Json["detail"]!.GetValue<string>(), Is.EqualTo($"The identifier '{Program.Id}' is taken; deploy under another."));
    }

    [Test]
    public async Task Share_WithAGroup_LetsItsMembersExecute_AndNobodyElseChange_AndTheirJobsStayTheirs()
    {
        var process = await DeployAsync("""{"groups": ["weather"]}""");
        var (access, package) = ($"/processes/{process}/access", Program.ToString().Replace(Program.Id, process, StringComparison.Ordinal));

        var job = await ExecuteAsync(process, Cora);
        Assert.That((await SendAsync("GET", $"/processes/{process}", Cora)).Links("related"), Has.None.Contains("/access"));
        Assert.That((await SendAsync("GET", $"/processes/{process}", Anna)).Links("related"), Has.One.EndsWith(access));
        Assert.That((await SendAsync("GET", $"/jobs/{job}", Anna)).Status, Is.EqualTo(HttpStatusCode.NotFound), "a process's owner does not own its jobs");
        foreach (var (method, path, body) in ((string, string, string?)[])[("PUT", access, "{}"), ("GET", access, null), ("DELETE", $"/processes/{process}", null), ("PUT", $"/processes/{process}", package)])
            Assert.That((await SendAsync(method, path, Cora, body)).Status, Is.EqualTo(HttpStatusCode.Forbidden), $"{method} {path}");

        await PutAsync("""{"groups": ["weather"], "executeRole": "admin"}""");
        var refused = await SendAsync("POST", $"/processes/{process}/execution", Cora, "{}");
        Assert.That((refused.Status, refused.Json["detail"]!.GetValue<string>()), Is.EqualTo((HttpStatusCode.Forbidden, $"Process '{process}' is executed from the role 'admin' on; yours is 'deployer'.")));

        await SendAsync("PUT", $"/processes/{process}", Anna, package);
        Assert.That((await SendAsync("GET", access, Anna)).Text, Is.EqualTo("""{"visibility":"private","users":[],"groups":["weather"],"executeRole":"admin"}"""), "a replacement keeps the access");
        await PutAsync("{}");
        Assert.That((await SendAsync("GET", $"/processes/{process}", Cora)).Status, Is.EqualTo(HttpStatusCode.NotFound));
        foreach (var path in (string[])["", "/results", "/results/greeting", "/logs", "/inputs"])
            Assert.That((await SendAsync("GET", $"/jobs/{job}{path}", Cora)).Status, Is.EqualTo(HttpStatusCode.OK), $"{path} of a job of a process that its owner does not see any more");

        async Task PutAsync(string rules) => Assert.That((await SendAsync("PUT", access, Anna, rules)).Status, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task SetAccess_ThatIsNotValid_TellsEveryPlace()
    {
        var answer = await SendAsync("PUT", $"/processes/{Program.Id}/access", Anna, """{"visibility": "all", "users": ["anna", ""], "executeRole": "reader", "more": 1}""");
        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(answer.Json["errors"]!.AsArray().Select(error => error!["pointer"]!.GetValue<string>()), Is.EqualTo(new[] { "/more", "/visibility", "/users/1", "/executeRole" }));
    }

    private IEnumerable<(string Method, string Query, (string, string)[] Headers)> Variants(Operation operation)
    {
        foreach (var method in operation.Method == "GET" ? (string[])["GET", "HEAD"] : [operation.Method])
        {
            foreach (var query in (string[])["", "?f=html", "?f=json", "?validateOnly=true"]) yield return (method, query, []);
            (string, string)[] each =
            [
                ("Accept", "text/html"), ("Accept", "text/event-stream"), ("Accept", "application/problem+json"), ("Range", "bytes=0-1"), ("Last-Event-ID", "1"),
                ("If-None-Match", "*"), ("If-None-Match", _tag), ("If-Match", "*"), ("If-Match", _tag), ("Idempotency-Key", "\"foreign\""), ("Prefer", "respond-async"),
            ];
            foreach (var header in each) yield return (method, "", [header]);
        }

        yield return ("OPTIONS", "", []);
        yield return ("OPTIONS", "", [("Origin", "https://maps.example"), ("Access-Control-Request-Method", "GET")]);
    }

    private string Ids(Operation operation, bool isForeign) =>
        operation.IsOfAProcess ? isForeign ? Program.Id : UnknownProcess : !isForeign ? UnknownJob : operation.IsOfAnUpload ? _upload : _job;

    private static string? BodyOf(Operation operation, string id) => operation.Id switch
    {
        "replace" => Program.ToString().Replace(Program.Id, id, StringComparison.Ordinal),
        "patchJob" => """{"pinned": false}""",
        _ when operation.Method is "GET" or "DELETE" => null,
        _ => "{}",
    };

    private async Task<string> SeenByAnnaAsync()
    {
        var seen = "";
        foreach (var path in (string[])[$"/processes/{Program.Id}", $"/processes/{Program.Id}/package", $"/processes/{Program.Id}/access", $"/jobs/{_job}", $"/jobs/{_job}/results/greeting", $"/uploads/{_upload}"])
            seen += (await SendAsync("GET", path, Anna)).Text;
        return seen;
    }

    /// <summary>Deploys another process of Anna's.</summary>
    private async Task<string> DeployAsync(string access)
    {
        var id = $"test-{Guid.NewGuid():N}";
        Assert.That((await SendAsync("POST", "/processes", Anna, Program.ToString().Replace(Program.Id, id, StringComparison.Ordinal))).Status, Is.EqualTo(HttpStatusCode.Created));
        Assert.That((await SendAsync("PUT", $"/processes/{id}/access", Anna, access)).Status, Is.EqualTo(HttpStatusCode.OK));
        return id;
    }

    /// <summary>Begins an upload.</summary>
    private async Task<string> UploadAsync((string, string) caller)
    {
        var answer = await SendAsync("POST", "/uploads", caller, "", ("Upload-Complete", "?0"));
        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.Created), answer.Text);
        return answer.Json["id"]!.GetValue<string>();
    }

    private async Task<string> ExecuteAsync(string process, (string, string) caller)
    {
        var answer = await SendAsync("POST", $"/processes/{process}/execution", caller, "{}", ("Prefer", "wait=60"));
        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.OK), answer.Text);
        return answer.Content.GetValues("Content-Location").Single().Split('/')[^2];
    }

    private async Task<Answered> SendAsync(string method, string path, (string Name, string Value)? caller, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (caller is { } who) request.Headers.Add(who.Name, who.Value);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        var isPiece = method == "PATCH" && path.StartsWith("/uploads/", StringComparison.Ordinal);
        if (isPiece) request.Headers.Add("Upload-Complete", "?1");
        if (isPiece) request.Headers.Add("Upload-Offset", "0");
        if (body is not null) request.Content = new StringContent(body, MediaTypeHeaderValue.Parse(isPiece ? "application/partial-upload" : "application/json"));
        using var response = await _http.SendAsync(request);
        return new(response.StatusCode, response.Headers, response.Content.Headers, await response.Content.ReadAsStringAsync());
    }

    private sealed record Operation(string Id, string Method, string Path)
    {
        public bool IsOfAJob => Path.Contains("{jobId}", StringComparison.Ordinal);

        public bool IsOfAProcess => Path.Contains("{processId}", StringComparison.Ordinal);

        public bool IsOfAnUpload => Path.Contains("{uploadId}", StringComparison.Ordinal);

        public bool IsNamed => IsOfAJob || IsOfAProcess || IsOfAnUpload;

        public bool IsForAdmins => Path.StartsWith("/admin/", StringComparison.Ordinal);

        /// <summary>The path with an identifier, and with whatever else it names of the program.</summary>
        public string PathTo(string id)
        {
            var path = Path.Replace("{jobId}", id, StringComparison.Ordinal).Replace("{processId}", id, StringComparison.Ordinal).Replace("{uploadId}", id, StringComparison.Ordinal)
                .Replace("{outputId}", "greeting", StringComparison.Ordinal).Replace("{index}", "0", StringComparison.Ordinal);
            if (IsForAdmins) path = Regex.Replace(path, @"\{\w+\}", id);
            Assert.That(path, Does.Not.Contain('{'), "a parameter that this test has no value for");
            return path;
        }
    }

    private sealed record Answered(HttpStatusCode Status, HttpResponseHeaders Headers, HttpContentHeaders Content, string Text)
    {
        public JsonNode Json => JsonNode.Parse(Text)!;

        /// <summary>All that was sent, but the time.</summary>
        public string Whole => $"{(int)Status} "
            + string.Join('\n', Headers.Concat(Content).Where(header => header.Key != "Date").Select(header => $"{header.Key}: {string.Join(", ", header.Value)}").Order(StringComparer.Ordinal))
            + $"\n\n{Text}";

        public List<string> Links(string relation) =>
            [.. Json["links"]!.AsArray().Where(link => link!["rel"]!.GetValue<string>() == relation).Select(link => link!["href"]!.GetValue<string>())];
    }
}
