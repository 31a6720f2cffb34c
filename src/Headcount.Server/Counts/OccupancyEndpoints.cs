using Headcount.Core;
using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Manage;

namespace Headcount.Server.Counts;

/// <summary>How many are inside: now, and at any time.</summary>
internal sealed class OccupancyEndpoints(TimeProvider time)
{
    /// <summary><c>/api/occupancy/current</c>: the totals; with a filter, how many of those there are inside.</summary>
    public async Task CurrentAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync();
        var query = new CountQuery(context, "gate", "ticket_type");
        var (gate, type) = (query.Text("gate"), query.Text("ticket_type"));
        query.ThrowIfWrong();
        var zone = mailbox.Settings.Zone;
        if (gate is null && type is null)
        {
            var figures = mailbox.Figures;
            var leases = mailbox.LeaseFigures;
            await context.AnswerAsync(new
            {
                @event = mailbox.Settings.Slug, occupancy = figures.Occupancy, capacity = figures.Capacity, percent = Percent(figures.Occupancy, figures.Capacity), theoretical = figures.Theoretical,
                entries = figures.Entries, exits = figures.Exits, first_entries = figures.FirstEntries, seq = figures.Seq, at = zone.Format(Now), on_lease = leases.OnLease, held = leases.Held, cut_off = leases.CutOff,
            });
            return;
        }

        var picture = await mailbox.PictureAsync();
        if (gate is not null && !picture.Gates.ContainsKey(gate)) query.Wrong("gate", $"'{Names.Excerpt(gate)}' is none of the event's gates: {List(picture.Gates.Keys)}");
        if (type is not null && type != Ticket.UnknownType && !picture.TicketTypes.ContainsKey(type)) query.Wrong("ticket_type", $"'{Names.Excerpt(type)}' is none of the event's ticket types: {List(picture.TicketTypes.Keys)}");
        query.ThrowIfWrong();
        var occupancy = picture.GatesAndTicketTypes.Where(one => gate is null || one.Key == gate).SelectMany(one => one.Value).Where(one => type is null || one.Key == type).Sum(one => one.Value);
        await context.AnswerAsync(new
        {
            @event = mailbox.Settings.Slug, gate, ticket_type = type, occupancy, capacity = picture.Figures.Capacity, percent = Percent(occupancy, picture.Figures.Capacity),
            seq = picture.Figures.Seq, at = zone.Format(Now),
        });
    }

    /// <summary><c>/api/occupancy/by-gate</c>: every gate, those without anybody too.</summary>
    public static async Task ByGateAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync();
        new CountQuery(context).ThrowIfWrong();
        var picture = await mailbox.PictureAsync();
        await context.AnswerAsync(picture.Gates.ToDictionary(
            gate => gate.Key, gate => new { occupancy = gate.Value.Occupancy, entries = gate.Value.Entries, exits = gate.Value.Exits, scans = gate.Value.Scans, per_minute = gate.Value.PerMinute }, StringComparer.Ordinal));
    }

    /// <summary><c>/api/occupancy/by-ticket-type</c>: every configured type, and others that are inside.</summary>
    public static async Task ByTicketTypeAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync();
        new CountQuery(context).ThrowIfWrong();
        var picture = await mailbox.PictureAsync();
        await context.AnswerAsync(picture.TicketTypes.ToDictionary(type => type.Key, type => new { occupancy = type.Value }, StringComparer.Ordinal));
    }

    /// <summary><c>/api/gates</c>: what passes at each gate, and when it was last heard of.</summary>
    public async Task GatesAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync();
        new CountQuery(context).ThrowIfWrong();
        var picture = await mailbox.PictureAsync();
        var settings = mailbox.Settings;
        var (leases, now, cutOffAfter) = (mailbox.Leases, Now, mailbox.LeaseTerms.CutOffAfter);
        await context.AnswerAsync(new
        {
            @event = settings.Slug, seq = picture.Figures.Seq, at = settings.Zone.Format(Now),
            gates = picture.Gates.Select(gate => new
            {
                gate = gate.Key, configured = settings.Rules.Gates.Contains(gate.Key), occupancy = gate.Value.Occupancy, entries = gate.Value.Entries, exits = gate.Value.Exits, scans = gate.Value.Scans,
                per_minute = gate.Value.PerMinute, entries_per_minute = gate.Value.EntriesPerMinute, exits_per_minute = gate.Value.ExitsPerMinute,
                last_seen = gate.Value.LastSeen is { } seen ? settings.Zone.Format(seen) : null,
                degraded_mode = Devices.DeviceSettings.WordOf(settings.DegradedModes.GetValueOrDefault(gate.Key)), on_lease = leases.OfGate(gate.Key, now, cutOffAfter).OnLease,
                held = leases.OfGate(gate.Key, now, cutOffAfter).Held, cut_off = leases.OfGate(gate.Key, now, cutOffAfter).CutOff,
            }),
        });
    }

    /// <summary><c>/api/occupancy?at=T[&amp;as_of=K]</c>: at any instant, with all that is known now or as it was known then.</summary>
    public async Task AtAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync();
        var zone = mailbox.Settings.Zone;
        var query = new CountQuery(context, "at", "as_of");
        var at = query.Time("at", zone);
        var asOf = query.Time("as_of", zone);
        query.ThrowIfWrong();
        var instant = at ?? asOf ?? Now;
        var (report, seq) = asOf is { } known
            ? await AsKnownAsync(mailbox, instant, known, context.RequestAborted)
            : await mailbox.AskAsync(admission => (admission.At(instant), admission.LastSeq));
        await context.AnswerAsync(new
        {
            @event = mailbox.Settings.Slug, at = zone.Format(instant), as_of = asOf is { } then ? zone.Format(then) : null, seq,
            occupancy = report.Occupancy, entries = report.Entries, exits = report.Exits, first_entries = report.FirstEntries, by_gate = report.ByGate, by_ticket_type = report.ByTicketType,
            by_gate_and_ticket_type = report.ByGateAndTicketType, flow = report.Flow.ToDictionary(gate => gate.Key, gate => new { entries = gate.Value.Entries, exits = gate.Value.Exits, scans = gate.Value.Scans }, StringComparer.Ordinal),
        });
    }

    private Instant Now => Instant.FromDateTimeOffset(time.GetUtcNow());

    // The log is read up to that record, beside the mailbox.
    private static async Task<(OccupancyReport Report, long Seq)> AsKnownAsync(EventMailbox mailbox, Instant at, Instant asOf, CancellationToken cancellation)
    {
        var seq = await mailbox.AskAsync(admission => admission.SeqAt(asOf));
        var then = await mailbox.AsOfAsync(seq, cancellation);
        return (then.At(at), seq);
    }

    private static string List(IEnumerable<string> names) => string.Join(", ", names.Take(20));

    internal static double Percent(long occupancy, long capacity) => capacity == 0 ? occupancy == 0 ? 0 : 100 : Math.Round(occupancy * 100.0 / capacity, 2);
}
