using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OgcProcesses.Infrastructure.Persistence.Migrations.SqlServer
{
    /// <inheritdoc />
    public partial class Callbacks : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "job_callbacks",
                columns: table => new
                {
                    job_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    kind = table.Column<string>(type: "varchar(16)", unicode: false, maxLength: 16, nullable: false, collation: "Latin1_General_100_BIN2"),
                    event_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    raised = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false),
                    status = table.Column<string>(type: "varchar(16)", unicode: false, maxLength: 16, nullable: false, collation: "Latin1_General_100_BIN2"),
                    attempts = table.Column<int>(type: "int", nullable: false),
                    due = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: true),
                    lease_until = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: true),
                    raised_again = table.Column<bool>(type: "bit", nullable: false),
                    log = table.Column<string>(type: "nvarchar(max)", nullable: false, collation: "Latin1_General_100_BIN2"),
                    version = table.Column<int>(type: "int", nullable: false)
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

            migrationBuilder.CreateIndex(
                name: "ix_job_callbacks_due",
                table: "job_callbacks",
                column: "due",
                filter: "due IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "job_callbacks");
        }
    }
}
