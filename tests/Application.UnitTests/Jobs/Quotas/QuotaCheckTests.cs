using Microsoft.Extensions.Time.Testing;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Quotas;
using OgcProcesses.Application.Jobs.Run;
using static Microsoft.Extensions.Options.Options;

namespace OgcProcesses.Application.UnitTests.Jobs.Quotas;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class QuotaCheckTests
{
    private static readonly DateOnly Today = new(2026, 3, 1);

    private readonly FakeJobStore _jobs = new(new JobSignals());
    private readonly FakeUsage _usage = new();
    private readonly FakeUploads _uploads = new();
    private readonly FakeTimeProvider _clock = new(AJob.Now);
    private readonly QuotaOptions _quotas = new();

    [Test]
    public void EnsureRoom_WhoseCpuTimeIsUsedUp_IsPutOffToTheNextDay()
    {
        _quotas.CpuHoursPerDay = 1.5;
        _usage.CpuTime[Today] = TimeSpan.FromHours(1.5);
        var refused = Assert.ThrowsAsync<OgcException>(() => EnsureAsync("anna"))!;
        Assert.That((refused.Error, refused.RetryAfter), Is.EqualTo((OgcError.CpuTimeUsedUp, TimeSpan.FromHours(12))));
        Assert.That(refused.Message, Is.EqualTo(
            "Your jobs have used 1.5 hours of CPU time today, of 1.5 (Quotas:CpuHoursPerDay). There is more from 2026-03-02 00:00:00Z on."));
        Assert.DoesNotThrowAsync(() => EnsureAsync("berta"));
        _clock.Advance(refused.RetryAfter!.Value);
        Assert.DoesNotThrowAsync(() => EnsureAsync("anna"));
    }

    [Test]
    public void EnsureRoom_WithSomeCpuTimeLeft_IsGranted()
    {
        _quotas.CpuHoursPerDay = 1.5;
        _usage.CpuTime[Today] = TimeSpan.FromHours(1.4);
        Assert.DoesNotThrowAsync(() => EnsureAsync("anna"));
    }

    [Test]
    public void EnsureRoom_WhoseResultsTakeTooMuch_IsToldWhatToDo_AndNotToComeBack()
    {
        _quotas.Callers.Add(new() { Id = "anna", MaxStoredBytes = 100 });
        _usage.StoredBytes = 100;
        var refused = Assert.ThrowsAsync<OgcException>(() => EnsureAsync("anna"))!;
        Assert.That((refused.Error, refused.RetryAfter), Is.EqualTo((OgcError.TooMuchStored, (TimeSpan?)null)));
        Assert.That(refused.Message, Does.Contain("100 bytes, of 100").And.Contain("Dismiss").And.Contain("unpin"));
        _usage.StoredBytes = 99;
        Assert.DoesNotThrowAsync(() => EnsureAsync("anna"));
    }

    [Test]
    public void EnsureRoom_WhoseUploadsTakeTooMuch_IsToldToDeleteThem()
    {
        _quotas.MaxStoredBytes = 100;
        _usage.StoredBytes = 60;
        _uploads.Keep("anna", new('x', 40));
        var refused = Assert.ThrowsAsync<OgcException>(() => EnsureAsync("anna"))!;
        Assert.That(refused.Error, Is.EqualTo(OgcError.TooMuchStored));
        Assert.That(refused.Message, Does.Contain("100 bytes, of 100").And.Contain("DELETE /uploads/{id}"));
        Assert.DoesNotThrowAsync(() => EnsureAsync("berta"), "another's uploads do not count");
    }

    private Task EnsureAsync(string caller) =>
        new QuotaCheck(_jobs, _usage, _uploads, Create(_quotas), Create(new RunnerOptions()), _clock).EnsureRoomAsync(caller, CancellationToken.None);
}
