using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using OgcProcesses.Application.Common.Errors;

namespace OgcProcesses.WebApi.Security.Tokens;

/// <summary>Asks the issuer for its addresses and keys, and keeps them for a while.</summary>
/// <remarks>
/// The framework's own manager trusts a withdrawn key for another hour, and sees a new one only at the second token that it signed.
/// Here an age ends the trust, and the first such token waits until the issuer was asked.
/// </remarks>
internal sealed partial class IssuerConnection : IConfigurationManager<OpenIdConnectConfiguration>, IDisposable
{
    private const int MostBytes = 1024 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PauseBetweenSearches = TimeSpan.FromMinutes(1);

    private readonly IssuerOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<IssuerConnection> _logger;
    private readonly Lock _lock = new();
    private Task<bool> _asking = Task.FromResult(false);
    private volatile Told? _told;
    private long? _failedAt;
    private long? _searchedAt;

    public IssuerConnection(IOptions<SecurityOptions> options, TimeProvider clock, ILogger<IssuerConnection> logger)
    {
        (_options, _clock, _logger) = (options.Value.OpenIdConnect, clock, logger);
        // An issuer tells its addresses itself: a redirect would let whoever can place one choose the keys.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2) };
        Http = new HttpClient(handler) { Timeout = Timeout, MaxResponseContentBufferSize = MostBytes };
    }

    /// <summary>Talks to the issuer, within bounds of time and size.</summary>
    public HttpClient Http { get; }

    /// <summary>What the issuer told, not longer ago than its keys are trusted.</summary>
    /// <exception cref="OgcException">The issuer does not answer.</exception>
    public async Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel)
    {
        var age = _told is { } told ? _clock.GetElapsedTime(told.At) : TimeSpan.MaxValue;
        if (age >= _options.KeyLifetime) await AnsweredAsync(TryAskAsync(), cancel);
        else if (age >= _options.KeyLifetime / 2) _ = TryAskAsync();
        return _told!.Configuration;
    }

    /// <summary>Makes sure that the issuer's keys hold this one, if it has it.</summary>
    /// <remarks>Anybody can name a key that is unknown: at most once a minute the issuer is asked for one.</remarks>
    /// <exception cref="OgcException">The issuer does not answer.</exception>
    public async Task SeekKeyAsync(string id, CancellationToken cancellationToken)
    {
        var configuration = await GetConfigurationAsync(cancellationToken);
        if (configuration.SigningKeys.Any(key => key.KeyId == id)) return;
        Task<bool> asking;
        lock (_lock)
        {
            // Who comes while it is asked waits for the same answer.
            if (_asking.IsCompleted && _searchedAt is { } at && _clock.GetElapsedTime(at) < PauseBetweenSearches) return;
            _searchedAt = _clock.GetTimestamp();
            asking = TryAskAsync();
        }

        await AnsweredAsync(asking, cancellationToken);
    }

    /// <summary>Asks the issuer now, unless it is being asked or has just failed to answer; whether it answered.</summary>
    public Task<bool> TryAskAsync()
    {
        lock (_lock)
        {
            var isPaused = _failedAt is { } at && _clock.GetElapsedTime(at) < PauseAfterFailure;
            return _asking.IsCompleted && !isPaused ? _asking = AskNowAsync() : _asking;
        }
    }

    /// <remarks>Nothing to do: a key that is unknown was sought before the token was checked.</remarks>
    public void RequestRefresh()
    {
    }

    public void Dispose() => Http.Dispose();

    private static async Task AnsweredAsync(Task<bool> asking, CancellationToken cancellationToken)
    {
        if (!await asking.WaitAsync(cancellationToken))
            throw new OgcException(OgcError.IssuerUnavailable, "The server can't reach the issuer of tokens to check yours at the moment.") { RetryAfter = PauseAfterFailure };
    }

    /// <summary>Asks for all requests that wait for it, so that none of them can cut it short.</summary>
    private async Task<bool> AskNowAsync()
    {
        await Task.Yield();
        try
        {
            var documents = new HttpDocumentRetriever(Http) { RequireHttps = !_options.IsHttpAllowed };
            var authority = _options.Authority!.AbsoluteUri.TrimEnd('/');
            var configuration = await OpenIdConnectConfigurationRetriever.GetAsync($"{authority}/.well-known/openid-configuration", documents, CancellationToken.None);
            // OpenID Connect Discovery 1.0, 4.3
            if (configuration.Issuer?.TrimEnd('/') != authority) throw new InvalidDataException($"It says that it is {configuration.Issuer}; set {IssuerOptions.Section}:{nameof(_options.Authority)} to that, if it is right");
            if (configuration.SigningKeys.Count == 0) throw new InvalidDataException("It has no keys that sign");
            lock (_lock) (_told, _failedAt) = (new(configuration, _clock.GetTimestamp()), null);
            return true;
        }
        // Whatever an issuer answers instead, it is not known by it.
        catch (Exception failure)
        {
            lock (_lock) _failedAt = _clock.GetTimestamp();
            LogAway(_options.Authority!, failure.GetBaseException().Message);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The issuer {Authority} can't be asked for its keys: {Reason}. Without them, requests with tokens are answered by 503")]
    private partial void LogAway(Uri authority, string reason);

    private sealed record Told(OpenIdConnectConfiguration Configuration, long At);
}

/// <summary>Asks the issuer as the server starts: an operator then hears of a wrong address, and the first caller does not wait.</summary>
internal sealed class IssuerAtStart(IssuerConnection issuer, IOptions<SecurityOptions> options) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => options.Value.TakesTokens ? issuer.TryAskAsync() : Task.CompletedTask;
}
