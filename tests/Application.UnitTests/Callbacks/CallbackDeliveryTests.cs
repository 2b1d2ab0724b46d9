using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OgcProcesses.Application.Callbacks;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.UnitTests.Callbacks;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class CallbackDeliveryTests : IDisposable
{
    private static readonly CallbackAnswer Busy = new(503, "the subscriber answered 503");

    private readonly JobSignals _signals = new();
    private readonly FakeTimeProvider _clock = new(AJob.Now);
    private readonly FakeCallbacks _callbacks = new();
    private readonly CallbackOptions _options = new();
    private FakeJobStore _jobs = null!;

    [SetUp]
    public void Begin() => _jobs = new(_signals);

    public void Dispose() => _signals.Dispose();

    [Test]
    public async Task Deliver_ACallback_PostsItToItsAddressOnce()
    {
        var (job, callback) = AddSuccess();
        await StepAsync();
        await StepAsync();
        var (message, body) = _callbacks.Sent.Single();
        Assert.That(message.Address, Is.EqualTo(job.Request.Subscriber!.SuccessUri));
        Assert.That(message.Job, Is.EqualTo(new Uri($"https://ogc.example/jobs/{job.Id}")));
        Assert.That(body, Is.EqualTo($"Success {job.Id}"));
        Assert.That(callback.Status, Is.EqualTo(CallbackStatus.Delivered));
        Assert.That(callback.Log.Single(), Is.EqualTo(new CallbackAttempt(message.EventId, 1, AJob.Now, 200, null)));
    }

    [Test]
    public async Task Deliver_UntilItIsAcknowledged_WaitsTwiceAsLongEachTimeAndKeepsTheIdentifier()
    {
        var (_, callback) = AddSuccess();
        for (var i = 0; i < 3; i++) _callbacks.Answers.Enqueue(Busy);
        foreach (var wait in (double[])[0, 5, 10, 20])
        {
            _clock.Advance(TimeSpan.FromSeconds(wait * 0.8) - TimeSpan.FromMilliseconds(wait > 0 ? 1 : 0));
            var before = _callbacks.Sent.Count;
            if (wait > 0) await StepAsync();
            Assert.That(_callbacks.Sent, Has.Count.EqualTo(before), "no earlier than four fifths of the wait");
            _clock.Advance(TimeSpan.FromSeconds(wait * 0.4) + TimeSpan.FromMilliseconds(1));
            await StepAsync();
            Assert.That(_callbacks.Sent, Has.Count.EqualTo(before + 1), "no later than six fifths of it");
        }

        Assert.That(_callbacks.Sent.Select(sent => sent.Message.EventId).Distinct().Count(), Is.EqualTo(1));
        Assert.That(callback.Status, Is.EqualTo(CallbackStatus.Delivered));
        Assert.That(callback.Log.Select(attempt => (attempt.Number, attempt.StatusCode)), Is.EqualTo(new (int, int?)[] { (1, 503), (2, 503), (3, 503), (4, 200) }));
    }

    [Test]
    public async Task Deliver_ToASubscriberThatNeverAnswers_IsGivenUpInTheEnd()
    {
        var (_, callback) = AddSuccess();
        for (var i = 0; i < 100; i++) _callbacks.Answers.Enqueue(Busy);
        while (callback.Due is not null)
        {
            await StepAsync();
            _clock.Advance(_options.MaxRetry * 2);
        }

        Assert.That((callback.Status, _callbacks.Sent.Count), Is.EqualTo((CallbackStatus.Abandoned, 7)), "every eight hours of two days");
    }

    [Test]
    public async Task Deliver_OftenEnough_IsGivenUp()
    {
        var (_, callback) = AddSuccess();
        for (var i = 0; i < 100; i++) _callbacks.Answers.Enqueue(Busy);
        while (callback.Due is { } due)
        {
            _clock.SetUtcNow(due > _clock.GetUtcNow() ? due : _clock.GetUtcNow());
            await StepAsync();
        }

        Assert.That((callback.Status, _callbacks.Sent.Count), Is.EqualTo((CallbackStatus.Abandoned, _options.MaxAttempts)));
        Assert.That(_clock.GetUtcNow() - AJob.Now, Is.LessThan(_options.MaxAge));
    }

    [Test]
    public async Task Deliver_ToASubscriberThatIsGone_IsGivenUpAtOnce()
    {
        var (_, callback) = AddSuccess();
        _callbacks.Answers.Enqueue(new(410, "gone", IsForGood: true));
        await StepAsync();
        Assert.That((callback.Status, callback.Due), Is.EqualTo((CallbackStatus.Abandoned, (DateTimeOffset?)null)));
    }

    [TestCase(60, 60)]
    [TestCase(1_000_000, 4 * 3_600)]
    public async Task Deliver_ToASubscriberThatAsksForPatience_WaitsAtLeastSoLong(int asked, int waited)
    {
        var (_, callback) = AddSuccess();
        _callbacks.Answers.Enqueue(Busy with { RetryAfter = TimeSpan.FromSeconds(asked) });
        await StepAsync();
        Assert.That(callback.Due, Is.EqualTo(AJob.Now.AddSeconds(waited)));
    }

    [TestCase(0)]
    [TestCase(-10)]
    public async Task Deliver_ToASubscriberThatAsksForNoPatience_WaitsAllTheSame(int asked)
    {
        var (_, callback) = AddSuccess();
        _callbacks.Answers.Enqueue(Busy with { RetryAfter = TimeSpan.FromSeconds(asked) });
        await StepAsync();
        Assert.That(callback.Due, Is.GreaterThanOrEqualTo(AJob.Now.AddSeconds(4)));
    }

    [Test]
    public async Task Deliver_WithoutAnAnswerInTime_IsTriedAgain()
    {
        var (_, callback) = AddSuccess();
        _callbacks.OnTheWay = token =>
        {
            _clock.Advance(_options.Timeout);
            return Task.Delay(Timeout.Infinite, token);
        };
        await StepAsync();
        Assert.That(callback.Log.Single().Error, Does.Contain("00:00:30"));
        Assert.That((callback.Status, callback.LeaseUntil), Is.EqualTo((CallbackStatus.Pending, (DateTimeOffset?)null)));
    }

    [Test]
    public async Task Deliver_WhenTheServerStops_IsDueAtOnce()
    {
        var (_, callback) = AddSuccess();
        using var stopping = new CancellationTokenSource();
        _callbacks.OnTheWay = async token =>
        {
            await stopping.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
        };
        await StepAsync(stopping.Token);
        Assert.That((callback.Status, callback.Due), Is.EqualTo((CallbackStatus.Pending, (DateTimeOffset?)AJob.Now)));
    }

    [Test]
    public async Task Deliver_OfResultsThatAreGone_IsGivenUp()
    {
        var (_, callback) = AddSuccess();
        _callbacks.Unmakeable = new OgcException(OgcError.JobDismissed, "The job was dismissed.");
        await StepAsync();
        Assert.That((callback.Status, callback.Log.Single().Error), Is.EqualTo((CallbackStatus.Abandoned, "The job was dismissed.")));
    }

    [Test]
    public async Task Deliver_AJobThatCanNotBeRead_FailsAlone()
    {
        var (broken, callback) = AddSuccess();
        var (_, other) = AddSuccess();
        _jobs.Poisoned = broken.Id;
        await StepAsync();
        Assert.That(other.Status, Is.EqualTo(CallbackStatus.Delivered));
        Assert.That((callback.Status, callback.Log.Count), Is.EqualTo((CallbackStatus.Pending, 1)));
        Assert.That(callback.Due, Is.GreaterThan(_clock.GetUtcNow()));
    }

    [Test]
    public async Task Deliver_OfAJobThatWasRemoved_IsGivenUp()
    {
        var callback = _callbacks.Add(Callback.Follow(AJob.Successful().Telling(CallbackKind.Success).Build(), []).Single());
        await StepAsync();
        Assert.That((callback.Status, callback.Log.Single().Error), Is.EqualTo((CallbackStatus.Abandoned, "the job is gone")));
    }

    private (Job Job, Callback Callback) AddSuccess()
    {
        var job = _jobs.Add(AJob.Successful().Telling(CallbackKind.Success).Build());
        return (job, _callbacks.Add(Callback.Follow(job, []).Single()));
    }

    private async Task StepAsync(CancellationToken leaving = default)
    {
        var delivery = new CallbackDelivery(
            _callbacks, _jobs, _callbacks, _callbacks, Microsoft.Extensions.Options.Options.Create(_options), _clock, NullLogger<CallbackDelivery>.Instance);
        foreach (var callback in await delivery.TakeDueAsync(10, CancellationToken.None)) await delivery.DeliverAsync(callback, leaving);
    }
}
