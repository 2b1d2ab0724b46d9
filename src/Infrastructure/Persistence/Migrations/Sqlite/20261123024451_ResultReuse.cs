using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OgcProcesses.Infrastructure.Persistence.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class ResultReuse : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "fingerprint",
                table: "jobs",
                type: "TEXT",
                unicode: false,
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "reused_from",
                table: "jobs",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_jobs_fingerprint",
                table: "jobs",
                columns: new[] { "fingerprint", "status", "created", "id" },
                filter: "fingerprint IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_jobs_fingerprint",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "fingerprint",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "reused_from",
                table: "jobs");
        }
    }
}
