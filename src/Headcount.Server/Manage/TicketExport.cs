using System.Text;
using System.Text.Json;
using Headcount.Core;
using Headcount.Data;
using Headcount.Server.Access;
using Headcount.Server.Problems;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Manage;

/// <summary>The register of an event, streamed: a JSON list, NDJSON or CSV, as the caller accepts it; each of them can be imported again.</summary>
internal sealed class TicketExport(IDbReader reader)
{
    private const int ChunkSize = 2_000;
    private const string Columns = "ticket_id,ticket_type,user_id,status,valid_from,valid_until,gates,single_entry\r\n";

    public async Task AnswerAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync(context.Slug());
        var caller = context.Caller();
        if (!caller.MaySupervise && caller.Device is not { MayReadRegister: true })
            throw new ProblemException(StatusCodes.Status403Forbidden, ProblemCodes.Forbidden, "The register is for supervisors and for devices with the scope 'register'.");
        var format = FormatOf(context.Request.Headers.Accept.ToString());
        context.Response.ContentType = format switch { Format.Csv => "text/csv; charset=utf-8", Format.Ndjson => "application/x-ndjson", _ => "application/json" };
        var writer = new RegisterWriter(context.Response, format, mailbox.Settings.Zone, caller);
        await foreach (var chunk in ChunksAsync(mailbox.Settings.EventId, context.RequestAborted))
            await writer.WriteAsync(chunk, context.RequestAborted);
        await writer.FinishAsync(context.RequestAborted);
    }

    private enum Format
    {
        Json,
        Ndjson,
        Csv,
    }

    private static Format FormatOf(string accept) =>
        accept.Contains("ndjson", StringComparison.OrdinalIgnoreCase) ? Format.Ndjson
        : accept.Contains("text/csv", StringComparison.OrdinalIgnoreCase) && !accept.Contains("application/json", StringComparison.OrdinalIgnoreCase) ? Format.Csv
        : Format.Json;

    // By key, each chunk a query of its own: a slow reader holds no transaction open.
    private async IAsyncEnumerable<List<Ticket>> ChunksAsync(long eventId, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var last = "";
        while (true)
        {
            await using var db = reader.Open();
            var rows = await db.Tickets.AsNoTracking().Where(ticket => ticket.EventId == eventId && string.Compare(ticket.TicketId, last) > 0)
                .OrderBy(ticket => ticket.TicketId).Take(ChunkSize).ToListAsync(cancellation);
            if (rows.Count == 0) yield break;
            last = rows[^1].TicketId;
            yield return rows.ConvertAll(row => row.ToTicket());
        }
    }

    private sealed class RegisterWriter(HttpResponse response, Format format, Zone zone, Caller caller)
    {
        private readonly StringBuilder _text = new();
        private bool _isBegun;

        public async Task WriteAsync(List<Ticket> tickets, CancellationToken cancellation)
        {
            foreach (var ticket in tickets) Append(TicketAnswer.Of(ticket, caller, zone).ForExport());
            await SendAsync(cancellation);
        }

        public async Task FinishAsync(CancellationToken cancellation)
        {
            if (format == Format.Json) _text.Append(_isBegun ? "\n]\n" : "[]\n");
            if (format == Format.Csv && !_isBegun) _text.Append(Columns);
            await SendAsync(cancellation);
        }

        private void Append(TicketAnswer ticket)
        {
            if (format == Format.Csv)
            {
                if (!_isBegun) _text.Append(Columns);
                _text.AppendJoin(',', Quote(ticket.TicketId), Quote(ticket.TicketType), Quote(ticket.UserId), ticket.Status, ticket.ValidFrom, ticket.ValidUntil,
                    Quote(ticket.Gates is null ? null : string.Join(';', ticket.Gates)), ticket.SingleEntry ? "true" : "false").Append("\r\n");
            }
            else
            {
                if (format == Format.Json) _text.Append(_isBegun ? ",\n" : "[\n");
                _text.Append(JsonSerializer.Serialize(ticket, Wire.WithoutNulls));
                if (format == Format.Ndjson) _text.Append('\n');
            }

            _isBegun = true;
        }

        private async Task SendAsync(CancellationToken cancellation)
        {
            await response.WriteAsync(_text.ToString(), cancellation);
            _text.Clear();
        }

        private static string Quote(string? text) =>
            text is null || text.AsSpan().IndexOfAny(",;\"\r\n") < 0 && text.Length > 0 && text[0] != ' ' && text[^1] != ' ' ? text ?? "" : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
