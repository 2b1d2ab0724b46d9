using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OgcProcesses.Infrastructure.Persistence.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class JobDuration : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_jobs_process_status",
                table: "jobs");

            migrationBuilder.DropIndex(
                name: "ix_jobs_status",
                table: "jobs");

            migrationBuilder.AddColumn<long>(
                name: "duration",
                table: "jobs",
                type: "INTEGER",
                nullable: true);

            // Times are text, "2026-01-31 12:00:00.123456" with no zeros at the end. Whole seconds and the fraction are told
            // apart, because a day count in floating point is not exact to the microsecond.
            migrationBuilder.Sql(
                """
                UPDATE "jobs" SET "duration" =
                    (CAST(strftime('%s', "finished") AS INTEGER) - CAST(strftime('%s', "started") AS INTEGER)) * 1000000
                    + CAST(substr(substr("finished", 21) || '000000', 1, 6) AS INTEGER)
                    - CAST(substr(substr("started", 21) || '000000', 1, 6) AS INTEGER)
                WHERE "started" IS NOT NULL AND "finished" IS NOT NULL
                """);

            migrationBuilder.CreateIndex(
                name: "ix_jobs_process_status",
                table: "jobs",
                columns: new[] { "process_id", "status", "created", "id", "duration" });

            migrationBuilder.CreateIndex(
                name: "ix_jobs_status",
                table: "jobs",
                columns: new[] { "status", "created", "id", "process_id", "duration" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_jobs_process_status",
                table: "jobs");

            migrationBuilder.DropIndex(
                name: "ix_jobs_status",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "duration",
                table: "jobs");

            migrationBuilder.CreateIndex(
                name: "ix_jobs_process_status",
                table: "jobs",
                columns: new[] { "process_id", "status", "created", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_jobs_status",
                table: "jobs",
                columns: new[] { "status", "created", "id", "process_id" });
        }
    }
}
