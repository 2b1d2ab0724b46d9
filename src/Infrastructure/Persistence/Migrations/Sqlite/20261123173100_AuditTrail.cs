using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OgcProcesses.Infrastructure.Persistence.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class AuditTrail : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "audit_events",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", unicode: false, maxLength: 32, nullable: false),
                    at = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: false),
                    caller = table.Column<string>(type: "TEXT", maxLength: 256, nullable: false),
                    means = table.Column<string>(type: "TEXT", maxLength: 128, nullable: false),
                    action = table.Column<string>(type: "TEXT", unicode: false, maxLength: 64, nullable: false),
                    subject = table.Column<string>(type: "TEXT", maxLength: 256, nullable: true),
                    process = table.Column<string>(type: "TEXT", unicode: false, maxLength: 128, nullable: true),
                    outcome = table.Column<string>(type: "TEXT", unicode: false, maxLength: 16, nullable: false),
                    reason = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: true),
                    address = table.Column<string>(type: "TEXT", unicode: false, maxLength: 64, nullable: true),
                    request_id = table.Column<string>(type: "TEXT", maxLength: 256, nullable: true),
                    user_agent = table.Column<string>(type: "TEXT", maxLength: 256, nullable: true),
                    count = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_audit_events", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_audit_events_action",
                table: "audit_events",
                columns: new[] { "action", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_events_caller",
                table: "audit_events",
                columns: new[] { "caller", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_events_subject",
                table: "audit_events",
                columns: new[] { "subject", "id" });

            // Nobody changes what was told, be it by this server's fault: docs/decisions/0044.
            migrationBuilder.Sql(
                """
                CREATE TRIGGER "audit_events_append_only" BEFORE UPDATE ON "audit_events"
                BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END;
                """);
            migrationBuilder.Sql(
                """
                CREATE TRIGGER "audit_events_keep" BEFORE DELETE ON "audit_events"
                BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "audit_events");
        }
    }
}
