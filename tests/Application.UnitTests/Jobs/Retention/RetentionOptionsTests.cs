using System.ComponentModel.DataAnnotations;
using OgcProcesses.Application.Jobs.Retention;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.UnitTests.Jobs.Retention;

internal sealed class RetentionOptionsTests
{
    // Days by the process, the operator's default and longest, and what a job gets of its own.
    [TestCase(null, null, null, null)]
    [TestCase(null, 30, null, null)]
    [TestCase(7, null, null, 7)]
    [TestCase(7, 30, null, 7)]
    [TestCase(60, 30, null, 30)]
    [TestCase(60, 30, 90, 60)]
    [TestCase(99, 30, 90, 90)]
    public void KeepFor_AProcess_IsNoLongerThanTheOperatorAllows(int? wanted, int? usual, int? most, int? kept)
    {
        var options = new RetentionOptions { Jobs = Days(usual), MaxJobs = Days(most) };
        Assert.That(options.KeepFor(Days(wanted)), Is.EqualTo(Days(kept)));
    }

    [Test]
    public void ExpiryOf_AJob_IsItsOwnTime_ElseTheOperators_AndNoneWhileItIsPinnedOrRuns()
    {
        var options = new RetentionOptions { Jobs = TimeSpan.FromDays(30) };
        var job = AJob.Successful().Build();
        var own = Job.Accept(AProcess.Named("echo").Deploy(), AJob.Asked("{}"), "anna", AJob.Now, TimeSpan.FromDays(7));
        own.Dismiss(AJob.Now);
        Assert.That(options.ExpiryOf(job), Is.EqualTo(AJob.Now.AddDays(30)));
        Assert.That(options.ExpiryOf(own), Is.EqualTo(AJob.Now.AddDays(7)));
        Assert.That(options.ExpiryOf(AJob.Running().Build()), Is.Null);
        Assert.That(new RetentionOptions().ExpiryOf(job), Is.Null, "kept for ever");
        job.Pin(true, AJob.Now);
        Assert.That(options.ExpiryOf(job), Is.Null);
    }

    [Test]
    public void Validate_OfADefaultBeyondTheLongest_IsRefused()
    {
        var wrong = new List<ValidationResult>();
        var options = new RetentionOptions { Jobs = TimeSpan.FromDays(2), MaxJobs = TimeSpan.FromDays(1) };
        Validator.TryValidateObject(options, new(options), wrong, validateAllProperties: true);
        Assert.That(wrong.SelectMany(one => one.MemberNames), Is.EqualTo(new[] { "Jobs" }));
    }

    [Test]
    public void Validate_OfTheDefaults_IsFine()
    {
        var options = new RetentionOptions();
        Assert.That(Validator.TryValidateObject(options, new(options), [], validateAllProperties: true), Is.True);
    }

    private static TimeSpan? Days(int? days) => days is { } number ? TimeSpan.FromDays(number) : null;
}
