using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OgcProcesses.Infrastructure.Persistence.Migrations.SqlServer
{
    /// <inheritdoc />
    public partial class ManyJobs : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_jobs_fingerprint",
                table: "jobs");

            migrationBuilder.CreateIndex(
                name: "ix_jobs_duration",
                table: "jobs",
                columns: new[] { "status", "duration", "created", "id" },
                filter: "duration IS NOT NULL AND version >= 0");

            migrationBuilder.CreateIndex(
                name: "ix_jobs_fingerprint",
                table: "jobs",
                columns: new[] { "fingerprint", "status", "finished", "id" },
                filter: "fingerprint IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_jobs_owner",
                table: "jobs",
                columns: new[] { "owner", "status", "created", "id", "duration" });

            migrationBuilder.CreateIndex(
                name: "ix_jobs_owner_process",
                table: "jobs",
                columns: new[] { "owner", "process_id", "status", "created", "id", "duration" });

            migrationBuilder.CreateIndex(
                name: "ix_jobs_process_duration",
                table: "jobs",
                columns: new[] { "process_id", "status", "duration", "created", "id" },
                filter: "duration IS NOT NULL AND attempt >= 0");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_jobs_duration",
                table: "jobs");

            migrationBuilder.DropIndex(
                name: "ix_jobs_fingerprint",
                table: "jobs");

            migrationBuilder.DropIndex(
                name: "ix_jobs_owner",
                table: "jobs");

            migrationBuilder.DropIndex(
                name: "ix_jobs_owner_process",
                table: "jobs");

            migrationBuilder.DropIndex(
                name: "ix_jobs_process_duration",
                table: "jobs");

            migrationBuilder.CreateIndex(
                name: "ix_jobs_fingerprint",
                table: "jobs",
                columns: new[] { "fingerprint", "status", "created", "id" },
                filter: "fingerprint IS NOT NULL");
        }
    }
}
