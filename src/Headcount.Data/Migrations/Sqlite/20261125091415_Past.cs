using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Headcount.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Past : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "audit",
                columns: table => new
                {
                    audit_id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    at = table.Column<string>(type: "TEXT", nullable: false),
                    event_id = table.Column<long>(type: "INTEGER", nullable: true),
                    organisation_id = table.Column<long>(type: "INTEGER", nullable: true),
                    user_id = table.Column<string>(type: "TEXT", nullable: true),
                    made_by = table.Column<string>(type: "TEXT", nullable: false),
                    via = table.Column<string>(type: "TEXT", nullable: false),
                    action = table.Column<string>(type: "TEXT", nullable: false),
                    subject = table.Column<string>(type: "TEXT", nullable: false),
                    subject_id = table.Column<string>(type: "TEXT", nullable: false),
                    changes = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit", x => x.audit_id);
                });

            migrationBuilder.CreateTable(
                name: "reviews",
                columns: table => new
                {
                    review_id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    event_id = table.Column<long>(type: "INTEGER", nullable: false),
                    seq = table.Column<long>(type: "INTEGER", nullable: false),
                    kind = table.Column<string>(type: "TEXT", nullable: false),
                    is_resolved = table.Column<bool>(type: "INTEGER", nullable: false),
                    note = table.Column<string>(type: "TEXT", nullable: true),
                    at = table.Column<string>(type: "TEXT", nullable: false),
                    made_by = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_reviews", x => x.review_id);
                });

            migrationBuilder.CreateTable(
                name: "roll_calls",
                columns: table => new
                {
                    roll_call_id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    event_id = table.Column<long>(type: "INTEGER", nullable: false),
                    started_at = table.Column<string>(type: "TEXT", nullable: false),
                    started_by = table.Column<string>(type: "TEXT", nullable: false),
                    started_seq = table.Column<long>(type: "INTEGER", nullable: false),
                    ended_at = table.Column<string>(type: "TEXT", nullable: true),
                    ended_by = table.Column<string>(type: "TEXT", nullable: true),
                    ended_seq = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_roll_calls", x => x.roll_call_id);
                    table.ForeignKey(
                        name: "fk_roll_calls_event_id",
                        column: x => x.event_id,
                        principalTable: "events",
                        principalColumn: "event_id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "roll_call_marks",
                columns: table => new
                {
                    mark_id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    roll_call_id = table.Column<long>(type: "INTEGER", nullable: false),
                    ticket_id = table.Column<string>(type: "TEXT", nullable: false),
                    is_safe = table.Column<bool>(type: "INTEGER", nullable: false),
                    at = table.Column<string>(type: "TEXT", nullable: false),
                    made_by = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_roll_call_marks", x => x.mark_id);
                    table.ForeignKey(
                        name: "fk_roll_call_marks_roll_call_id",
                        column: x => x.roll_call_id,
                        principalTable: "roll_calls",
                        principalColumn: "roll_call_id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_audit_event_id_at_audit_id",
                table: "audit",
                columns: new[] { "event_id", "at", "audit_id" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_organisation_id_at_audit_id",
                table: "audit",
                columns: new[] { "organisation_id", "at", "audit_id" });

            migrationBuilder.CreateIndex(
                name: "ix_reviews_event_id_seq",
                table: "reviews",
                columns: new[] { "event_id", "seq" });

            migrationBuilder.CreateIndex(
                name: "ix_roll_call_marks_roll_call_id",
                table: "roll_call_marks",
                column: "roll_call_id");

            migrationBuilder.CreateIndex(
                name: "ix_roll_calls_event_id",
                table: "roll_calls",
                column: "event_id");

            migrationBuilder.Sql(MigrationScript.Read("Sqlite.Past.audit"));
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP INDEX ix_scan_log_rejected; DROP INDEX ix_scan_log_by_hand;");

            migrationBuilder.DropTable(
                name: "audit");

            migrationBuilder.DropTable(
                name: "reviews");

            migrationBuilder.DropTable(
                name: "roll_call_marks");

            migrationBuilder.DropTable(
                name: "roll_calls");
        }
    }
}
