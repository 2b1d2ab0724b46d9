using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Infrastructure.Persistence;

internal sealed class ProcessConfiguration : IEntityTypeConfiguration<Process>
{
    /// <summary>The column that leads to the present revision.</summary>
    public const string RevisionId = "RevisionId";

    public void Configure(EntityTypeBuilder<Process> builder)
    {
        builder.ToTable("processes");
        builder.HasKey(process => process.Id);
        builder.Property(process => process.Owner).HasMaxLength(256);
        builder.Ignore(process => process.Viewers);
        builder.Property(process => process.ImageMessage).HasMaxLength(2_000).HasConversion(ClippingConverter.To(2_000));
        builder.Property(process => process.Version).IsConcurrencyToken();
        builder.HasOne(process => process.Revision).WithOne().HasForeignKey<Process>(RevisionId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class ProcessViewerConfiguration : IEntityTypeConfiguration<ProcessViewerRow>
{
    public void Configure(EntityTypeBuilder<ProcessViewerRow> builder)
    {
        builder.ToTable("process_viewers");
        // In the order of the list, so that a page of what somebody sees is one stretch for each of their names.
        builder.HasKey(row => new { row.Viewer, row.ProcessId });
        // They go with the process, also where a node undeploys it that does not know of them.
        builder.HasOne<Process>().WithMany().HasForeignKey(row => row.ProcessId);
    }
}

internal sealed class RevisionConfiguration : IEntityTypeConfiguration<ProcessRevision>
{
    public void Configure(EntityTypeBuilder<ProcessRevision> builder)
    {
        builder.ToTable("process_revisions");
        // No key leads to the process: revisions outlive it, and an identifier that is deployed again counts from 1 again.
        builder.HasKey(revision => revision.Id);
        builder.Property(revision => revision.Number);
        builder.Property(revision => revision.Description);
        builder.Property(revision => revision.Unit);
        builder.Property(revision => revision.Package);
    }
}
