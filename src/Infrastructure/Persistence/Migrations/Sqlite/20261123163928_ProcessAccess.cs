using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OgcProcesses.Infrastructure.Persistence.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class ProcessAccess : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "access",
                table: "processes",
                type: "TEXT",
                nullable: false,
                defaultValue: "{}");

            migrationBuilder.CreateTable(
                name: "process_viewers",
                columns: table => new
                {
                    viewer = table.Column<string>(type: "TEXT", maxLength: 262, nullable: false),
                    process_id = table.Column<string>(type: "TEXT", unicode: false, maxLength: 128, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_process_viewers", x => new { x.viewer, x.process_id });
                    table.ForeignKey(
                        name: "FK_process_viewers_processes_process_id",
                        column: x => x.process_id,
                        principalTable: "processes",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_process_viewers_process_id",
                table: "process_viewers",
                column: "process_id");

            // Built-in processes are for everybody; all others for their owners, until somebody shares them.
            migrationBuilder.Sql(
                """
                UPDATE "processes" SET "access" = '{"visibility":"public"}' WHERE "mutable" = 0;
                INSERT INTO "process_viewers" ("viewer", "process_id") SELECT 'user:' || "owner", "id" FROM "processes";
                INSERT INTO "process_viewers" ("viewer", "process_id") SELECT '*', "id" FROM "processes" WHERE "mutable" = 0;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "process_viewers");

            migrationBuilder.DropColumn(
                name: "access",
                table: "processes");
        }
    }
}
