using Headcount.Core;
using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Problems;
using Headcount.Streams;
using Microsoft.AspNetCore.Http.Features;

namespace Headcount.Server.Manage;

/// <summary>Takes a register in, of any size, as it comes: chunk by chunk into the database and to the gates.</summary>
internal sealed class TicketImport(EventChanges changes, TimeProvider time)
{
    /// <summary>How many tickets are written together: scans come in between.</summary>
    public const int ChunkSize = 2_000;

    /// <summary>How many rows that could not be read are told of one by one; the rest are counted.</summary>
    public const int MostResults = 1_000;

    public async Task AnswerAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync(context.Slug());
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
        var run = new Run(changes, time, mailbox.Settings, context.RequestAborted);
        long elements;
        try
        {
            elements = await TicketFeed.ReadAsync(context.Request.Body, mailbox.Settings.Zone, run.TakeAsync, context.RequestAborted);
            await run.FlushAsync();
        }
        catch (InputException problem)
        {
            context.RequestAborted.ThrowIfCancellationRequested();
            await run.FlushAsync();
            throw new ProblemException(StatusCodes.Status400BadRequest, ProblemCodes.Unreadable, $"{OfBody(problem.Message)} {run.Imported} tickets before that were taken; sending the whole again is safe.");
        }

        if (elements == 0 && context.Request.ContentLength is null or 0 && !run.SawAnything) throw new ProblemException(StatusCodes.Status400BadRequest, ProblemCodes.Unreadable, "The body is empty. Send the register as a JSON list, NDJSON or CSV with a header row.");
        await context.AnswerAsync(run.Answer(), options: Wire.WithoutNulls);
    }

    private static string OfBody(string message) => $"The body {message[(message.IndexOf(": ", StringComparison.Ordinal) is var at and >= 0 ? at + 2 : 0)..].TrimEnd('.')}.";

    /// <summary>One import.</summary>
    private sealed class Run(EventChanges changes, TimeProvider time, EventSettings settings, CancellationToken cancellation)
    {
        private readonly Dictionary<TicketId, GivenTicket> _chunk = [];
        private readonly List<TicketResult> _results = [];
        private readonly SortedSet<string> _newTypes = new(StringComparer.Ordinal);
        private long _created;
        private long _updated;
        private long _invalid;
        private long _given;

        public long Imported { get; private set; }

        public bool SawAnything => _given + _invalid > 0;

        public async ValueTask TakeAsync(IReadOnlyList<GivenTicket> tickets, IReadOnlyList<UnreadTicket> unread)
        {
            foreach (var (index, line, reason) in unread)
            {
                _invalid++;
                if (_results.Count < MostResults) _results.Add(new TicketResult(index, line, "invalid", reason));
            }

            foreach (var ticket in tickets)
            {
                _given++;
                _chunk[ticket.TicketId] = _chunk.TryGetValue(ticket.TicketId, out var before) ? Later(before, ticket) : ticket;
                if (_chunk.Count == ChunkSize) await FlushAsync();
            }
        }

        public async ValueTask FlushAsync()
        {
            if (_chunk.Count == 0) return;
            var now = Instant.FromDateTimeOffset(time.GetUtcNow());
            var (created, updated, newTypes) = await changes.ChangeTicketsAsync(settings.EventId, (db, ct) => TicketUpsert.RunAsync(db, settings.EventId, _chunk.Values, now, ct), cancellation);
            Imported += _chunk.Count;
            _created += created;
            _updated += updated;
            _newTypes.UnionWith(newTypes);
            _chunk.Clear();
        }

        public object Answer() => new
        {
            imported = _given, created = _created, updated = _updated, invalid = _invalid, ticket_types_created = _newTypes, results = _results,
            note = _invalid > _results.Count ? $"The first {MostResults} rows that cannot be read are told; there are {_invalid}." : null,
        };

        // A ticket given twice: what was said last holds.
        private static GivenTicket Later(GivenTicket before, GivenTicket later) => new(later.TicketId)
        {
            TicketType = later.TicketType ?? before.TicketType,
            UserId = later.UserId ?? before.UserId,
            Status = later.Status ?? before.Status,
            ValidFrom = later.ValidFrom ?? before.ValidFrom,
            ValidUntil = later.ValidUntil ?? before.ValidUntil,
            Gates = later.Gates ?? before.Gates,
            SingleEntry = later.SingleEntry ?? before.SingleEntry,
        };
    }

    /// <summary>What became of a row that was not taken.</summary>
    private sealed record TicketResult(long Index, long Line, string Status, string Error);
}
