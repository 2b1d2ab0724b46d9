using OgcProcesses.Application.Jobs.Quotas;

namespace OgcProcesses.Application.UnitTests.Jobs.Quotas;

internal sealed class QuotaOptionsTests
{
    [Test]
    public void Of_ACallerWithQuotasOfTheirOwn_IsThoseAndTheOthersForTheRest()
    {
        var options = new QuotaOptions { MaxQueuedJobs = 5, MaxRunningJobs = 2, CpuHoursPerDay = 3, MaxStoredBytes = 4, Callers = [new() { Id = "anna", MaxRunningJobs = 7 }, new() { Id = "carla", CpuHoursPerDay = 8, MaxStoredBytes = 9 }] };
        var (anna, berta) = (options.Of("anna"), options.Of("Anna"));
        Assert.That((anna.MaxQueuedJobs, anna.MaxRunningJobs, anna.CpuHoursPerDay, anna.MaxStoredBytes), Is.EqualTo((5, 7, 3d, 4L)));
        Assert.That((berta.MaxQueuedJobs, berta.MaxRunningJobs), Is.EqualTo((5, 2)));
        Assert.That((options.Of("carla").CpuHoursPerDay, options.Of("carla").MaxStoredBytes), Is.EqualTo((8d, 9L)));
    }

    [TestCase("", 1, "Quotas:Callers:1:Id must be the identifier of a caller")]
    [TestCase("anna", 1, "Quotas:Callers:1: 'anna' has quotas already.")]
    [TestCase("berta", 0, "Quotas:Callers:1: The field MaxRunningJobs must be between 1 and 1000000.")]
    public void Validate_WrongQuotaOfACaller_NamesIt(string id, int mostRunning, string told)
    {
        var options = new QuotaOptions { Callers = [new() { Id = "anna" }, new() { Id = id, MaxRunningJobs = mostRunning }] };
        Assert.That(options.Validate(new(options)).Select(wrong => wrong.ErrorMessage), Has.Some.StartsWith(told));
    }
}
