using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Infrastructure.Persistence;

internal sealed class JobConfiguration : IEntityTypeConfiguration<Job>
{
    public void Configure(EntityTypeBuilder<Job> builder)
    {
        builder.ToTable("jobs");
        builder.HasKey(job => job.Id);
        builder.Ignore(job => job.Request);
        builder.Ignore(job => job.Outputs);
        builder.Ignore(job => job.Raised);
        builder.Ignore(job => job.CpuNoted);
        builder.Property(job => job.Owner).HasMaxLength(256);
        builder.Property(job => job.Message).HasMaxLength(2_000).HasConversion(ClippingConverter.To(2_000));
        builder.Property(job => job.Node).HasMaxLength(256);
        builder.Property(job => job.Attempts).HasConversion<StoredJson.AttemptsConverter, StoredJson.ListComparer<JobAttempt>>();
        builder.Property(job => job.ImageDigest).HasMaxLength(512);
        builder.Property(job => job.Version).IsConcurrencyToken();
        // Each change counts the version up; the status is for rows that somebody mends by hand.
        builder.Property(job => job.Status).IsConcurrencyToken();
        // A renewed lease leaves the version alone, but must not be overlooked by another node that is about to take the job over.
        builder.Property(job => job.LeaseUntil).IsConcurrencyToken();
        builder.ComplexProperty(job => job.Failure, failure =>
        {
            failure.Property(why => why.Reason).HasMaxLength(4_000).HasConversion(ClippingConverter.To(4_000));
            failure.Property(why => why.StandardError);
        });

        builder.ComplexProperty(job => job.Usage);
        builder.Property(job => job.Fingerprint).HasMaxLength(64).IsUnicode(false);

        // Each holds the list's order after what it is looked up by, so that a page is one stretch of one index. Running jobs are few: the
        // index by status finds the abandoned ones too, and a renewed lease touches no index. That by time alone would look cheap to a
        // planner that knows nothing of where in time the jobs of a status or process lie; its filter, which all rows fit, keeps it
        // from queries that don't ask for it.
        builder.HasIndex(job => new { job.Created, job.Id }).HasDatabaseName("ix_jobs_created").HasFilter("version >= 0");
        builder.HasIndex(job => new { job.ProcessId, job.Created, job.Id }).HasDatabaseName("ix_jobs_process");
        builder.HasIndex(job => new { job.ProcessId, job.Status, job.Created, job.Id, job.Duration }).HasDatabaseName("ix_jobs_process_status");
        // The duration at the end lets lists by it pass over many jobs without reading their rows. It is known when the status
        // changes, so it costs no write of its own.
        builder.HasIndex(job => new { job.Status, job.Created, job.Id, job.ProcessId, job.Duration }).HasDatabaseName("ix_jobs_status");
        builder.HasIndex(job => new { job.Owner, job.Status, job.Created, job.Id, job.Duration }).HasDatabaseName("ix_jobs_owner");
        builder.HasIndex(job => new { job.Owner, job.ProcessId, job.Status, job.Created, job.Id, job.Duration }).HasDatabaseName("ix_jobs_owner_process");
        // Whose turn it is, among what waits alone. The status is there for SQLite, which takes it for a reason to choose the index; the process lets
        // a look pass over many jobs of full ones.
        builder.HasIndex(job => new { job.Status, job.Owner, job.Created, job.Id, job.ProcessId }).HasDatabaseName("ix_jobs_waiting").HasFilter("status = 'accepted'");
        // For durations that few jobs have; these, too, are only for queries that ask for them, and each for its own.
        builder.HasIndex(job => new { job.Status, job.Duration, job.Created, job.Id }).HasDatabaseName("ix_jobs_duration").HasFilter("duration IS NOT NULL AND version >= 0");
        builder.HasIndex(job => new { job.ProcessId, job.Status, job.Duration, job.Created, job.Id }).HasDatabaseName("ix_jobs_process_duration").HasFilter("duration IS NOT NULL AND attempt >= 0");
        // Holds only the jobs whose results may be reused; none unless the operator allows that.
        builder.HasIndex(job => new { job.Fingerprint, job.Status, job.Finished, job.Id }).HasDatabaseName("ix_jobs_fingerprint").HasFilter("fingerprint IS NOT NULL");
        // For the sweeper: ended jobs by the time they state themselves, or by their end; and those with files, from the oldest on.
        builder.HasIndex(job => new { job.Expires, job.Finished, job.Pinned }).HasDatabaseName("ix_jobs_expires").HasFilter("finished IS NOT NULL");
        builder.HasIndex(job => new { job.Finished, job.StoredBytes, job.Pinned }).HasDatabaseName("ix_jobs_stored").HasFilter("stored_bytes > 0");
        builder.HasIndex(job => new { job.Owner, job.StoredBytes }).HasDatabaseName("ix_jobs_owner_stored").HasFilter("stored_bytes > 0");
    }
}

