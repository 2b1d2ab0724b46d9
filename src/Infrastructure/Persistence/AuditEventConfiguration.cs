using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OgcProcesses.Application.Access.Audit;

namespace OgcProcesses.Infrastructure.Persistence;

internal sealed class AuditEventConfiguration : IEntityTypeConfiguration<AuditEvent>
{
    public void Configure(EntityTypeBuilder<AuditEvent> builder)
    {
        // Named so that EF Core asks SQL Server for no OUTPUT, which it refuses on a table with triggers.
        builder.ToTable("audit_events", table => table.HasTrigger("audit_events_append_only"));
        builder.HasKey(happened => happened.Id);
        builder.Property(happened => happened.Id).HasMaxLength(32).IsUnicode(false);
        builder.Property(happened => happened.Caller).HasMaxLength(AuditEvent.MostCaller);
        builder.Property(happened => happened.Means).HasMaxLength(AuditEvent.MostMeans);
        builder.Property(happened => happened.Action).HasMaxLength(64).IsUnicode(false);
        builder.Property(happened => happened.Subject).HasMaxLength(AuditEvent.MostText);
        builder.Property(happened => happened.Process).HasMaxLength(128).IsUnicode(false);
        builder.Property(happened => happened.Reason).HasMaxLength(AuditEvent.MostReason);
        builder.Property(happened => happened.Address).HasMaxLength(64).IsUnicode(false);
        builder.Property(happened => happened.RequestId).HasMaxLength(AuditEvent.MostText);
        builder.Property(happened => happened.UserAgent).HasMaxLength(AuditEvent.MostText);
        builder.HasIndex(happened => new { happened.Caller, happened.Id }).HasDatabaseName("ix_audit_events_caller");
        builder.HasIndex(happened => new { happened.Subject, happened.Id }).HasDatabaseName("ix_audit_events_subject");
        builder.HasIndex(happened => new { happened.Action, happened.Id }).HasDatabaseName("ix_audit_events_action");
    }
}
