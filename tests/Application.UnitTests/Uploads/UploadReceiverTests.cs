using System.Text;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Quotas;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Application.Uploads;
using OgcProcesses.Domain.Uploads;
using static Microsoft.Extensions.Options.Options;

namespace OgcProcesses.Application.UnitTests.Uploads;

/// <summary>What becomes of a piece that can't be taken.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class UploadReceiverTests
{
    private readonly FakeUploads _uploads = new();
    private readonly UploadOptions _options = new();

    [Test]
    public void Append_ToWhatIsComplete_DoesNotOpenIt()
    {
        var upload = _uploads.Keep("anna", "whole");
        _uploads.AreBusy = true;
        Assert.That(RefusalOf(upload, 5, "more"), Is.EqualTo(OgcError.UploadComplete));
    }

    [Test]
    public void Append_WhileAnotherRequestDoes_IsPutOff()
    {
        var upload = Begin();
        _uploads.AreBusy = true;
        Assert.That(RefusalOf(upload, 0, "more"), Is.EqualTo(OgcError.UploadBusy));
    }

    [Test]
    public void Append_OfMoreThanMayBe_KeepsNothingBeyondIt()
    {
        _options.MaxBytes = 3;
        var upload = Begin();
        Assert.That(RefusalOf(upload, 0, "more"), Is.EqualTo(OgcError.UploadTooLarge));
        Assert.That(_uploads.Find("anna", upload.Id)!.Received, Is.Zero);
    }

    [Test]
    public void Append_ToAFullDisk_IsRefusedBeforeItIsWritten()
    {
        var upload = Begin();
        _uploads.AvailableBytes = 0;
        Assert.That(RefusalOf(upload, 0, "more"), Is.EqualTo(OgcError.NoRoomForUploads));
        Assert.That(_uploads.Find("anna", upload.Id)!.Received, Is.Zero);
    }

    private Upload Begin()
    {
        var upload = new Upload(Upload.NewId(AJob.Now), "anna", AJob.Now, DateTimeOffset.MaxValue);
        _uploads.Add(upload);
        return upload;
    }

    private OgcError RefusalOf(Upload upload, long offset, string text)
    {
        var quotas = new QuotaCheck(new FakeJobStore(new JobSignals()), new FakeUsage(), _uploads, Create(new QuotaOptions()), Create(new RunnerOptions()), TimeProvider.System);
        var receiver = new UploadReceiver(_uploads, quotas, Create(_options), Create(new RunnerOptions()));
        var piece = new UploadPiece(new MemoryStream(Encoding.ASCII.GetBytes(text)), Length: null, Whole: null, IsLast: false, Announced: []);
        return Assert.ThrowsAsync<OgcException>(() => receiver.AppendAsync(upload, offset, piece, CancellationToken.None))!.Error;
    }
}
