using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Infrastructure.Persistence;

/// <summary>The tables; each provider derives its own context, since each has its own migrations.</summary>
internal abstract class OgcDbContext(DbContextOptions options) : DbContext(options)
{
    /// <summary>How often a database server that can't be reached is tried again, before whoever waits for it is told.</summary>
    protected const int MostRetries = 4;

    /// <summary>Longest pause between two of these.</summary>
    protected static readonly TimeSpan LongestRetryDelay = TimeSpan.FromSeconds(2);

    public DbSet<Process> Processes => Set<Process>();

    public DbSet<ProcessViewerRow> ProcessViewers => Set<ProcessViewerRow>();

    public DbSet<ProcessRevision> Revisions => Set<ProcessRevision>();

    public DbSet<Job> Jobs => Set<Job>();

    public DbSet<JobRequestRow> JobRequests => Set<JobRequestRow>();

    public DbSet<JobOutputRow> JobOutputs => Set<JobOutputRow>();

    public DbSet<OwnerCpuRow> OwnerCpu => Set<OwnerCpuRow>();

    public DbSet<Callback> Callbacks => Set<Callback>();

    public DbSet<ExecutionKey> ExecutionKeys => Set<ExecutionKey>();

    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    public DbSet<ExpiredJob> ExpiredJobs => Set<ExpiredJob>();

    public DbSet<AuditEvent> AuditEvents => Set<AuditEvent>();

    public DbSet<ResultLinkKey> ResultLinkKeys => Set<ResultLinkKey>();

    public DbSet<ProtectionKey> ProtectionKeys => Set<ProtectionKey>();

    /// <summary>Whether a failed insert met a key that is there already.</summary>
    public abstract bool IsDuplicate(DbUpdateException failure);

