using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Application.Processes.Image;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.UnitTests.Processes.Image;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ImageKeeperTests
{
    private readonly FakeProcessStore _processes = new();
    private readonly FakeRunner _runner = new();
    private readonly FakeTimeProvider _clock = new(AJob.Now);
    private readonly RunnerOptions _options = new();

    [Test]
    public async Task Ensure_OfAPresentImage_NotesIt() =>
        Assert.That(await EnsureAsync(), Is.EqualTo((ImageStatus.Present, (string?)null)));

    [Test]
    public async Task Ensure_WhilePulling_NotesWhatIsDone()
    {
        var (pulled, told) = (new TaskCompletionSource(), new TaskCompletionSource());
        _runner.Pull = (_, progress) =>
        {
            progress!.Report("3 of 7 layers");
            told.SetResult();
            return pulled.Task;
        };
        var process = _processes.Add(AProcess.Named("echo").Deploy());
        var ensuring = Keeper().EnsureAsync(process.Id, CancellationToken.None);
        await told.Task;
        Assert.That(
            SpinWait.SpinUntil(
                () =>
                {
                    _clock.Advance(TimeSpan.FromMilliseconds(50));
                    return process.Image == ImageStatus.Pulling;
                },
                TimeSpan.FromSeconds(10)),
            Is.True);
        Assert.That(process.ImageMessage, Is.EqualTo("3 of 7 layers"));
        pulled.SetResult();
        await ensuring;
        Assert.That(process.Image, Is.EqualTo(ImageStatus.Present));
    }

    [Test]
    public async Task Ensure_OfAnImageThatCannotBePulled_SaysWhy()
    {
        _runner.Failing = _ => throw new ImageUnavailableException("busybox:1", "no such host");
        var (status, message) = await EnsureAsync();
        Assert.That(status, Is.EqualTo(ImageStatus.Unavailable));
        Assert.That(message, Does.Contain("no such host"));
    }

    [Test]
    public async Task Ensure_WithoutAnEngine_LeavesItUnknown()
    {
        _runner.Failing = _ => throw new EngineException("connection refused");
        Assert.That(await EnsureAsync(), Is.EqualTo((ImageStatus.Unknown, "connection refused")));
    }

    [Test]
    public async Task Ensure_OfAnImageThatIsNotAllowed_PullsNothingAndSaysWhy()
    {
        _options.AllowedImages.Add("ghcr.io/**");
        _runner.Failing = call => Assert.Fail($"{call} was not to be called");
        var (status, message) = await EnsureAsync();
        Assert.That(status, Is.EqualTo(ImageStatus.Unavailable));
        Assert.That(message, Does.Contain("docker.io/library/busybox:1").And.Contain("Runner:AllowedImages"));
    }

    [Test]
    public void Ensure_OfAProcessThatIsGone_DoesNothing() =>
        Assert.DoesNotThrowAsync(() => Keeper().EnsureAsync(new("gone"), CancellationToken.None));

    private async Task<(ImageStatus Status, string? Message)> EnsureAsync()
    {
        var process = _processes.Add(AProcess.Named("echo").Deploy());
        await Keeper().EnsureAsync(process.Id, CancellationToken.None);
        return (process.Image, process.ImageMessage);
    }

    private ImageKeeper Keeper() => new(_processes, _runner, Microsoft.Extensions.Options.Options.Create(_options), _clock, NullLogger<ImageKeeper>.Instance);
}
