using System.Globalization;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Common.Paging;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.List;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.UnitTests.Jobs.List;

internal sealed class JobFiltersTests
{
    [TestCase("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z")]
    [TestCase("2026-01-02T03:04:05+02:00", "2026-01-02T01:04:05Z", "2026-01-02T01:04:05Z")]
    [TestCase("2026-01-02T03:04:05.25Z/2026-02-01T00:00:00Z", "2026-01-02T03:04:05.25Z", "2026-02-01T00:00:00Z")]
    [TestCase("../2026-01-02T03:04:05Z", null, "2026-01-02T03:04:05Z")]
    [TestCase("/2026-01-02T03:04:05Z", null, "2026-01-02T03:04:05Z")]
    [TestCase("2026-01-02T03:04:05Z/..", "2026-01-02T03:04:05Z", null)]
    [TestCase("2026-01-02T03:04:05Z/", "2026-01-02T03:04:05Z", null)]
    [TestCase("../..", null, null)]
    [TestCase("2026-01-02t03:04:05.123456789z", "2026-01-02T03:04:05.1234567Z", "2026-01-02T03:04:05.1234567Z")]
    [TestCase("2026-01-02T03:04:05 01:00", "2026-01-02T02:04:05Z", "2026-01-02T02:04:05Z")]
    [TestCase("2026-01-02", "2026-01-02T00:00:00Z", "2026-01-02T23:59:59.9999999Z")]
    [TestCase("2026-01-02/2026-01-03", "2026-01-02T00:00:00Z", "2026-01-03T23:59:59.9999999Z")]
    [TestCase("2026-01-02T00:00:00Z/2026-01-02", "2026-01-02T00:00:00Z", "2026-01-02T23:59:59.9999999Z")]
    [Requirement("/req/job-list/datetime-definition")]
    public void TryParseInterval_OfEveryForm_GivesItsEnds(string text, string? from, string? to)
    {
        Assert.That(JobFilters.TryParseInterval(text, out var first, out var last), Is.True);
        Assert.That((first, last), Is.EqualTo((Instant(from), Instant(to))));
    }

    [TestCase("")]
    [TestCase("..")]
    [TestCase("yesterday")]
    [TestCase("2026-13-01T00:00:00Z")]
    [TestCase("2026-01-01T00:00:00Z/2026-02-01T00:00:00Z/2026-03-01T00:00:00Z")]
    [TestCase("2026-01-01T00:00:00Z/later")]
    [TestCase("01/02/2026")]
    [TestCase("2026-01-02T00:00:01Z/2026-01-02T00:00:00Z")]
    [TestCase("2026-01-03/2026-01-02")]
    public void TryParseInterval_OfAnythingElse_IsRefused(string text) =>
        Assert.That(JobFilters.TryParseInterval(text, out _, out _), Is.False);

    [TestCase("accepted", JobStatus.Accepted)]
    [TestCase("running", JobStatus.Running)]
    [TestCase("successful", JobStatus.Successful)]
    [TestCase("failed", JobStatus.Failed)]
    [TestCase("dismissed", JobStatus.Dismissed)]
    [Requirement("/req/job-list/status-definition")]
    public void TryParseStatus_OfTheStandardsWords_GivesThem(string word, JobStatus status) =>
        Assert.That(JobFilters.TryParseStatus(word, out var read) ? read : (JobStatus?)null, Is.EqualTo(status));

    [TestCase("")]
    [TestCase("1")]
    [TestCase("+1")]
    [TestCase("-0")]
    [TestCase("queued")]
    [TestCase("99")]
    public void TryParseStatus_OfAnyOther_IsRefused(string word) => Assert.That(JobFilters.TryParseStatus(word, out _), Is.False);

    [Test]
    public void From_WithoutFilters_LeavesAll() => Assert.That(JobFilters.From(new(), AJob.Now), Is.EqualTo(new JobFilter()));

    [Test]
    public void From_OfEveryFilter_TakesThemOver()
    {
        var filter = JobFilters.From(new()
        {
            ProcessID = ["echo", "a/b"], Status = ["failed", "running"], Type = ["process"], Datetime = "2026-01-02T03:04:05Z/..",
            MinDuration = 0, MaxDuration = 90,
        }, AJob.Now);
        Assert.Multiple(() =>
        {
            Assert.That(filter.Processes, Is.EqualTo(new[] { new ProcessId("echo") }), "an id that nothing can have finds nothing");
            Assert.That(filter.Statuses, Is.EqualTo(new[] { JobStatus.Failed, JobStatus.Running }));
            Assert.That(filter.Duration, Is.EqualTo(new DurationRange(TimeSpan.Zero, TimeSpan.FromSeconds(90), AJob.Now)));
            Assert.That((filter.From, filter.To), Is.EqualTo((Instant("2026-01-02T03:04:05Z"), (DateTimeOffset?)null)));
        });
    }

