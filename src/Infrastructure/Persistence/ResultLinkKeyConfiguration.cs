using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OgcProcesses.Domain.Access;

namespace OgcProcesses.Infrastructure.Persistence;

internal sealed class ResultLinkKeyConfiguration : IEntityTypeConfiguration<ResultLinkKey>
{
    public void Configure(EntityTypeBuilder<ResultLinkKey> builder)
    {
        builder.ToTable("result_link_keys");
        builder.HasKey(key => key.Number);
        builder.Property(key => key.Secret).HasMaxLength(64).IsUnicode(false);
    }
}
