using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OgcProcesses.Infrastructure.Persistence.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "expired_jobs",
                columns: table => new
                {
                    job_id = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTime>(type: "timestamp(6) with time zone", precision: 6, nullable: false),
                    reason = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: false, collation: "C"),
                    files_removed = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_expired_jobs", x => x.job_id);
                });

            migrationBuilder.CreateTable(
                name: "jobs",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    process_id = table.Column<string>(type: "character varying(128)", unicode: false, maxLength: 128, nullable: false, collation: "C"),
                    revision_id = table.Column<Guid>(type: "uuid", nullable: false),
                    owner = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: false, collation: "C"),
                    status = table.Column<string>(type: "character varying(16)", unicode: false, maxLength: 16, nullable: false, collation: "C"),
                    message = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true, collation: "C"),
                    progress = table.Column<int>(type: "integer", nullable: false),
                    created = table.Column<DateTime>(type: "timestamp(6) with time zone", precision: 6, nullable: false),
                    started = table.Column<DateTime>(type: "timestamp(6) with time zone", precision: 6, nullable: true),
                    finished = table.Column<DateTime>(type: "timestamp(6) with time zone", precision: 6, nullable: true),
                    duration = table.Column<long>(type: "bigint", nullable: true),
                    updated = table.Column<DateTime>(type: "timestamp(6) with time zone", precision: 6, nullable: false),
                    attempt = table.Column<int>(type: "integer", nullable: false),
                    attempts = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    not_before = table.Column<DateTime>(type: "timestamp(6) with time zone", precision: 6, nullable: true),
                    node = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: true, collation: "C"),
                    lease_until = table.Column<DateTime>(type: "timestamp(6) with time zone", precision: 6, nullable: true),
                    image_digest = table.Column<string>(type: "character varying(512)", maxLength: 512, nullable: true, collation: "C"),
                    fingerprint = table.Column<string>(type: "character varying(64)", unicode: false, maxLength: 64, nullable: true, collation: "C"),
                    reused_from = table.Column<Guid>(type: "uuid", nullable: true),
                    keep_for = table.Column<long>(type: "bigint", nullable: true),
                    expires = table.Column<DateTime>(type: "timestamp(6) with time zone", precision: 6, nullable: true),
                    pinned = table.Column<bool>(type: "boolean", nullable: false),
                    stored_bytes = table.Column<long>(type: "bigint", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    failure_exit_code = table.Column<long>(type: "bigint", nullable: true),
                    failure_kind = table.Column<string>(type: "character varying(32)", unicode: false, maxLength: 32, nullable: true, collation: "C"),
                    failure_reason = table.Column<string>(type: "character varying(4000)", maxLength: 4000, nullable: true, collation: "C"),
                    failure_standard_error = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    usage_bytes_in = table.Column<long>(type: "bigint", nullable: true),
                    usage_bytes_out = table.Column<long>(type: "bigint", nullable: true),
                    usage_cpu_time = table.Column<long>(type: "bigint", nullable: true),
                    usage_peak_memory = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_jobs", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "process_revisions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    process_id = table.Column<string>(type: "character varying(128)", unicode: false, maxLength: 128, nullable: false, collation: "C"),
                    number = table.Column<int>(type: "integer", nullable: false),
                    description = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    unit = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    package = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    created = table.Column<DateTime>(type: "timestamp(6) with time zone", precision: 6, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_process_revisions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "execution_keys",
                columns: table => new
                {
                    owner = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: false, collation: "C"),
                    key = table.Column<string>(type: "character varying(255)", unicode: false, maxLength: 255, nullable: false, collation: "C"),
                    fingerprint = table.Column<string>(type: "character varying(64)", unicode: false, maxLength: 64, nullable: false, collation: "C"),
                    job_id = table.Column<Guid>(type: "uuid", nullable: false),
                    expires = table.Column<DateTime>(type: "timestamp(6) with time zone", precision: 6, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_execution_keys", x => new { x.owner, x.key });
                    table.ForeignKey(
                        name: "FK_execution_keys_jobs_job_id",
                        column: x => x.job_id,
                        principalTable: "jobs",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "job_callbacks",
                columns: table => new
                {
                    job_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "character varying(16)", unicode: false, maxLength: 16, nullable: false, collation: "C"),
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    raised = table.Column<DateTime>(type: "timestamp(6) with time zone", precision: 6, nullable: false),
                    status = table.Column<string>(type: "character varying(16)", unicode: false, maxLength: 16, nullable: false, collation: "C"),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    due = table.Column<DateTime>(type: "timestamp(6) with time zone", precision: 6, nullable: true),
                    lease_until = table.Column<DateTime>(type: "timestamp(6) with time zone", precision: 6, nullable: true),
                    raised_again = table.Column<bool>(type: "boolean", nullable: false),
                    log = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    version = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_job_callbacks", x => new { x.job_id, x.kind });
                    table.ForeignKey(
                        name: "FK_job_callbacks_jobs_job_id",
                        column: x => x.job_id,
                        principalTable: "jobs",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "job_outputs",
                columns: table => new
                {
                    job_id = table.Column<Guid>(type: "uuid", nullable: false),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                    output_id = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: false, collation: "C"),
                    index = table.Column<int>(type: "integer", nullable: false),
                    media_type = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: false, collation: "C"),
                    value = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    file_key = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: true, collation: "C"),
                    file_name = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: true, collation: "C"),
                    file_length = table.Column<long>(type: "bigint", nullable: true),
                    file_sha256 = table.Column<string>(type: "character varying(64)", unicode: false, maxLength: 64, nullable: true, collation: "C")
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
                    job_id = table.Column<Guid>(type: "uuid", nullable: false),
                    request = table.Column<string>(type: "text", nullable: false, collation: "C")
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
                    id = table.Column<string>(type: "character varying(128)", unicode: false, maxLength: 128, nullable: false, collation: "C"),
                    revision_id = table.Column<Guid>(type: "uuid", nullable: false),
                    owner = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: false, collation: "C"),
                    mutable = table.Column<bool>(type: "boolean", nullable: false),
                    image = table.Column<string>(type: "character varying(16)", unicode: false, maxLength: 16, nullable: false, collation: "C"),
                    image_message = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true, collation: "C"),
                    created = table.Column<DateTime>(type: "timestamp(6) with time zone", precision: 6, nullable: false),
                    updated = table.Column<DateTime>(type: "timestamp(6) with time zone", precision: 6, nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false)
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
                name: "IX_execution_keys_job_id",
                table: "execution_keys",
                column: "job_id");

            migrationBuilder.CreateIndex(
                name: "ix_execution_keys_expires",
                table: "execution_keys",
                column: "expires");

            migrationBuilder.CreateIndex(
                name: "ix_expired_jobs_at",
                table: "expired_jobs",
                columns: new[] { "files_removed", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_job_callbacks_due",
                table: "job_callbacks",
                column: "due",
                filter: "due IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_jobs_created",
                table: "jobs",
                columns: new[] { "created", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_jobs_expires",
                table: "jobs",
                columns: new[] { "expires", "finished", "pinned" },
                filter: "finished IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_jobs_fingerprint",
                table: "jobs",
                columns: new[] { "fingerprint", "status", "created", "id" },
                filter: "fingerprint IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_jobs_process",
                table: "jobs",
                columns: new[] { "process_id", "created", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_jobs_process_status",
                table: "jobs",
                columns: new[] { "process_id", "status", "created", "id", "duration" });

            migrationBuilder.CreateIndex(
                name: "ix_jobs_status",
                table: "jobs",
                columns: new[] { "status", "created", "id", "process_id", "duration" });

            migrationBuilder.CreateIndex(
                name: "ix_jobs_stored",
                table: "jobs",
                columns: new[] { "finished", "stored_bytes", "pinned" },
                filter: "stored_bytes > 0");

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
                name: "execution_keys");

            migrationBuilder.DropTable(
                name: "expired_jobs");

            migrationBuilder.DropTable(
                name: "job_callbacks");

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
