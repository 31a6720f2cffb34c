using System.Globalization;
using Headcount.Core;
using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Manage;

namespace Headcount.Server.Counts;

/// <summary><c>/api/anomalies</c>: which scans are not right, in counted order, a page at a time: what <c>headcount anomalies</c> says of the same log.</summary>
internal static class AnomaliesEndpoint
{
    /// <summary>How many anomalies one page has at the most (those of one scan stay together).</summary>
    public const int PageSize = 500;

    // So many scans are looked at before the gates go on: a fraction of a millisecond.
    private const int ScansAtOnce = 1_024;

    private static readonly string Kinds = string.Join(", ", Enum.GetValues<AnomalyKind>().Select(kind => kind.Code()));

    public static async Task AnswerAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync();
        var zone = mailbox.Settings.Zone;
        var query = new CountQuery(context, "kind", "from", "to", "cursor");
        var kinds = KindsOf(query);
        var (from, to) = (query.Time("from", zone), query.Time("to", zone));
        if (from > to) query.Wrong("to", "is before from");
        var after = PlaceOf(query) ?? new CountedPlace(from ?? Instant.Min, 0);
        query.ThrowIfWrong();
        var (found, next) = await FindAsync(mailbox, after, to ?? Instant.Max, kinds, context.RequestAborted);
        await context.AnswerAsync(new
        {
            @event = mailbox.Settings.Slug, seq = mailbox.Figures.Seq,
            anomalies = found.Select(anomaly => new
            {
                seq = anomaly.Position, kind = anomaly.Kind.Code(), ticket_id = anomaly.TicketId.Value, gate = anomaly.Gate.Value, timestamp = zone.Format(anomaly.Timestamp),
                earlier = anomaly.Earlier is { } earlier ? new { seq = earlier.Position, gate = earlier.Gate.Value, timestamp = zone.Format(earlier.Timestamp) } : null,
                seconds = anomaly.Elapsed is { } elapsed ? (decimal?)elapsed.Ticks / TimeSpan.TicksPerSecond : null,
            }),
            cursor = next is { } place ? string.Create(CultureInfo.InvariantCulture, $"{place.At.Microseconds}.{place.Seq}") : null,
        });
    }

    private static async Task<(List<Anomaly> Found, CountedPlace? Next)> FindAsync(EventMailbox mailbox, CountedPlace after, Instant until, HashSet<AnomalyKind>? kinds, CancellationToken cancellation)
    {
        var found = new List<Anomaly>();
        CountedPlace? next = after;
        while (next is { } place && found.Count < PageSize)
        {
            cancellation.ThrowIfCancellationRequested();
            var most = PageSize - found.Count;
            var piece = await mailbox.AskAsync(admission => admission.AnomaliesAfter(place, until, ScansAtOnce, most, kinds));
            found.AddRange(piece.Anomalies);
            next = piece.Next;
        }

        return (found, next);
    }

    private static HashSet<AnomalyKind>? KindsOf(CountQuery query)
    {
        if (query.Text("kind") is not { } words) return null;
        var kinds = new HashSet<AnomalyKind>();
        foreach (var word in words.Split(','))
        {
            if (Codes.TryParseKind(word, out var kind))
                kinds.Add(kind);
            else
                query.Wrong("kind", $"'{Names.Excerpt(word)}' is no kind of anomaly; there are {Kinds}");
        }

        return kinds;
    }

    private static CountedPlace? PlaceOf(CountQuery query)
    {
        if (query.Text("cursor") is not { } text) return null;
        var parts = text.Split('.');
        if (parts.Length == 2 && long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var at) && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var seq)
            && at >= Instant.Min.Microseconds && at <= Instant.Max.Microseconds)
            return new CountedPlace(new Instant(at), seq);
        query.Wrong("cursor", "is none that an answer gave");
        return null;
    }
}