    [TestCase("failed,running")]
    [TestCase("failed, running,")]
    [TestCase("failed", "running")]
    [Requirement("/req/job-list/status-definition")]
    public void From_OfSeveralStatuses_TakesThemOneByOneOrWithCommas(params string[] statuses) =>
        Assert.That(JobFilters.From(new() { Status = statuses }, AJob.Now).Statuses, Is.EqualTo(new[] { JobStatus.Failed, JobStatus.Running }));

    [Test]
    [Requirement("/req/job-list/type-definition")]
    public void From_OfAnotherType_LeavesNone() => Assert.That(JobFilters.From(new() { Type = ["openeo"] }, AJob.Now).Processes, Is.Empty);

    [TestCase("https://ogc.example/processes/echo", "echo")]
    [TestCase("https://other.example/base/processes/a:b/", "a:b")]
    [TestCase("a:b", "a:b")]
    [TestCase("https://ogc.example/jobs/echo", null)]
    [TestCase("https://ogc.example/processes/", null)]
    [Requirement("/req/job-list/processID-definition")]
    public void From_OfAProcessOrItsUri_AsksForTheProcess(string word, string? process) =>
        Assert.That(
            JobFilters.From(new() { ProcessID = [word] }, AJob.Now).Processes,
            Is.EqualTo(process is null ? Array.Empty<ProcessId>() : [new ProcessId(process)]));

    [TestCase(null, null, null)]
    [TestCase(5L, null, 5)]
    [TestCase(null, 0L, 0)]
    [TestCase(long.MaxValue, long.MaxValue, null)]
    [Requirement("/req/job-list/duration-definition")]
    public void From_OfDurations_KeepsThemWithinWhatCanBeCounted(long? least, long? most, int? seconds)
    {
        var range = JobFilters.From(new() { MinDuration = least, MaxDuration = most }, AJob.Now).Duration;
        Assert.That(range is null, Is.EqualTo(least is null && most is null));
        if (range is null) return;
        Assert.That(range.Now - range.Most, Is.LessThanOrEqualTo(range.Now - range.Least));
        if (seconds is { } known) Assert.That(least is null ? range.Most : range.Least, Is.EqualTo(TimeSpan.FromSeconds(known)));
    }

    [TestCase(-1L, null, "minDuration")]
    [TestCase(null, -1L, "maxDuration")]
    [TestCase(6L, 5L, "minDuration")]
    [TestCase(5L, 5L)]
    [TestCase(0L, 0L)]
    [Requirement("/req/job-list/duration-definition")]
    public void Validate_OfDurations_TellsWhichIsWrong(long? least, long? most, params string[] wrong) =>
        Assert.That(
            new ListJobsValidator().Validate(new ListJobs { MinDuration = least, MaxDuration = most }).Errors.Select(error => error.PropertyName),
            Is.EqualTo(wrong));

    [TestCase(0, "queued", "soon", "limit", "status", "datetime")]
    [TestCase(-5, "running", null, "limit")]
    [TestCase(20_000, "running", "2026-01-01T00:00:00Z")]
    public void Validate_TellsEveryParameterThatIsWrong(int limit, string status, string? datetime, params string[] wrong)
    {
        var result = new ListJobsValidator().Validate(new ListJobs { Limit = limit, Status = [status], Datetime = datetime });
        Assert.That(result.Errors.Select(error => error.PropertyName.Split('[')[0]), Is.EqualTo(wrong));
    }

    [Test]
    public async Task List_AsksTheStore_AndLeadsToTheNextPage()
    {
        var store = new FakeJobStore(new JobSignals()) { Next = new("key", false) };
        store.Add(AJob.Running().For("echo").Build());
        var list = await new ListJobsHandler(store, AMapper.WithAllMaps, new FakeCaller(Caller.Anonymous), new FakeLinks(), TimeProvider.System).Handle(new() { Limit = 20_000 }, CancellationToken.None);
        Assert.Multiple(() =>
        {
            Assert.That(store.Asked.Limit, Is.EqualTo(10_000));
            Assert.That(list.Jobs.Single().Status, Is.EqualTo("running"));
            Assert.That(
                list.Links.Select(link => (link.Rel, link.Href)),
                Is.EqualTo(new[]
                {
                    ("self", "https://ogc.example/current?"),
                    ("alternate", "https://ogc.example/current?f=html"),
                    ("next", $"https://ogc.example/current?cursor={new Cursor("key", false)}"),
                }));
        });
    }

    [Test]
    public void List_WithAForeignCursor_IsTheClientsMistake()
    {
        var handler = new ListJobsHandler(new FakeJobStore(new JobSignals()), AMapper.WithAllMaps, new FakeCaller(Caller.Anonymous), new FakeLinks(), TimeProvider.System);
        Assert.ThrowsAsync<OgcException>(() => handler.Handle(new() { Cursor = "mine" }, CancellationToken.None));
    }

    private static DateTimeOffset? Instant(string? text) => text is null ? null : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
