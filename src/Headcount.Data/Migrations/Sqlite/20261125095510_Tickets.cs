using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Headcount.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Tickets : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "replaced_by",
                table: "tickets",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "replaces",
                table: "tickets",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "names_erased_at",
                table: "events",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "retention_days",
                table: "events",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "ticket_notes",
                columns: table => new
                {
                    note_id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    event_id = table.Column<long>(type: "INTEGER", nullable: false),
                    ticket_id = table.Column<string>(type: "TEXT", nullable: false),
                    note = table.Column<string>(type: "TEXT", nullable: false),
                    made_by = table.Column<string>(type: "TEXT", nullable: false),
                    at = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_ticket_notes", x => x.note_id);
                    table.ForeignKey(
                        name: "fk_ticket_notes_event_id_ticket_id",
                        columns: x => new { x.event_id, x.ticket_id },
                        principalTable: "tickets",
                        principalColumns: new[] { "event_id", "ticket_id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_tickets_event_id_status_ticket_id",
                table: "tickets",
                columns: new[] { "event_id", "status", "ticket_id" });

            migrationBuilder.CreateIndex(
                name: "ix_tickets_event_id_updated_at_ticket_id",
                table: "tickets",
                columns: new[] { "event_id", "updated_at", "ticket_id" });

            migrationBuilder.CreateIndex(
                name: "ix_ticket_notes_event_id_ticket_id",
                table: "ticket_notes",
                columns: new[] { "event_id", "ticket_id" });

            migrationBuilder.Sql(MigrationScript.Read("Sqlite.Tickets.words"));
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP TRIGGER ticket_words_added; DROP TRIGGER ticket_words_changed; DROP TRIGGER ticket_words_removed; DROP TRIGGER ticket_words_named; DROP VIEW ticket_word_list; DROP VIEW ticket_text_parts; DROP VIEW ticket_texts; DROP VIEW ticket_texts_small; DROP VIEW ticket_texts_raw; DROP TABLE ticket_words; DROP INDEX ix_tickets_event_id_type;");

            migrationBuilder.DropTable(
                name: "ticket_notes");

            migrationBuilder.DropIndex(
                name: "ix_tickets_event_id_status_ticket_id",
                table: "tickets");

            migrationBuilder.DropIndex(
                name: "ix_tickets_event_id_updated_at_ticket_id",
                table: "tickets");

            migrationBuilder.DropColumn(
                name: "replaced_by",
                table: "tickets");

            migrationBuilder.DropColumn(
                name: "replaces",
                table: "tickets");

            migrationBuilder.DropColumn(
                name: "names_erased_at",
                table: "events");

            migrationBuilder.DropColumn(
                name: "retention_days",
                table: "events");
        }
    }
}
