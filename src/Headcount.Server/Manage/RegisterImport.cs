using Headcount.Core;
using Headcount.Data.Tickets;
using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Problems;
using Headcount.Streams;
using Microsoft.AspNetCore.Http.Features;

namespace Headcount.Server.Manage;

/// <summary>Takes a register in, of any size, as it comes: chunk by chunk into the database and to the gates.</summary>
internal sealed class RegisterImport(EventChanges changes, TimeProvider time)
{
    /// <summary>How many rows that could not be read are told of one by one; the rest are counted.</summary>
    public const int MostResults = 1_000;

    public async Task AnswerAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync(context.Slug());
        Gate.BodyTypes.RequirePlain(context.Request);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
        var run = new Run(changes, time, mailbox, context.RequestAborted);
        long bytes;
        try
        {
            (_, bytes) = await TicketFeed.ReadAsync(context.Request.Body, mailbox.Settings.Zone, run.TakeAsync, context.RequestAborted);
            await run.FlushAsync();
        }
        catch (InputException problem)
        {
            context.RequestAborted.ThrowIfCancellationRequested();
            await run.FlushAsync();
            throw new ProblemException(StatusCodes.Status400BadRequest, ProblemCodes.Unreadable, $"{OfBody(problem.Message)} {run.Imported} tickets before that were taken; sending the whole again is safe.");
        }

        if (bytes == 0) throw new ProblemException(StatusCodes.Status400BadRequest, ProblemCodes.Unreadable, "The body is empty. Send the register as a JSON list, NDJSON or CSV with a header row.");
        await context.AnswerAsync(run.Answer(), options: Wire.WithoutNulls);
    }

    private static string OfBody(string message) => $"The body {message[(message.IndexOf(": ", StringComparison.Ordinal) is var at and >= 0 ? at + 2 : 0)..].TrimEnd('.')}.";

    /// <summary>One import.</summary>
    private sealed class Run(EventChanges changes, TimeProvider time, EventMailbox mailbox, CancellationToken cancellation)
    {
        // So many are written together; scans come in between.
        private readonly List<TicketChange> _chunk = new(TicketImport.ChunkSize);
        private readonly List<TicketResult> _results = [];
        private readonly SortedSet<string> _newTypes = new(StringComparer.Ordinal);
        private long _invalid;
        private long _strangers;

        public long Imported { get; private set; }

        public async ValueTask TakeAsync(IReadOnlyList<GivenTicket> tickets, IReadOnlyList<UnreadTicket> unread)
        {
            foreach (var (index, line, reason) in unread)
            {
                _invalid++;
                if (_results.Count < MostResults) _results.Add(new TicketResult(index, line, "invalid", reason));
            }

            foreach (var ticket in tickets)
            {
                _chunk.Add(ChangeOf(ticket));
                if (_chunk.Count == TicketImport.ChunkSize) await FlushAsync();
            }
        }

        public async ValueTask FlushAsync()
        {
            if (_chunk.Count == 0) return;
            var now = Instant.FromDateTimeOffset(time.GetUtcNow());
            var (newTypes, leftOut) = await changes.ChangeTicketsAsync(mailbox, async (db, ct) =>
            {
                var strangers = await Holders.StrangersAsync(db, mailbox.Settings.EventId, [.. _chunk.Select(change => change.Ticket.UserId).OfType<string>()], ct);
                var known = _chunk.ConvertAll(change => IsOf(change, strangers) ? new TicketChange(change.Ticket with { UserId = null }, change.Given & ~TicketFields.UserId) : change);
                var imported = await TicketImport.UpsertAsync(db, mailbox.Settings.EventId, known, now, ct);
                return ((imported.NewTypes, _chunk.Count(change => IsOf(change, strangers))), imported.Tickets, imported.NewTypes.Count > 0);
            }, cancellation);
            _strangers += leftOut;
            Imported += _chunk.Count;
            _newTypes.UnionWith(newTypes);
            _chunk.Clear();
        }

        public object Answer() => new
        {
            imported = Imported, invalid = _invalid, ticket_types_created = _newTypes, results = _results,
            user_ids_left_out = _strangers > 0 ? _strangers : (long?)null,
            note = _invalid > _results.Count ? $"The first {MostResults} rows that cannot be read are told; there are {_invalid}." : null,
        };

        private static bool IsOf(TicketChange change, IReadOnlySet<string> people) => change.Ticket.UserId is { } user && people.Contains(user);

        private static TicketChange ChangeOf(GivenTicket given) => new(
            new Ticket(given.TicketId)
            {
                TicketType = given.TicketType, UserId = given.UserId, Status = given.Status ?? TicketStatus.Valid, ValidFrom = given.ValidFrom, ValidUntil = given.ValidUntil,
                Gates = given.Gates ?? [], SingleEntry = given.SingleEntry ?? false,
            },
            (given.TicketType is null ? 0 : TicketFields.TicketType) | (given.UserId is null ? 0 : TicketFields.UserId) | (given.Status is null ? 0 : TicketFields.Status)
            | (given.ValidFrom is null ? 0 : TicketFields.ValidFrom) | (given.ValidUntil is null ? 0 : TicketFields.ValidUntil) | (given.Gates is null ? 0 : TicketFields.Gates)
            | (given.SingleEntry is null ? 0 : TicketFields.SingleEntry));
    }

    /// <summary>What became of a row that was not taken.</summary>
    private sealed record TicketResult(long Index, long Line, string Status, string Error);
}
