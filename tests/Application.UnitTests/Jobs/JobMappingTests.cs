using System.Text.Json;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Get;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.UnitTests.Jobs;

internal sealed class JobMappingTests
{
    [TestCase(JobStatus.Accepted, "accepted")]
    [TestCase(JobStatus.Running, "running")]
    [TestCase(JobStatus.Successful, "successful")]
    [TestCase(JobStatus.Failed, "failed")]
    [TestCase(JobStatus.Dismissed, "dismissed")]
    [Requirement("/req/core/job-success")]
    public void Map_SaysTheStandardsWord(JobStatus status, string word) => Assert.That(Map(AJob.In(status)).Status, Is.EqualTo(word));

    [Test]
    [Requirement("/req/core/job-success")]
    public void Map_HasTheMembersOfBothEditions()
    {
        var job = AJob.Running().For("ndvi").Build();
        job.Report(AJob.FirstClaim, "Reading", 42, AJob.Now.AddSeconds(5));
        var json = JsonSerializer.SerializeToElement(Map(job), JsonSerializerOptions.Web);
        Assert.Multiple(() =>
        {
            Assert.That(json.GetProperty("jobID").GetString(), Is.EqualTo(job.Id.ToString()));
            Assert.That(json.GetProperty("id").GetString(), Is.EqualTo(job.Id.ToString()));
            Assert.That(json.GetProperty("processID").GetString(), Is.EqualTo("ndvi"));
            Assert.That(json.GetProperty("type").GetString(), Is.EqualTo("process"));
            Assert.That(json.GetProperty("processingEntityType").GetString(), Is.EqualTo("ogc-api-processes"));
            Assert.That((json.GetProperty("message").GetString(), json.GetProperty("progress").GetInt32()), Is.EqualTo(("Reading", 42)));
            Assert.That(json.GetProperty("created").GetDateTimeOffset(), Is.EqualTo(AJob.Now));
            Assert.That(json.GetProperty("started").GetDateTimeOffset(), Is.EqualTo(AJob.Now));
            Assert.That(json.GetProperty("updated").GetDateTimeOffset(), Is.EqualTo(AJob.Now.AddSeconds(5)));
            Assert.That(json.GetProperty("attempt").GetInt32(), Is.EqualTo(1));
        });
    }

    [Test]
    public void Map_OfAFailedJob_TellsWhy()
    {
        var exception = Map(AJob.Failed().Because(new(JobFailureKind.OutOfMemory, "too much", 137, "Killed")).Build()).Exception;
        Assert.That(exception, Is.EqualTo(new ExceptionInfo("outOfMemory", "The program ran out of memory", "too much", 137, "Killed", exception!.Remedy)));
        Assert.That(exception.Remedy, Does.Contain("config.memoryMax"));
    }

    [Test]
    public void Title_OfEveryKind_IsItsOwn() =>
        Assert.That(Enum.GetValues<JobFailureKind>().Select(JobMapping.Title), Is.Unique.And.All.Not.Empty);

    [TestCase(JobStatus.Accepted)]
    [TestCase(JobStatus.Running, OgcNames.Log)]
    [TestCase(JobStatus.Successful, OgcNames.Log, OgcNames.Results, "enclosure")]
    [TestCase(JobStatus.Failed, OgcNames.Log, OgcNames.Exceptions)]
    public void Map_LinksToWhatThereIs(JobStatus status, params string[] more)
    {
        var job = AJob.In(status);
        var links = Map(job).Links;
        Assert.Multiple(() =>
        {
            Assert.That(links.Select(link => link.Rel).Except(["related"]), Is.EqualTo((string[])["self", "alternate", "monitor", .. more]));
            Assert.That(links[0].Href, Is.EqualTo($"https://ogc.example/jobs/{job.Id}"));
            Assert.That(links.Select(link => link.Href), Is.All.StartsWith($"https://ogc.example/jobs/{job.Id}"));
        });
    }

    [Test]
    public void Map_OfADismissedJob_DoesNotLinkToResults() =>
        Assert.That(Map(AJob.In(JobStatus.Dismissed)).Links.Select(link => link.Rel), Has.None.EqualTo(OgcNames.Results));

    private static StatusInfo Map(Job job) => AMapper.WithAllMaps.Map<StatusInfo>(job);
}
