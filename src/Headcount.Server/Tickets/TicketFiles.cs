using System.Text;
using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Tickets;
using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Manage;
using Headcount.Server.Past.Export;
using Headcount.Server.Problems;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.EntityFrameworkCore;
using SpreadCheetah;

namespace Headcount.Server.Tickets;

/// <summary>Tickets as a file that a spreadsheet opens, streamed: CSV or XLSX, with whose they are and where. It can be taken in again.</summary>
internal sealed class TicketFiles(TicketList list, TicketSelections selections, IDbReader reader)
{
    /// <summary>The heads of the columns, by the names that a register has.</summary>
    public static readonly IReadOnlyList<string> Columns = ["ticket_id", "name", "email", "ticket_type", "status", "valid_from", "valid_until", "gates", "single_entry", "user_id", "inside"];

    public async Task AnswerAsync(HttpContext context)
    {
        var (slug, caller, cancellation) = (context.Slug(), context.Caller(), context.RequestAborted);
        var (mailbox, _) = await list.AdmitAsync(caller, slug, Right.Organise, cancellation);
        var format = context.Request.Query.TryGetValue("format", out var given) ? given.ToString() : "csv";
        if (format is not ("csv" or "xlsx")) throw new ProblemException(422, ProblemCodes.Malformed, "format must be csv or xlsx.", new Dictionary<string, string> { ["format"] = "must be csv or xlsx" });
        var chunks = ChunksOf(context, mailbox, cancellation);
        context.Response.ContentType = format == "csv" ? ExportFiles.CsvType : ExportFiles.XlsxType;
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{slug}-tickets.{format}\"";
        if (format == "csv")
        {
            await WriteCsvAsync(context.Response, mailbox, chunks, cancellation);
            return;
        }

        // The end of an archive is written at once.
        if (context.Features.Get<IHttpBodyControlFeature>() is { } body) body.AllowSynchronousIO = true;
        await WriteXlsxAsync(context.Response.Body, mailbox, chunks, cancellation);
    }

    // What somebody selected, or what a filter shows.
    private IAsyncEnumerable<IReadOnlyList<string>> ChunksOf(HttpContext context, EventMailbox mailbox, CancellationToken cancellation)
    {
        if (!context.Request.Query.TryGetValue("selection", out var key))
            return list.IdsAsync(mailbox, TicketFilter.Read(name => context.Request.Query.TryGetValue(name, out var value) ? value.ToString() : null), cancellation);
        var ids = selections.Find(key.ToString(), mailbox.Settings.EventId) ?? throw new ProblemException(404, ProblemCodes.NotFound, "This selection is not kept any more. Select the tickets again.");
        return ids.Chunk(TicketSearch.ChunkSize).Select(chunk => (IReadOnlyList<string>)chunk).ToAsyncEnumerable();
    }

    private async Task WriteCsvAsync(HttpResponse response, EventMailbox mailbox, IAsyncEnumerable<IReadOnlyList<string>> chunks, CancellationToken cancellation)
    {
        // The mark tells spreadsheets that it is UTF-8.
        var text = new StringBuilder("\uFEFF").AppendJoin(',', Columns).Append("\r\n");
        await foreach (var rows in RowsAsync(mailbox, chunks, cancellation))
        {
            foreach (var row in rows) text.AppendJoin(',', row.Select(cell => Quoted(cell))).Append("\r\n");
            await response.WriteAsync(text.ToString(), cancellation);
            text.Clear();
        }

        await response.WriteAsync(text.ToString(), cancellation);
    }

    private async Task WriteXlsxAsync(Stream stream, EventMailbox mailbox, IAsyncEnumerable<IReadOnlyList<string>> chunks, CancellationToken cancellation)
    {
        await using var book = await Spreadsheet.CreateNewAsync(stream, cancellationToken: cancellation);
        await book.StartWorksheetAsync("Tickets", token: cancellation);
        await book.AddRowAsync([.. Columns.Select(column => new DataCell(column))], cancellation);
        var cells = new DataCell[Columns.Count];
        await foreach (var rows in RowsAsync(mailbox, chunks, cancellation))
        {
            foreach (var row in rows)
            {
                for (var i = 0; i < cells.Length; i++) cells[i] = new DataCell(row[i] is { } text ? ExportFiles.Harmless(text) : null);
                await book.AddRowAsync(cells, cancellation);
            }
        }

        await book.FinishAsync(cancellation);
    }

    // By ids, each chunk a query of its own: a slow reader holds no transaction open.
    private async IAsyncEnumerable<IReadOnlyList<string?[]>> RowsAsync(EventMailbox mailbox, IAsyncEnumerable<IReadOnlyList<string>> chunks, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var chunk in chunks.WithCancellation(cancellation))
        {
            string[] ids = [.. chunk];
            await using var db = reader.Open();
            var found = await (from ticket in db.Tickets.AsNoTracking()
                               where ticket.EventId == mailbox.Settings.EventId && EF.Parameter(ids).Contains(ticket.TicketId)
                               join user in db.Users on ticket.UserId equals user.UserId into users
                               from holder in users.DefaultIfEmpty()
                               select new { Ticket = ticket, Name = (string?)holder!.Name, Email = (string?)holder!.Email }).ToListAsync(cancellation);
            var byId = found.ToDictionary(row => row.Ticket.TicketId, StringComparer.Ordinal);
            var inside = await mailbox.AskAsync(admission => ids.Select(id => admission.IsInside(new TicketId(id))).ToArray());
            var rows = new List<string?[]>(ids.Length);
            for (var i = 0; i < ids.Length; i++)
            {
                if (!byId.TryGetValue(ids[i], out var row)) continue;
                var ticket = TicketAnswer.Of(row.Ticket.ToTicket(), mailbox.Settings.Zone);
                rows.Add([ticket.TicketId, row.Name, row.Email, ticket.TicketType, ticket.Status, ticket.ValidFrom, ticket.ValidUntil, string.Join(';', ticket.Gates ?? []), ticket.SingleEntry ? "true" : "false", ticket.UserId, inside[i] ? "yes" : "no"]);
            }

            yield return rows;
        }
    }

    private static string Quoted(string? cell)
    {
        if (string.IsNullOrEmpty(cell)) return "";
        var text = ExportFiles.Harmless(cell);
        return text.AsSpan().IndexOfAny(",;\"\r\n") < 0 && text[0] != ' ' && text[^1] != ' ' ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