    /// <summary>Saves all changes, also where the connection breaks after the commit: they are sent again then, and meet themselves.</summary>
    /// <param name="changed">The one whose row tells whether the changes were saved.</param>
    /// <param name="before">What else is to be done in the same transaction, before the changes are saved; done again with them. Null for nothing.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <remarks>https://learn.microsoft.com/ef/core/miscellaneous/connection-resiliency#transaction-commit-failure-and-the-idempotency-issue</remarks>
    public Task<int> SaveOnceAsync(object changed, Func<Task>? before, CancellationToken cancellationToken)
    {
        var attempts = 0;
        return Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            attempts++;
            try
            {
                if (before is null) return await SaveChangesAsync(cancellationToken);
                await using var transaction = await Database.BeginTransactionAsync(cancellationToken);
                await before();
                // Accepted only once they are committed, or a second attempt would find nothing to save.
                var saved = await SaveChangesAsync(acceptAllChangesOnSuccess: false, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                ChangeTracker.AcceptAllChanges();
                return saved;
            }
            catch (DbUpdateException clash) when (attempts > 1 && (clash is DbUpdateConcurrencyException || IsDuplicate(clash)))
            {
                if (!await IsSavedAsync(changed, cancellationToken)) throw;
                return 0;
            }
        });
    }

    /// <summary>Saves all changes, and nothing besides.</summary>
    /// <inheritdoc cref="SaveOnceAsync(object, Func{Task}?, CancellationToken)" />
    public Task<int> SaveOnceAsync(object changed, CancellationToken cancellationToken) => SaveOnceAsync(changed, null, cancellationToken);

    /// <summary>Saves all changes, and with those of jobs and processes what the audit trail is to tell of them.</summary>
    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        if (PendingAudit.Current is not { } pending) return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        // A save that is tried again has its events already.
        var told = ChangeTracker.Entries<AuditEvent>().Select(entry => entry.Entity.Subject).ToHashSet();
        foreach (var (subject, process) in Changed().ToList())
            if (!told.Contains(subject) && pending.Of(subject, process) is { } happened) Add(happened);
        var saved = await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        foreach (var happened in ChangeTracker.Entries<AuditEvent>())
            if (happened.Entity.Subject is { } subject) pending.Told(subject);
        return saved;
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<JobId>().HaveConversion<JobIdConverter>();
        configurationBuilder.Properties<ProcessId>().HaveConversion<ProcessIdConverter>().HaveMaxLength(128).AreUnicode(false);
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcConverter>().HavePrecision(6);
        configurationBuilder.Properties<TimeSpan>().HaveConversion<MicrosecondsConverter>();
        configurationBuilder.Properties<JobStatus>().HaveConversion<WordConverter<JobStatus>>().HaveMaxLength(16).AreUnicode(false);
        configurationBuilder.Properties<JobFailureKind>().HaveConversion<WordConverter<JobFailureKind>>()
            .HaveMaxLength(32).AreUnicode(false);
        configurationBuilder.Properties<CallbackKind>().HaveConversion<WordConverter<CallbackKind>>().HaveMaxLength(16).AreUnicode(false);
        configurationBuilder.Properties<CallbackStatus>().HaveConversion<WordConverter<CallbackStatus>>().HaveMaxLength(16).AreUnicode(false);
        configurationBuilder.Properties<AuditOutcome>().HaveConversion<WordConverter<AuditOutcome>>().HaveMaxLength(16).AreUnicode(false);
        configurationBuilder.Properties<ImageStatus>().HaveConversion<WordConverter<ImageStatus>>().HaveMaxLength(16).AreUnicode(false);
        // A user's or group's name of up to 256 characters, and before it which of them it is.
        configurationBuilder.Properties<Viewer>().HaveConversion<ViewerConverter>().HaveMaxLength(262);
        configurationBuilder.Properties<ProcessAccess>().HaveConversion<StoredJson.AccessConverter>();
        configurationBuilder.Properties<Role>().HaveConversion<WordConverter<Role>>().HaveMaxLength(16).AreUnicode(false);
        configurationBuilder.Properties<ExecutionUnit>().HaveConversion<StoredJson.UnitConverter>();
        configurationBuilder.Properties<ProcessDescription>().HaveConversion<StoredJson.DescriptionConverter>();
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(OgcDbContext).Assembly);
        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(PropertiesOf))
        {
            var name = property.DeclaringType is IMutableComplexType part ? part.ComplexProperty.Name + property.Name : property.Name;
            property.SetColumnName(JsonNamingPolicy.SnakeCaseLower.ConvertName(name));
            property.ValueGenerated = ValueGenerated.Never;
        }
    }

    /// <summary>Every column of text.</summary>
    protected static IEnumerable<IMutableProperty> TextsOf(ModelBuilder modelBuilder) => modelBuilder.Model.GetEntityTypes()
        .SelectMany(PropertiesOf)
        .Where(property => (property.GetValueConverter()?.ProviderClrType ?? property.ClrType) == typeof(string));

    /// <summary>The jobs and processes that are about to be changed.</summary>
    private IEnumerable<(string Subject, string Process)> Changed()
    {
        foreach (var entry in ChangeTracker.Entries().Where(entry => entry.State is EntityState.Added or EntityState.Modified or EntityState.Deleted))
        {
            if (entry.Entity is Job job) yield return ($"{job.Id}", job.ProcessId.Value);
            if (entry.Entity is Process process) yield return (process.Id.Value, process.Id.Value);
        }
    }

    private async Task<bool> IsSavedAsync(object changed, CancellationToken cancellationToken)
    {
        var entry = Entry(changed);
        var row = await entry.GetDatabaseValuesAsync(cancellationToken);
        // What a part holds that is not there reads as null in a row, and as its type's default in an object.
        return row is not null && entry.CurrentValues.Properties.All(property =>
            Equals(Stored(property, row[property] ?? property.Sentinel), Stored(property, entry.CurrentValues[property])));

        static object? Stored(IProperty property, object? value) => property.GetTypeMapping().Converter is { } converter ? converter.ConvertToProvider(value) : value;
    }

    private static IEnumerable<IMutableProperty> PropertiesOf(IMutableTypeBase type) =>
        type.GetDeclaredProperties().Concat(type.GetDeclaredComplexProperties().SelectMany(part => PropertiesOf(part.ComplexType)));
}
