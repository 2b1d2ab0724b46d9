using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OgcProcesses.Application.Access.Links;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Dismiss;
using OgcProcesses.Application.Jobs.Execute;
using OgcProcesses.Application.Jobs.Results;
using OgcProcesses.Application.Processes.Deploy;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.WebApi.FunctionalTests.Security;

/// <summary>What a client without a key gets by the link of a results document, and what it does not get.</summary>
internal sealed class ResultLinkTests
{
    private static readonly Caller Anna = new("anna", Role.Executor);
    private static readonly string[] Outputs = ["first", "second"];

    private Server _server = null!;
    private HttpClient _http = null!;
    private string _process = "";
    private JobId _job;
    private string _link = "";

    [OneTimeSetUp]
    public async Task RunAJobAsync()
    {
        _server = new Server(
            ("Security:Mode", "ApiKeys"), ("Processes:DefaultVisibility", "Public"), ("Api:PathBase", "/ogc"), ("Logging:LogLevel:Microsoft", "Trace"), ("Logging:LogLevel:OgcProcesses", "Trace"), ("Logging:Console:LogLevel:Default", "None"));
        _http = new(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = _server.Http.BaseAddress };
        var package = Package.Running("printf 0123456789 > first; printf abc > second");
        foreach (var output in Outputs) package.Giving(output, """{"type":"string","contentMediaType":"image/tiff","contentEncoding":"base64"}""");
        _process = package.Id;
        await SendAsync(Caller.Server, new DeployProcess(JsonSerializer.Deserialize<ApplicationPackage>(package.ToString(), JsonSerializerOptions.Web)!));
        _job = await ExecuteAsync();
        _link = await LinkAsync(_job, "first");
    }

    [OneTimeTearDown]
    public void Stop()
    {
        _http.Dispose();
        _server.Dispose();
    }

    [Test]
    public async Task Get_ByALinkOfTheDocument_NeedsNoKey()
    {
        using var answer = await _http.GetAsync(_link);

        Assert.That((answer.StatusCode, await answer.Content.ReadAsStringAsync()), Is.EqualTo((HttpStatusCode.OK, "0123456789")));
        Assert.That($"{answer.Headers.CacheControl}", Is.EqualTo("no-cache, private"));
        Assert.That(answer.Headers.GetValues("Referrer-Policy"), Is.EqualTo((string[])["no-referrer"]));
        Assert.That(_link, Does.Match("/ogc/jobs/[0-9a-f-]{36}/results/first\\?signature=[A-Za-z0-9._-]+$"));
    }

    [Test]
    public async Task GetAndHead_InPartsAndByTag_AreAsWithAKey()
    {
        using var part = await AskAsync("GET", _link, ("Range", "bytes=2-4"));
        using var head = await AskAsync("HEAD", _link);
        using var known = await AskAsync("GET", _link, ("If-None-Match", $"{head.Headers.ETag}"));

        Assert.That((part.StatusCode, await part.Content.ReadAsStringAsync()), Is.EqualTo((HttpStatusCode.PartialContent, "234")));
        Assert.That((head.StatusCode, head.Content.Headers.ContentLength), Is.EqualTo((HttpStatusCode.OK, 10L)));
        Assert.That(known.StatusCode, Is.EqualTo(HttpStatusCode.NotModified));
    }

    [TestCase("{0}", "{0}", ExpectedResult = 200)]
    [TestCase("/ogc/jobs", "//ogc//jobs", ExpectedResult = 200, Description = "the same path, once it is in order")]
    [TestCase("first", "%66irst", ExpectedResult = 200, Description = "the same path, spelled otherwise")]
    [TestCase("first", "second", ExpectedResult = 401)]
    [TestCase("first", "first/0", ExpectedResult = 401)]
    [TestCase("first", "FIRST", ExpectedResult = 401)]
    [TestCase("jobs", "JOBS", ExpectedResult = 401)]
    [TestCase("first", "first/", ExpectedResult = 401)]
    [TestCase("first", "first%2F0", ExpectedResult = 401)]
    [TestCase("first", "second/../first", ExpectedResult = 200, Description = "clients and the web server resolve it, and it is the same path then")]
    [TestCase("first", "first/../second", ExpectedResult = 401)]
    [TestCase("first", "first%2F..%2Fsecond", ExpectedResult = 401)]
    [TestCase("/results/first", "/results", ExpectedResult = 401)]
    [TestCase("/results/first", "", ExpectedResult = 401)]
    [TestCase("/results/first", "/logs", ExpectedResult = 401)]
    [TestCase("/results/first", "/inputs", ExpectedResult = 401)]
    [TestCase("signature=1", "signature=2", ExpectedResult = 401)]
    [TestCase("signature=", "signature=&signature=", ExpectedResult = 401)]
    [TestCase("signature=", "SIGNATURE=x&signature=", ExpectedResult = 401)]
    [TestCase("signature=", "f=html&signature=", ExpectedResult = 401)]
    [TestCase("signature=", "signature=%00", ExpectedResult = 401)]
    [TestCase("signature=", "Signature=", ExpectedResult = 200)]
    [TestCase("?signature=", "?nothing=", ExpectedResult = 401)]
    public async Task<int> Get_WithTheLinkAltered_GivesThatOneOutputOrNothing(string part, string by)
    {
        var target = new Uri(_link).PathAndQuery.Replace(part, by, StringComparison.Ordinal);
        var answer = await RawRequest.SendAsync(_server, $"GET {target} HTTP/1.1\nHost: {_http.BaseAddress!.Authority}\nConnection: close\n\n");
        return RawRequest.StatusOf(answer);
    }

