using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Infrastructure.Persistence;

/// <summary>Tells other nodes what this one has committed, and hears what they tell, by PostgreSQL's <c>NOTIFY</c> and <c>LISTEN</c>.</summary>
/// <remarks>
/// Other databases have no such thing: there it does nothing. Where it fails it harms nothing: a notice that is lost costs time,
/// never a job. What is told is gathered for a moment and sent by itself after the commit; a notice within a transaction makes
/// all commits of the database server wait for each other.
/// A notice is its sender, then for each thing told a comma and a job (32 digits), <c>+</c> for a job to start, or <c>*</c>
/// for more than a notice holds.
/// </remarks>
internal sealed partial class PostgreSqlNotices(
    IDbContextFactory<OgcDbContext> contexts, IOptions<DatabaseOptions> database, JobSignals signals, ILogger<PostgreSqlNotices> logger)
    : BackgroundService
{
    private const string Channel = "ogcprocesses";
    private const string Work = "+";
    private const string Anything = "*";

    /// <summary>Things told by one notice, which has to be shorter than 8,000 bytes.</summary>
    private const int MostNews = 200;

    /// <summary>Seconds after which a silent connection is tried.</summary>
    private const int KeepAlive = 15;

    /// <summary>Bounds how many notices a node sends; also gives one that took a job in a start before the others look for it.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(20);

    /// <summary>Time within which a node that listens hears itself.</summary>
    private static readonly TimeSpan EchoPatience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly string _self = RandomNumberGenerator.GetHexString(8, lowercase: true);
    private readonly bool _isUsed = database.Value.Provider == DatabaseProvider.PostgreSql;
    private readonly Lock _lock = new();
    private readonly HashSet<string> _untold = [];
    private readonly SemaphoreSlim _toTell = new(0, 1);
    private bool _isDeafnessKnown;

    /// <summary>Tells that a job was accepted.</summary>
    public void Added() => Tell(Work);

    /// <summary>Tells that a job was changed.</summary>
    public void Changed(Job job)
    {
        Tell(job.Id.Value.ToString("N"));
        if (job is { Status: JobStatus.Accepted, NotBefore: null }) Tell(Work);
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        base.Dispose();
        _toTell.Dispose();
    }

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        _isUsed ? Task.WhenAll(SendAllAsync(stoppingToken), ListenAlwaysAsync(stoppingToken)) : Task.CompletedTask;

    private void Tell(params ReadOnlySpan<string> news)
    {
        if (!_isUsed) return;
        lock (_lock)
        {
            // No more than it takes to know that there are too many: the database may be away for long.
            foreach (var one in news)
                if (_untold.Count <= MostNews) _untold.Add(one);
            if (_toTell.CurrentCount == 0) _toTell.Release();
        }
    }

    private async Task SendAllAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await _toTell.WaitAsync(stopping);
                await Task.Delay(Gathering, stopping);
                await using var context = contexts.CreateDbContext();
                await context.Database.ExecuteSqlAsync($"SELECT pg_notify({Channel}, {TakeNotice()})", stopping);
            }
            catch (Exception failure) when (!stopping.IsCancellationRequested)
            {
                LogUntold(failure.Message);
                Tell(Anything);
                await Task.Delay(LongestPause, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private string TakeNotice()
    {
        lock (_lock)
        {
            var notice = string.Join(',', _untold.Count > MostNews ? [_self, Anything] : [_self, .. _untold]);
            _untold.Clear();
            return notice;
        }
    }

    private async Task ListenAlwaysAsync(CancellationToken stopping)
    {
        for (var pause = FirstPause; !stopping.IsCancellationRequested; pause = pause < LongestPause / 2 ? pause * 2 : LongestPause)
        {
            try
            {
                await ListenAsync(stopping);
            }
            catch (Exception failure) when (!stopping.IsCancellationRequested)
            {
                if (signals.HearsOthers) pause = FirstPause;
                signals.HearsOthers = false;
                if (!_isDeafnessKnown) LogDeaf(failure.Message);
                _isDeafnessKnown = true;
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(pause, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Hears what is told, until the connection breaks.</summary>
    private async Task ListenAsync(CancellationToken stopping)
    {
        await using var connection = new NpgsqlConnection(PostgreSqlDbContext.ListenConnectionString(database.Value, KeepAlive));
        connection.Notification += (_, notice) => Hear(notice.Payload);
        await connection.OpenAsync(stopping);
        await using (var listen = new NpgsqlCommand($"LISTEN {Channel}", connection)) await listen.ExecuteNonQueryAsync(stopping);
        // Nothing, but to oneself: a pooler may have taken LISTEN for a statement like others.
        Tell();
        while (await connection.WaitAsync(signals.HearsOthers ? Timeout.InfiniteTimeSpan : EchoPatience, stopping)) ;
        throw new TimeoutException("what is told does not arrive; behind a pooler, Database:ListenConnectionString has to lead around it");
    }

    private void Hear(string notice)
    {
        var news = notice.Split(',');
        if (news[0] == _self)
        {
            if (!signals.HearsOthers) BeginToHear();
            return;
        }

        foreach (var one in news.Skip(1))
        {
            if (one == Work) signals.Work();
            else if (Guid.TryParseExact(one, "N", out var id)) signals.HearOf(new(id));
            else signals.HearOfAnything();
        }
    }

    private void BeginToHear()
    {
        signals.HearsOthers = true;
        _isDeafnessKnown = false;
        LogHearing();
        signals.HearOfAnything();
    }

    [LoggerMessage(LogLevel.Information, "This node hears what other nodes do")]
    private partial void LogHearing();

    [LoggerMessage(LogLevel.Warning, "This node does not hear what other nodes do, and looks at the database instead, until it does: {Reason}")]
    private partial void LogDeaf(string reason);

    [LoggerMessage(LogLevel.Warning, "Other nodes could not be told what this one does; this is tried again: {Reason}")]
    private partial void LogUntold(string reason);
}
