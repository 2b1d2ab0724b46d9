using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Docker.DotNet.Models;
using Microsoft.Extensions.Logging;
using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Infrastructure.Docker;

/// <summary>The engine's images. Those who want the same absent one at the same time share one pull.</summary>
internal sealed partial class ImageStore(EngineConnection engine, DockerOptions options, TimeProvider clock, ILogger logger) : IDisposable
{
    private const string Hex = "[0-9a-f]{64}";
    private const string Host = "[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?";
    private const string Name = "[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*";
    private const string Tag = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";

    private const int MostSeen = 1_000;

    private static readonly TimeSpan BetweenReports = TimeSpan.FromSeconds(1);

    /// <summary>How long what the engine said of an image is believed; long enough for many jobs that start at once.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, Pull> _pulls = [];
    private readonly ConcurrentDictionary<string, (ContainerImage Image, long At)> _seen = new();
    private readonly CancellationTokenSource _closing = new();

    public async Task<ContainerImage> EnsureAsync(string reference, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        // Also a guard: Docker.DotNet puts it into the request's path as it is.
        if (reference.Length > 512 || !Reference.IsMatch(reference) || IsCutShort(reference))
            throw new ImageUnavailableException(reference, "this is not the reference of an image");

        reference = Exact(reference);
        if (_seen.TryGetValue(reference, out var seen) && clock.GetElapsedTime(seen.At) < Fresh) return seen.Image;
        if (await FindAsync(reference, cancellationToken) is { } present) return present;

        await PullAsync(reference, progress, cancellationToken);
        return await FindAsync(reference, cancellationToken)
            ?? throw new ImageUnavailableException(reference, "it was pulled, and the engine does not have it");
    }

    /// <summary>The reference with the tag that it stands for.</summary>
    /// <remarks>
    /// Without one the engine would pull every tag there is, and take a name such as <c>beef</c> for the beginning of a local
    /// image's identifier.
    /// </remarks>
    private static string Exact(string reference) =>
        reference.Contains('@', StringComparison.Ordinal) || reference.LastIndexOf(':') > reference.LastIndexOf('/') ? reference : $"{reference}:latest";

    /// <summary>The configuration of an image.</summary>
    public async Task<Config> ConfigOfAsync(string id, CancellationToken cancellationToken) =>
        (await engine.AskAsync(client => client.Images.InspectImageAsync(id, cancellationToken), cancellationToken)).Config;

    /// <summary>Gives up what is being pulled.</summary>
    public void Dispose() => _closing.Cancel();