    [TestCase("POST")]
    [TestCase("PUT")]
    [TestCase("PATCH")]
    [TestCase("DELETE")]
    public async Task Send_ByALink_ReadsOnly(string method)
    {
        using var answer = await AskAsync(method, _link);
        using var job = await AskAsync(method, _link.Replace("/results/first", "", StringComparison.Ordinal));
        Assert.That((answer.StatusCode, job.StatusCode), Is.EqualTo((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized)));
    }

    [Test]
    public async Task Get_ByALinkThatDoesNotFit_SaysSo_AsALinkToNothingDoes()
    {
        using var wrong = await _http.GetAsync(_link[..^1] + (_link[^1] == 'A' ? 'B' : 'A'));
        using var nothing = await _http.GetAsync(_link.Replace($"{_job}", $"{JobId.New()}", StringComparison.Ordinal));
        var (told, toldOfNothing) = (await ProblemAsync(wrong), await ProblemAsync(nothing));

        Assert.That(wrong.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(told["detail"]!.GetValue<string>(), Does.Contain("signature does not fit"));
        Assert.That(toldOfNothing["detail"]!.GetValue<string>(), Is.EqualTo(told["detail"]!.GetValue<string>()));
        Assert.That(wrong.Headers.WwwAuthenticate, Is.Not.Empty);
        Assert.That(wrong.Headers.GetValues("Referrer-Policy"), Is.EqualTo((string[])["no-referrer"]));
    }

    [Test]
    public async Task Get_ByALinkBesideAKeyThatIsNoGood_IsRefused()
    {
        using var bearer = await AskAsync("GET", _link, ("Authorization", "Bearer wrong"));
        using var key = await AskAsync("GET", _link, ("X-API-Key", "wrong"));
        Assert.That((bearer.StatusCode, key.StatusCode), Is.EqualTo((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized)), "the key counts for more");
    }

    [Test]
    public async Task Get_OfAJobThatWasDismissed_IsGone()
    {
        var job = await ExecuteAsync();
        var link = await LinkAsync(job, "second");
        await SendAsync(Anna, new DismissJob(job));

        using var answer = await _http.GetAsync(link);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Gone));
    }

    [Test]
    public async Task Rotate_WithdrawsAllLinks_AndSignsTheNextAnew()
    {
        var old = await LinkAsync(_job, "first");
        await SendAsync(Caller.Server, new RotateResultLinks());
        using var withdrawn = await _http.GetAsync(old);
        _link = await LinkAsync(_job, "first");
        using var anew = await _http.GetAsync(_link);

        Assert.That((withdrawn.StatusCode, anew.StatusCode), Is.EqualTo((HttpStatusCode.Unauthorized, HttpStatusCode.OK)));
    }

    [Test]
    public async Task RotateCommand_OnTheDatabaseOfAServer_TellsTheNewKey()
    {
        using var server = new Server();
        var rotated = await CommandLine.RunAsync("links", "rotate", "--Data:Directory", server.Folder);
        var misspelt = await CommandLine.RunAsync("links", "rotat", "--Data:Directory", server.Folder);

        Assert.That(rotated, Is.EqualTo((0, "All signed links are withdrawn, on nodes that run within five seconds; key 1 signs the next.\n", "")));
        Assert.That((misspelt.ExitCode, misspelt.Output, misspelt.Errors), Is.EqualTo((1, "", misspelt.Errors)));
        Assert.That(misspelt.Errors, Does.Contain("'links rotat'").And.Contain("'links rotate'"));
    }

    [Test]
    public async Task Logs_OfEveryLevel_HoldNoSignature()
    {
        using var log = new LoggedLines();
        _server.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        using var good = await _http.GetAsync(_link);
        using var bad = await _http.GetAsync(_link + "x");

        Assert.That(log.Lines, Has.Some.Contains("/results/first"), "of routing, which tells paths");
        Assert.That(log.Lines, Has.None.Contains("signature=").And.None.Contains(_link.Split('.')[^1]));
    }

    [Test]
    public async Task Results_OfAnOpenServer_HaveNoSignatures()
    {
        var done = await SharedServer.Instance.ExecuteAsync("echo", """{"inputs":{"message":"hi"}}""");
        Assert.That(done.Text, Does.Not.Contain("signature"));
    }

    private static async Task<JsonNode> ProblemAsync(HttpResponseMessage answer) => JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;

    private async Task<HttpResponseMessage> AskAsync(string method, string link, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new(method), link);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await _http.SendAsync(request);
    }

    private async Task<JobId> ExecuteAsync()
    {
        var execution = await SendAsync(Anna, new ExecuteProcess(new ProcessId(_process), new Execute(), new Preference(Async: false, null)));
        Assert.That(execution.HasEnded, Is.True);
        return execution.JobId;
    }

    /// <summary>What the results document has for an output.</summary>
    private async Task<string> LinkAsync(JobId job, string output)
    {
        var results = await SendAsync(Anna, new GetResults(job));
        var document = await ResultsDocument.PrepareAsync(results, _server.Services.GetRequiredService<IOutputStore>(), CancellationToken.None);
        using var written = new MemoryStream();
        await document.WriteAsync(written, CancellationToken.None);
        return JsonNode.Parse(written.ToArray())![output]!["href"]!.GetValue<string>();
    }

    private sealed class LoggedLines : ILoggerProvider, ILogger
    {
        public ConcurrentBag<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            Lines.Add($"{state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));

        public void Dispose()
        {
        }
    }

    /// <summary>Has somebody make a request, as if it had come over HTTP.</summary>
    private async Task<T> SendAsync<T>(Caller caller, IRequest<T> request)
    {
        using var acting = _server.Services.GetRequiredService<ICaller>().ActFor(caller);
        using var root = _server.Services.GetRequiredService<ILinks>().From(new Uri(_http.BaseAddress!, "/ogc"));
        await using var scope = _server.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(request);
    }
}
