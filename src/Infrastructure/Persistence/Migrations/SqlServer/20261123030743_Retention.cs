using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OgcProcesses.Infrastructure.Persistence.Migrations.SqlServer
{
    /// <inheritdoc />
    public partial class Retention : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTime>(
                name: "expires",
                table: "jobs",
                type: "datetime2(6)",
                precision: 6,
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "keep_for",
                table: "jobs",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "pinned",
                table: "jobs",
                type: "bit",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<long>(
                name: "stored_bytes",
                table: "jobs",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateTable(
                name: "expired_jobs",
                columns: table => new
                {
                    job_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false),
                    reason = table.Column<string>(type: "nvarchar(500)", maxLength: 500, nullable: false, collation: "Latin1_General_100_BIN2"),
                    files_removed = table.Column<bool>(type: "bit", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_expired_jobs", x => x.job_id);
                });

            // Jobs of an earlier version count for the bound of the store, too. By EXEC, because a script is compiled before its own
            // statements have added the column.
            migrationBuilder.Sql(
                """
                EXEC(N'UPDATE [jobs] SET [stored_bytes] =
                    COALESCE((SELECT SUM([file_length]) FROM [job_outputs] WHERE [job_outputs].[job_id] = [jobs].[id]), 0)')
                """);

            migrationBuilder.CreateIndex(
                name: "ix_jobs_expires",
                table: "jobs",
                columns: new[] { "expires", "finished", "pinned" },
                filter: "finished IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_jobs_stored",
                table: "jobs",
                columns: new[] { "finished", "stored_bytes", "pinned" },
                filter: "stored_bytes > 0");

            migrationBuilder.CreateIndex(
                name: "ix_expired_jobs_at",
                table: "expired_jobs",
                columns: new[] { "files_removed", "at" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "expired_jobs");

            migrationBuilder.DropIndex(
                name: "ix_jobs_expires",
                table: "jobs");

            migrationBuilder.DropIndex(
                name: "ix_jobs_stored",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "expires",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "keep_for",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "pinned",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "stored_bytes",
                table: "jobs");
        }
    }
}
