using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OgcProcesses.Application.Callbacks;
using OgcProcesses.Application.Common.Paging;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Processes;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;
using OgcProcesses.Infrastructure.Persistence;
using OgcProcesses.Infrastructure.Storage;

namespace OgcProcesses.Benchmarks.Scale;

/// <summary>The stores as the server registers them, on a database filled with jobs, and some places in it.</summary>
internal sealed class Filled : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ogcprocesses-scale-").FullName;
    private readonly ServiceProvider _services;

    private Filled(DatabaseProvider provider, string? connection)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Data:Directory"] = _folder,
            ["Database:Provider"] = provider.ToString(),
            ["Database:ConnectionString"] = connection,
            ["Database:CommandTimeout"] = "00:10:00",
        };
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        _services = services.AddPersistence().AddStorage().BuildServiceProvider();
    }

    public IJobStore Jobs => Get<IJobStore>();

    public IProcessStore Processes => Get<IProcessStore>();

    public ICallbackStore Callbacks => Get<ICallbackStore>();

    public required int Count { get; init; }

    /// <summary>A deployed process, for new jobs.</summary>
    public Process Process { get; private set; } = null!;

    /// <summary>A process with few jobs.</summary>
    public ProcessId[] Seldom { get; private set; } = [];

    /// <summary>A process without jobs.</summary>
    public ProcessId[] Never { get; private set; } = [];

    /// <summary>What many jobs have in common whose results may be reused.</summary>
    public string Fingerprint { get; private set; } = "";

    /// <summary>A job in the middle of the list.</summary>
    public Job Middle { get; private set; } = null!;

    /// <summary>The thousandth page of ten, or as far as a smaller list goes.</summary>
    public Cursor Deep { get; private set; } = null!;

    /// <summary>The job that waits longest behind others.</summary>
    public Job LastWaiting { get; private set; } = null!;

    /// <summary>What half of the jobs last no longer than.</summary>
    public TimeSpan MedianDuration { get; private set; }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public OgcDbContext Context() => Get<IDbContextFactory<OgcDbContext>>().CreateDbContext();

    public static async Task<Filled> MakeAsync(DatabaseProvider provider, string? connection, int count)
    {
        var filled = new Filled(provider, connection) { Count = count };
        await filled.Get<DatabaseMigrator>().MigrateAsync(CancellationToken.None);
        await using var context = filled.Context();
        var jobs = new ManyJobs(count, Math.Min(count, 1_000));
        await BulkLoad.LoadAsync(context, jobs);
        // As PostgreSQL does by itself, sooner or later.
        if (provider == DatabaseProvider.PostgreSql) await context.Database.ExecuteSqlRawAsync("VACUUM ANALYZE");
        (filled.Process, filled.Seldom, filled.Never) = (jobs.Processes[0], [jobs.Processes[^2].Id], [jobs.Processes[^1].Id]);
        await filled.FindPlacesAsync(context);
        return filled;
    }

    /// <summary>How many jobs there are.</summary>
    public async Task<int> CountAsync()
    {
        await using var context = Context();
        return await context.Jobs.CountAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task FindPlacesAsync(OgcDbContext context)
    {
        var list = context.Jobs.OrderByDescending(job => job.Created).ThenByDescending(job => job.Id);
        Middle = await list.Skip(Count / 2).FirstAsync();
        Deep = new(JobPlace.KeyOf(await list.Skip(Math.Min(9_990, Count / 2)).FirstAsync()), Backwards: false);
        var waiting = context.Jobs.Where(job => job.Status == JobStatus.Accepted).OrderByDescending(job => job.Created);
        Fingerprint = (await list.FirstAsync(job => job.Fingerprint != null && job.Status == JobStatus.Successful)).Fingerprint!;
        LastWaiting = await waiting.FirstAsync();
        var lasting = context.Jobs.Where(job => job.Status == JobStatus.Successful);
        MedianDuration = (await lasting.OrderBy(job => job.Duration).Skip(await lasting.CountAsync() / 2).FirstAsync()).Duration!.Value;
    }
}
