using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OgcProcesses.Infrastructure.Persistence.Migrations.SqlServer
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
                type: "bigint",
                nullable: true);

            // By EXEC, because a script is compiled before its own statements have added the column.
            migrationBuilder.Sql(
                "EXEC(N'UPDATE [jobs] SET [duration] = DATEDIFF_BIG(microsecond, [started], [finished]) WHERE [started] IS NOT NULL AND [finished] IS NOT NULL')");

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
