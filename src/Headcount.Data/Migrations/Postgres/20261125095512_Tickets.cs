using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Headcount.Data.Migrations.Postgres
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
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "replaces",
                table: "tickets",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "names_erased_at",
                table: "events",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "retention_days",
                table: "events",
                type: "integer",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "ticket_notes",
                columns: table => new
                {
                    note_id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    event_id = table.Column<long>(type: "bigint", nullable: false),
                    ticket_id = table.Column<string>(type: "text", nullable: false),
                    note = table.Column<string>(type: "text", nullable: false),
                    made_by = table.Column<string>(type: "text", nullable: false),
                    at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
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

            migrationBuilder.Sql(MigrationScript.Read("Postgres.Tickets.words"));
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP TRIGGER ticket_words_added ON tickets; DROP TRIGGER ticket_words_changed ON tickets; DROP TRIGGER ticket_words_named ON users; DROP FUNCTION ticket_words_follow_ticket; DROP FUNCTION ticket_words_follow_user; DROP FUNCTION ticket_words_of; DROP FUNCTION ticket_text; DROP TABLE ticket_words; DROP INDEX ix_tickets_event_id_type;");

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