    private async Task<ContainerImage?> FindAsync(string reference, CancellationToken cancellationToken)
    {
        try
        {
            var image = await engine.AskAsync(client => client.Images.InspectImageAsync(reference, cancellationToken), cancellationToken);
            var digests = from name in image.RepoDigests ?? [] let at = name.IndexOf('@') where at >= 0 select name[(at + 1)..];
            var found = new ContainerImage(image.ID, digests.FirstOrDefault() ?? image.ID, image.Config.Cmd?.ToArray() ?? [])
            {
                Entrypoint = image.Config.Entrypoint?.ToArray() ?? [],
            };
            if (_seen.Count >= MostSeen) _seen.Clear();
            _seen[reference] = (found, clock.GetTimestamp());
            return found;
        }
        catch (EngineAnswerException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
        catch (EngineAnswerException e) when (e.Status == HttpStatusCode.BadRequest)
        {
            throw new ImageUnavailableException(reference, e.Reason, e);
        }
    }

    private async Task PullAsync(string reference, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        Pull? pull;
        lock (_pulls)
        {
            if (!_pulls.TryGetValue(reference, out pull))
            {
                _pulls[reference] = pull = new(reference, clock);
                pull.Done = Task.Run(() => RunAsync(pull), CancellationToken.None);
            }
        }

        pull.Listen(progress);
        try
        {
            await pull.Done.WaitAsync(cancellationToken);
        }
        finally
        {
            pull.Leave(progress);
        }
    }

    /// <summary>Pulls to the end even when all who wait for it leave: the next attempt will want it.</summary>
    private async Task RunAsync(Pull pull)
    {
        using var timeout = new CancellationTokenSource(options.PullTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _closing.Token);
        LogPulling(pull.Reference);
        try
        {
            var what = new ImagesCreateParameters { FromImage = pull.Reference };
            await engine.AskAsync(
                // Waiting with the token ourselves: Docker.DotNet's reader may not come back from a broken stream.
                client => client.Images.CreateImageAsync(what, new AuthConfig(), pull, either.Token).WaitAsync(either.Token),
                either.Token);
            if (pull.Error is { } error) throw new ImageUnavailableException(pull.Reference, WithoutSecrets(error));
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested)
        {
            throw new ImageUnavailableException(pull.Reference, $"pulling took longer than {options.PullTimeout}", e);
        }
        catch (EngineAnswerException e)
        {
            throw new ImageUnavailableException(pull.Reference, WithoutSecrets(e.Reason), e);
        }
        finally
        {
            lock (_pulls) _pulls.Remove(pull.Reference);
        }
    }

    /// <summary>A registry's words without what its URLs are signed or logged in with.</summary>
    internal static string WithoutSecrets(string words) => SecretPart.Replace(words, "$1$2…");

    [GeneratedRegex(@"(https?://)[^\s/""'@]*@|(https?://[^\s""'?]*\?)[^\s""']+")]
    private static partial Regex SecretPart { get; }

    /// <summary>Whether the engine would look for a local image whose identifier begins so.</summary>
    private static bool IsCutShort(string reference) =>
        reference.StartsWith("sha256:", StringComparison.Ordinal) && reference.Length != "sha256:".Length + 64;

    /// <remarks>The grammar of github.com/distribution/reference, without identifiers cut short.</remarks>
    [GeneratedRegex($@"\A(sha256:{Hex}|({Host}/)?{Name}(/{Name})*(:{Tag})?(@sha256:{Hex})?)\z")]
    private static partial Regex Reference { get; }

    [LoggerMessage(LogLevel.Information, "Pulling image {Reference}")]
    private partial void LogPulling(string reference);

    /// <summary>One pull, and those who are told about it.</summary>
    private sealed class Pull(string reference, TimeProvider clock) : IProgress<JSONMessage>
    {
        private readonly Lock _lock = new();
        private readonly List<IProgress<string>> _listeners = [];
        private readonly Dictionary<string, (long Current, long Total)> _layers = [];
        private string _sentence = $"Pulling image {reference}";
        private int _percent;
        private long _reported;

        public string Reference => reference;

        public Task Done { get; set; } = Task.CompletedTask;

        public string? Error { get; private set; }

        public void Listen(IProgress<string>? listener)
        {
            if (listener is null) return;
            lock (_lock) _listeners.Add(listener);
            listener.Report(_sentence);
        }

        public void Leave(IProgress<string>? listener)
        {
            if (listener is null) return;
            lock (_lock) _listeners.Remove(listener);
        }

        public void Report(JSONMessage value)
        {
            // The answer is 200 by the time the registry refuses; the reason comes as a message.
            Error ??= value.Error?.Message ?? value.ErrorMessage;

            if (value.ID is not { Length: > 0 } layer) return;
            if (value is { Status: "Downloading", Progress.Total: > 0 }) _layers[layer] = (value.Progress.Current, value.Progress.Total);
            else if (value.Status is "Download complete" or "Pull complete" && _layers.TryGetValue(layer, out var size))
                _layers[layer] = (size.Total, size.Total);

            var (current, total) = (_layers.Values.Sum(l => l.Current), _layers.Values.Sum(l => l.Total));
            var percent = total == 0 ? 0 : (int)(100 * current / total);
            // Layers tell their size only when their turn comes, which would let the figure fall.
            if (percent <= _percent || (_reported != 0 && clock.GetElapsedTime(_reported) < BetweenReports)) return;
            (_percent, _reported, _sentence) = (percent, clock.GetTimestamp(), string.Create(CultureInfo.InvariantCulture, $"Pulling image {reference}: {percent} % ({current / 1e6:0.#} of {total / 1e6:0.#} MB)"));

            IProgress<string>[] listeners;
            lock (_lock) listeners = [.. _listeners];
            foreach (var listener in listeners) listener.Report(_sentence);
        }
    }
}
