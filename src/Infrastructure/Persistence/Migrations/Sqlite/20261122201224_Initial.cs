using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OgcProcesses.Infrastructure.Persistence.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "jobs",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    process_id = table.Column<string>(type: "TEXT", unicode: false, maxLength: 128, nullable: false),
                    revision_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    owner = table.Column<string>(type: "TEXT", maxLength: 256, nullable: false),
                    status = table.Column<string>(type: "TEXT", unicode: false, maxLength: 16, nullable: false),
                    message = table.Column<string>(type: "TEXT", maxLength: 2000, nullable: true),
                    progress = table.Column<int>(type: "INTEGER", nullable: false),
                    created = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: false),
                    started = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: true),
                    finished = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: true),
                    updated = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: false),
                    attempt = table.Column<int>(type: "INTEGER", nullable: false),
                    node = table.Column<string>(type: "TEXT", maxLength: 256, nullable: true),
                    lease_until = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: true),
                    image_digest = table.Column<string>(type: "TEXT", maxLength: 512, nullable: true),
                    version = table.Column<int>(type: "INTEGER", nullable: false),
                    failure_exit_code = table.Column<long>(type: "INTEGER", nullable: true),
                    failure_kind = table.Column<string>(type: "TEXT", unicode: false, maxLength: 32, nullable: true),
                    failure_reason = table.Column<string>(type: "TEXT", maxLength: 4000, nullable: true),
                    failure_standard_error = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_jobs", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "process_revisions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    process_id = table.Column<string>(type: "TEXT", unicode: false, maxLength: 128, nullable: false),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    description = table.Column<string>(type: "TEXT", nullable: false),
                    unit = table.Column<string>(type: "TEXT", nullable: false),
                    package = table.Column<string>(type: "TEXT", nullable: false),
                    created = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_process_revisions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "job_outputs",
                columns: table => new
                {
                    job_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    ordinal = table.Column<int>(type: "INTEGER", nullable: false),
                    output_id = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: false),
                    index = table.Column<int>(type: "INTEGER", nullable: false),
                    media_type = table.Column<string>(type: "TEXT", maxLength: 256, nullable: false),
                    value = table.Column<string>(type: "TEXT", nullable: true),
                    file_key = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: true),
                    file_name = table.Column<string>(type: "TEXT", maxLength: 256, nullable: true),
                    file_length = table.Column<long>(type: "INTEGER", nullable: true),
                    file_sha256 = table.Column<string>(type: "TEXT", unicode: false, maxLength: 64, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_job_outputs", x => new { x.job_id, x.ordinal });
                    table.ForeignKey(
                        name: "FK_job_outputs_jobs_job_id",
                        column: x => x.job_id,
                        principalTable: "jobs",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "job_requests",
                columns: table => new
                {
                    job_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    request = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_job_requests", x => x.job_id);
                    table.ForeignKey(
                        name: "FK_job_requests_jobs_job_id",
                        column: x => x.job_id,
                        principalTable: "jobs",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "processes",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", unicode: false, maxLength: 128, nullable: false),
                    revision_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    owner = table.Column<string>(type: "TEXT", maxLength: 256, nullable: false),
                    mutable = table.Column<bool>(type: "INTEGER", nullable: false),
                    image = table.Column<string>(type: "TEXT", unicode: false, maxLength: 16, nullable: false),
                    image_message = table.Column<string>(type: "TEXT", maxLength: 2000, nullable: true),
                    created = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: false),
                    updated = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_processes", x => x.id);
                    table.ForeignKey(
                        name: "FK_processes_process_revisions_revision_id",
                        column: x => x.revision_id,
                        principalTable: "process_revisions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_jobs_created",
                table: "jobs",
                columns: new[] { "created", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_jobs_process",
                table: "jobs",
                columns: new[] { "process_id", "created", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_jobs_process_status",
                table: "jobs",
                columns: new[] { "process_id", "status", "created", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_jobs_status",
                table: "jobs",
                columns: new[] { "status", "created", "id", "process_id" });

            migrationBuilder.CreateIndex(
                name: "IX_processes_revision_id",
                table: "processes",
                column: "revision_id",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "job_outputs");

            migrationBuilder.DropTable(
                name: "job_requests");

            migrationBuilder.DropTable(
                name: "processes");

            migrationBuilder.DropTable(
                name: "jobs");

            migrationBuilder.DropTable(
                name: "process_revisions");
        }
    }
}
