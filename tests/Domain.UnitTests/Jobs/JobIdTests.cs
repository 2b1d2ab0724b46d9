using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Domain.UnitTests.Jobs;

internal sealed class JobIdTests
{
    [Test]
    public void New_IsARandomUuid()
    {
        var ids = Enumerable.Range(0, 100).Select(_ => JobId.New()).ToList();
        Assert.That(ids, Is.Unique);
        Assert.That(ids.Select(id => id.Value.Version), Is.All.EqualTo(4));
    }

    [Test]
    public void TryParse_OfItsOwnText_GivesTheSameId()
    {
        var id = JobId.New();
        Assert.That(JobId.TryParse(id.ToString(), out var read) ? read : default, Is.EqualTo(id));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("42")]
    [TestCase("0f8fad5bd9cb469fa16570867728950e")]
    [TestCase("{0f8fad5b-d9cb-469f-a165-70867728950e}")]
    [TestCase("0f8fad5b-d9cb-469f-a165-70867728950e/results")]
    public void TryParse_OfAnyOtherSpelling_IsRefused(string? text) => Assert.That(JobId.TryParse(text, out _), Is.False);

    [Test]
    public void CompareTo_FollowsTheValue()
    {
        var (low, high) = (new JobId(Guid.Empty), JobId.New());
        Assert.Multiple(() =>
        {
            Assert.That(low < high && low <= high && high > low && high >= low, Is.True);
            Assert.That(low.CompareTo(low), Is.Zero);
        });
    }
}
