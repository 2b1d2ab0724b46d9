using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Infrastructure.Persistence;

/// <summary>Microsoft SQL Server.</summary>
internal sealed class SqlServerDbContext(DbContextOptions<SqlServerDbContext> options) : OgcDbContext(options)
{
    private const int DuplicateKey = 2627;
    private const int DuplicateInIndex = 2601;

    /// <summary>That of SQL Server 2019; newer servers understand it, too.</summary>
    private const int CompatibilityLevel = 150;

    /// <summary>Tells a context how to reach the database.</summary>
    public static void Configure(DbContextOptionsBuilder builder, DatabaseOptions database) =>
        builder.UseSqlServer(database.ConnectionString, server => server
            .CommandTimeout((int)database.CommandTimeout.TotalSeconds)
            .MaxBatchSize(database.MaxBatchSize)
            .UseCompatibilityLevel(CompatibilityLevel)
            .EnableRetryOnFailure(MostRetries, LongestRetryDelay, null));

    public override bool IsDuplicate(DbUpdateException failure) =>
        failure.InnerException is SqlException { Number: DuplicateKey or DuplicateInIndex };

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        // Rows lie in the list's order; by their random identifiers each insert would split some page.
        modelBuilder.Entity<Job>().HasKey(job => job.Id).IsClustered(false);
        modelBuilder.Entity<Job>().HasIndex(job => new { job.Created, job.Id }).IsClustered().HasFilter(null);
        // Identifiers differ by case here, and sort as on every other database.
        foreach (var text in TextsOf(modelBuilder)) text.SetCollation("Latin1_General_100_BIN2");
    }

    internal sealed class DesignTime : IDesignTimeDbContextFactory<SqlServerDbContext>
    {
        public SqlServerDbContext CreateDbContext(string[] args)
        {
            var builder = new DbContextOptionsBuilder<SqlServerDbContext>();
            Configure(builder, new() { ConnectionString = "Server=." });
            return new(builder.Options);
        }
    }
}
