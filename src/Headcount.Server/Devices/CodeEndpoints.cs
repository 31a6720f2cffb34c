using System.Text;
using System.Text.Json;
using Headcount.Core;
using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Manage;
using Headcount.Server.Past.Export;
using Headcount.Server.Problems;

namespace Headcount.Server.Devices;

/// <summary>Keys of an event's codes, and codes of its tickets, over HTTP.</summary>
internal sealed class CodeEndpoints(TicketKeys keys)
{
    private static readonly HashSet<string> Known = ["ticket_ids", "valid_from", "valid_until"];

    public async Task ListKeysAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync(context.Slug());
        await context.AnswerAsync(new { keys = keys.Of(mailbox.Settings.EventId).Select(key => Told(key, mailbox.Settings.Zone)) });
    }

    public async Task RotateAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync(context.Slug());
        await context.AnswerAsync(Told(await keys.RotateAsync(mailbox.Settings.EventId, context.RequestAborted), mailbox.Settings.Zone), StatusCodes.Status201Created);
    }

    public async Task RevokeAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync(context.Slug());
        if (!uint.TryParse(context.Text("key_id"), out var id)) throw new ProblemException(404, ProblemCodes.NotFound, "The event has no key of that number.");
        await context.AnswerAsync(Told(await keys.RevokeAsync(mailbox.Settings.EventId, id, context.RequestAborted), mailbox.Settings.Zone));
    }

    /// <summary>Codes of the tickets named, or of all that are valid: as JSON, or as CSV where <c>Accept</c> says so; streamed.</summary>
    public async Task IssueAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync(context.Slug());
        var zone = mailbox.Settings.Zone;
        var fields = new Fields(await Fields.ReadBodyAsync(context, mayBeEmpty: true), Known);
        var named = fields.Texts("ticket_ids", DeviceLimits.MostCodes, TicketId.MaxLength);
        var (from, until) = (fields.Time("valid_from", zone), fields.Time("valid_until", zone));
        if (from >= until) fields.Wrong("valid_until", "is not after valid_from");
        var tickets = named is null ? null : await mailbox.FindTicketsAsync([.. named.Select(id => new TicketId(id))]);
        if (tickets is not null && named!.Except(tickets.Select(ticket => ticket.TicketId.Value)).FirstOrDefault() is { } missing) fields.Wrong("ticket_ids", $"there is no ticket '{Names.Excerpt(missing)}'");
        fields.ThrowIfWrong("The codes");
        using var signer = await keys.SignerAsync(mailbox.Settings.EventId, context.RequestAborted);
        var isCsv = context.Request.Headers.Accept.ToString().Contains("text/csv", StringComparison.OrdinalIgnoreCase);
        (context.Response.ContentType, context.Response.Headers.CacheControl) = (isCsv ? "text/csv; charset=utf-8" : "application/json", "no-store");
        await context.Response.WriteAsync(isCsv ? "ticket_id,ticket_type,code\r\n" : "{\"codes\":[", context.RequestAborted);
        var isFirst = true;
        await foreach (var piece in PiecesAsync(mailbox, tickets))
        {
            var text = new StringBuilder();
            foreach (var ticket in piece)
            {
                var code = signer.Sign(ticket, from, until);
                if (isCsv)
                    text.Append(Quote(ticket.TicketId.Value)).Append(',').Append(Quote(ticket.TicketType)).Append(',').Append(code).Append("\r\n");
                else
                    text.Append(isFirst ? "" : ",\n").Append(JsonSerializer.Serialize(new { ticket_id = ticket.TicketId.Value, ticket_type = ticket.TicketType, code }, Wire.Options));
                isFirst = false;
            }

            await context.Response.WriteAsync(text.ToString(), context.RequestAborted);
        }

        if (!isCsv) await context.Response.WriteAsync("]}", context.RequestAborted);
    }

    // What is not valid gets no code, unless it is named.
    private static async IAsyncEnumerable<IEnumerable<Ticket>> PiecesAsync(EventMailbox mailbox, IReadOnlyList<Ticket>? named)
    {
        if (named is not null)
        {
            yield return named;
            yield break;
        }

        for (var first = 0; ; first += DeviceLimits.Piece)
        {
            var piece = await mailbox.ReadTicketsAsync(first, DeviceLimits.Piece);
            yield return piece.Where(ticket => ticket.Status == TicketStatus.Valid);
            if (piece.Count < DeviceLimits.Piece) yield break;
        }
    }

    private static object Told(EventKey key, Zone zone) => new
    {
        key_id = key.KeyId, public_key = System.Buffers.Text.Base64Url.EncodeToString(key.PublicKey), status = key.Status, created_at = zone.Format(key.CreatedAt),
        retired_at = key.RetiredAt is { } retired ? zone.Format(retired) : null, revoked_at = key.RevokedAt is { } revoked ? zone.Format(revoked) : null,
    };

    // What a spreadsheet would take for a formula stays text.
    private static string Quote(string? given)
    {
        if (given is null) return "";
        var text = ExportFiles.Harmless(given);
        return text.AsSpan().IndexOfAny(",;\"\r\n") >= 0 || text.Length == 0 || text[0] == ' ' || text[^1] == ' ' ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
