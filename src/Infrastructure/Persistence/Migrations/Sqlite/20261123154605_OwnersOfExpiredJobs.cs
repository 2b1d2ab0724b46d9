using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OgcProcesses.Infrastructure.Persistence.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class OwnersOfExpiredJobs : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "owner",
                table: "expired_jobs",
                type: "TEXT",
                maxLength: 256,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "process_id",
                table: "expired_jobs",
                type: "TEXT",
                unicode: false,
                maxLength: 128,
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "owner",
                table: "expired_jobs");

            migrationBuilder.DropColumn(
                name: "process_id",
                table: "expired_jobs");
        }
    }
}
