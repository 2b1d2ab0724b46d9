namespace OgcProcesses.WebApi.FunctionalTests.Conformance;

/// <summary>Part 1, job-list.</summary>
internal sealed class JobListTests : ConformanceTests
{
    private string _process = "";
    private string _first = "";
    private string _second = "";

    [OneTimeSetUp]
    public async Task RunTwoJobsAsync()
    {
        _process = (await DeployedAsync(Package.Running("true"))).Id;
        _first = (await Server.RunAsync(_process, "{}")).Json["jobID"]!.GetValue<string>();
        _second = (await Server.RunAsync(_process, "{}")).Json["jobID"]!.GetValue<string>();
    }

    [Test]
    [Requirement("/req/job-list/job-list-op")]
    [Requirement("/rec/job-list/job-list-landing-page")]
    public async Task JobList_IsWhereTheLandingPageSays()
    {
        var list = await Server.GetAsync((await Server.GetAsync("/")).Links(Relation + "job-list").First());
        Assert.That((int)list.Status, Is.EqualTo(200));
        Assert.That(Ids(list), Is.Not.Empty);
    }

    [TestCase("type")]
    [Requirement("/req/job-list/type-definition")]
    public async Task Type_IsDefined(string name) => await AssertListParameterAsync("/jobs", name);

    [Test]
    [Requirement("/req/job-list/type-response")]
    public async Task Type_Process_IsEveryJob_AndAnotherNone()
    {
        Assert.That(Ids(await Server.GetAsync($"/jobs?processID={_process}&type=process")), Is.EqualTo(new[] { _second, _first }));
        Assert.That(Ids(await Server.GetAsync($"/jobs?processID={_process}")), Is.EqualTo(new[] { _second, _first }));
        Assert.That(Ids(await Server.GetAsync("/jobs?type=openeo")), Is.Empty);
    }

    [Test]
    [Requirement("/req/job-list/processID-mandatory")]
    public async Task EveryStatus_TellsItsProcess()
    {
        var jobs = (await Server.GetAsync("/jobs")).Json["jobs"]!.AsArray();
        Assert.That(jobs.Select(job => job!["processID"]?.GetValue<string>()), Has.None.Null);
        Assert.That((await Server.GetAsync($"/jobs/{_first}")).Json["processID"]!.GetValue<string>(), Is.EqualTo(_process));
    }

    [Test]
    [Requirement("/req/job-list/processID-definition")]
    public async Task ProcessId_IsDefined() => await AssertListParameterAsync("/jobs", "processID");

    [Test]
    [Requirement("/req/job-list/processid-response")]
    [AbstractTest("/conf/job-list/processID-response")]
    public async Task ProcessId_IsOfOnlyThoseProcesses()
    {
        await Server.RunAsync("echo", """{"inputs":{"message":"m"}}""");
        foreach (var query in (string[])[$"processID={_process}", $"processID=none&processID={_process}", $"processID=none,{_process}"])
            Assert.That(Ids(await Server.GetAsync($"/jobs?{query}")), Is.EqualTo(new[] { _second, _first }), query);
    }

    [Test]
    [Requirement("/req/job-list/status-definition")]
    public async Task Status_IsDefined() => await AssertListParameterAsync("/jobs", "status");

    [TestCase("status=successful", 2)]
    [TestCase("status=failed&status=successful", 2)]
    [TestCase("status=failed,successful", 2)]
    [TestCase("status=failed", 0)]
    [Requirement("/req/job-list/status-response")]
    public async Task Status_IsOfOnlyThose(string query, int count) =>
        Assert.That(Ids(await Server.GetAsync($"/jobs?processID={_process}&{query}")), Has.Count.EqualTo(count));

    [Test]
    [Requirement("/req/job-list/datetime-definition")]
    public async Task Datetime_IsDefined()
    {
        var (schema, _, _, required) = await ParameterAsync("/jobs", "datetime");
        Assert.That((schema["type"]!.GetValue<string>(), required), Is.EqualTo(("string", false)));
    }

    [TestCase("{0}", true)]
    [TestCase("{0}/{0}", true)]
    [TestCase("../{0}", true)]
    [TestCase("/{0}", true)]
    [TestCase("{0}/..", true)]
    [TestCase("{0}/", true)]
    [TestCase("{1}/{0}", true)]
    [TestCase("{1}", false)]
    [TestCase("../{1}", false)]
    [TestCase("{2}/..", false)]
    [Requirement("/req/job-list/datetime-response")]
    public async Task Datetime_IsOfJobsMadeThen(string interval, bool isFound)
    {
        var created = (await Server.GetAsync($"/jobs/{_first}")).Json["created"]!.GetValue<DateTimeOffset>();
        var query = string.Format(
            System.Globalization.CultureInfo.InvariantCulture, interval,
            Text(created), Text(created.AddHours(-1)), Text(created.AddHours(1)));
        var list = await Server.GetAsync($"/jobs?processID={_process}&datetime={Uri.EscapeDataString(query)}");
        Assert.That(Ids(list).Contains(_first), Is.EqualTo(isFound), list.Text);

        static string Text(DateTimeOffset time) => time.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
    }

    [TestCase("minDuration")]
    [TestCase("maxDuration")]
    [Requirement("/req/job-list/duration-definition")]
    public async Task Duration_IsDefined(string name)
    {
        var (schema, _, _, required) = await ParameterAsync("/jobs", name);
        Assert.That((schema["type"]!.GetValue<string>(), required), Is.EqualTo(("integer", false)));
    }

    [Test]
    [Requirement("/req/job-list/limit-definition")]
    public async Task Limit_IsDefined() => await AssertLimitParameterAsync("/jobs");

    [TestCase(1, 1)]
    [TestCase(2, 2)]
    [TestCase(10_001, 2)]
    [Requirement("/req/job-list/limit-response")]
    public async Task Limit_IsTheMost(int limit, int count) =>
        Assert.That(Ids(await Server.GetAsync($"/jobs?processID={_process}&limit={limit}")), Has.Count.EqualTo(count));

    [Test]
    [Requirement("/req/job-list/links")]
    public async Task JobList_LinksToItselfAndItsOtherForms() => await AssertSelfAndAlternatesAsync("/jobs");

    [Test]
    [Requirement("/rec/job-list/next-1")]
    [Requirement("/rec/job-list/next-2")]
    [Requirement("/rec/job-list/next-3")]
    [Requirement("/per/job-list/prev")]
    public async Task JobList_NextAndPrevious_KeepFiltersAndLimit()
    {
        var first = await Server.GetAsync($"/jobs?processID={_process}&limit=1");
        var second = await Server.GetAsync(first.Links("next").Single());
        var again = await Server.GetAsync(second.Links("prev").Single());
        Assert.That((Ids(first).Single(), Ids(second).Single(), Ids(again).Single()), Is.EqualTo((_second, _first, _second)));
        Assert.That(second.Links("next"), Is.Empty);
    }

    private static List<string> Ids(Answer list) => [.. list.Json["jobs"]!.AsArray().Select(job => job!["jobID"]!.GetValue<string>())];
}
