using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Domain.UnitTests.Processes;

internal sealed class ProcessTests
{
    private static readonly DateTimeOffset Later = AProcess.Deployed.AddDays(1);
    private static readonly ExecutionUnit NewUnit = new() { Image = "ndvi:2" };

    [Test]
    public void Deploy_BeginsWithTheFirstRevision()
    {
        var process = AProcess.Named("ndvi").Deploy();
        Assert.Multiple(() =>
        {
            Assert.That((process.Revision.Number, process.Revision.ProcessId), Is.EqualTo((1, process.Id)));
            Assert.That((process.Created, process.Updated, process.Revision.Created), Is.EqualTo((AProcess.Deployed, AProcess.Deployed, AProcess.Deployed)));
            Assert.That((process.Image, process.Owner, process.Mutable), Is.EqualTo((ImageStatus.Unknown, "anna", true)));
        });
    }

    [Test]
    public void Replace_MakesTheNextRevision_AndKeepsIdOwnerAndAge()
    {
        var process = AProcess.Named("ndvi").Deploy();
        var first = process.Revision;
        process.Replace(AProcess.Named("ndvi").Saying("\"title\": \"New\"").Describe(), NewUnit, "{\"new\": 1}", Later);
        Assert.Multiple(() =>
        {
            Assert.That((process.Revision.Number, process.Revision.Unit, process.Revision.Package), Is.EqualTo((2, NewUnit, "{\"new\": 1}")));
            Assert.That(process.Revision.Description.Title, Is.EqualTo("New"));
            Assert.That(process.Revision.Id, Is.Not.EqualTo(first.Id));
            Assert.That((process.Owner, process.Created, process.Updated, process.Version), Is.EqualTo(("anna", AProcess.Deployed, Later, 1)));
            Assert.That((first.Number, first.Unit.Image), Is.EqualTo((1, "busybox:1")), "jobs under way keep theirs");
        });
    }

    [Test]
    public void Deploy_IsForItsOwnerAlone() => Assert.That(AProcess.Named("ndvi").Deploy().Viewers, Is.EqualTo(new[] { Viewer.User("anna") }));

    [Test]
    public void Share_ShowsItToThoseNamed_AndStillToItsOwner_AlsoAfterAReplacement()
    {
        var process = AProcess.Named("ndvi").Deploy();
        process.Share(new() { Users = ["anna", "bert"], Groups = ["bert"] });
        process.Replace(process.Revision.Description, NewUnit, "{}", Later);
        Assert.That(process.Viewers, Is.EqualTo(new[] { Viewer.User("anna"), Viewer.User("bert"), Viewer.Group("bert") }));
        Assert.That(process.Version, Is.EqualTo(2));
    }

    [Test]
    public void Share_WithEverybody_NeedsNobodyNamed()
    {
        var process = AProcess.Named("ndvi").Deploy();
        process.Share(ProcessAccess.Open with { Users = ["bert"] });
        Assert.That(process.Viewers, Is.EqualTo(new[] { Viewer.User("anna"), Viewer.Everybody }));
    }

    [Test]
    public void Replace_ForgetsWhatWasKnownOfTheOldImage()
    {
        var process = AProcess.Named("ndvi").Deploy();
        process.NoteImage(process.Revision.Id, ImageStatus.Unavailable, "no such image");
        process.Replace(process.Revision.Description, NewUnit, "{}", Later);
        Assert.That((process.Image, process.ImageMessage), Is.EqualTo((ImageStatus.Unknown, (string?)null)));
    }

    [Test]
    public void NoteImage_OfTheCurrentRevision_IsKept()
    {
        var process = AProcess.Named("ndvi").Deploy();
        process.NoteImage(process.Revision.Id, ImageStatus.Pulling, "3 of 7 layers");
        Assert.That((process.Image, process.ImageMessage, process.Version), Is.EqualTo((ImageStatus.Pulling, "3 of 7 layers", 1)));
    }

    [Test]
    public void NoteImage_OfAReplacedRevision_IsIgnored()
    {
        var process = AProcess.Named("ndvi").Deploy();
        var old = process.Revision.Id;
        process.Replace(process.Revision.Description, NewUnit, "{}", Later);
        process.NoteImage(old, ImageStatus.Present, null);
        Assert.That((process.Image, process.Version), Is.EqualTo((ImageStatus.Unknown, 1)));
    }
}