internal sealed class OwnerCpuConfiguration : IEntityTypeConfiguration<OwnerCpuRow>
{
    public void Configure(EntityTypeBuilder<OwnerCpuRow> builder)
    {
        builder.ToTable("owner_cpu");
        builder.HasKey(row => new { row.Owner, row.Day });
        builder.Property(row => row.Owner).HasMaxLength(256);
    }
}

internal sealed class JobRequestConfiguration : IEntityTypeConfiguration<JobRequestRow>
{
    public void Configure(EntityTypeBuilder<JobRequestRow> builder)
    {
        builder.ToTable("job_requests");
        builder.HasKey(row => row.JobId);
        builder.HasOne<Job>().WithOne().HasForeignKey<JobRequestRow>(row => row.JobId);
    }
}

internal sealed class JobOutputConfiguration : IEntityTypeConfiguration<JobOutputRow>
{
    public void Configure(EntityTypeBuilder<JobOutputRow> builder)
    {
        builder.ToTable("job_outputs");
        builder.HasKey(row => new { row.JobId, row.Ordinal });
        builder.HasOne<Job>().WithMany().HasForeignKey(row => row.JobId);
        builder.Property(row => row.OutputId).HasMaxLength(1_000);
        builder.Property(row => row.MediaType).HasMaxLength(256).HasConversion(ClippingConverter.To(256));
        builder.Property(row => row.FileKey).HasMaxLength(1_000);
        builder.Property(row => row.FileName).HasMaxLength(256);
        builder.Property(row => row.FileSha256).HasMaxLength(64).IsUnicode(false);
    }
}

internal sealed class CallbackConfiguration : IEntityTypeConfiguration<Callback>
{
    public void Configure(EntityTypeBuilder<Callback> builder)
    {
        builder.ToTable("job_callbacks");
        builder.HasKey(callback => new { callback.JobId, callback.Kind });
        builder.HasOne<Job>().WithMany().HasForeignKey(callback => callback.JobId);
        builder.Property(callback => callback.Log).HasConversion<StoredJson.LogConverter, StoredJson.ListComparer<CallbackAttempt>>();
        builder.Property(callback => callback.Version).IsConcurrencyToken();
        // Holds only what is to be sent, however many were.
        builder.HasIndex(callback => callback.Due).HasDatabaseName("ix_job_callbacks_due").HasFilter("due IS NOT NULL");
    }
}

internal sealed class ExecutionKeyConfiguration : IEntityTypeConfiguration<ExecutionKey>
{
    public void Configure(EntityTypeBuilder<ExecutionKey> builder)
    {
        builder.ToTable("execution_keys");
        builder.HasKey(key => new { key.Owner, key.Key });
        builder.HasOne<Job>().WithMany().HasForeignKey(key => key.JobId);
        builder.Property(key => key.Owner).HasMaxLength(256);
        builder.Property(key => key.Key).HasMaxLength(255).IsUnicode(false);
        builder.Property(key => key.Fingerprint).HasMaxLength(64).IsUnicode(false);
        builder.HasIndex(key => key.Expires).HasDatabaseName("ix_execution_keys_expires");
    }
}

internal sealed class ExpiredJobConfiguration : IEntityTypeConfiguration<ExpiredJob>
{
    public void Configure(EntityTypeBuilder<ExpiredJob> builder)
    {
        builder.ToTable("expired_jobs");
        builder.HasKey(expired => expired.JobId);
        // The default is for nodes that don't know of owners, and for what expired under them.
        builder.Property(expired => expired.Owner).HasMaxLength(256);
        builder.Property(expired => expired.Reason).HasMaxLength(500).HasConversion(ClippingConverter.To(500));
        builder.HasIndex(expired => new { expired.FilesRemoved, expired.At }).HasDatabaseName("ix_expired_jobs_at");
    }
}
