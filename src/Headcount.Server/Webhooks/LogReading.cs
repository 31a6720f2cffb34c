using Headcount.Data.Model;
using Headcount.Engine;

namespace Headcount.Server.Webhooks;

/// <summary>Deliveries for one webhook, made from records of the log.</summary>
/// <param name="Line">The webhook.</param>
/// <param name="Rows">The deliveries, each with the record it begins with.</param>
/// <param name="Cursor">The last record that was looked at.</param>
internal sealed record LogPiece(WebhookLine Line, IReadOnlyList<(WebhookDelivery Row, long Seq)> Rows, long Cursor);

/// <summary>Follows the log for webhooks: reads on from where each is. Webhooks of an event that are at the same place share a reading.</summary>
internal sealed class LogReading(IScanLog log, DeliveryBook book, WebhookLimits limits)
{
    private readonly Dictionary<(long EventId, long After, long Through), List<LogEntry>> _read = [];

    /// <summary>What a webhook is to be told next, null = nothing more than it has; and where the log ends, where that was found out.</summary>
    /// <param name="line">The webhook.</param>
    /// <param name="last">The last record there is.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task<(LogPiece? Piece, long? End)> NextAsync(WebhookLine line, long last, CancellationToken cancellation)
    {
        var room = limits.MostWaiting - line.Ready(limits.MostWaiting);
        var after = line.Cursor;
        if (!line.FollowsLog || room <= 0 || after >= last) return (null, null);
        var through = Math.Min(last, after + limits.MostRead);
        var entries = await ReadAsync(line.EventId, after, through, cancellation);
        var rows = new List<(WebhookDelivery, long)>();
        var bundle = new List<LogEntry>(limits.MostItems);
        var reached = after;
        foreach (var entry in entries)
        {
            if (rows.Count == room) break;
            reached = entry.Seq;
            if (WebhookTopics.Of(entry.Record) is not { } topic || !line.Topics.Contains(topic)) continue;
            bundle.Add(entry);
            if (bundle.Count == limits.MostItems) Close();
        }

        if (bundle.Count > 0) Close();
        return (reached > after ? new LogPiece(line, rows, reached) : null, entries.Count < through - after ? after + entries.Count : null);

        void Close()
        {
            rows.Add((book.Row(line.WebhookId, string.Join(',', bundle.Select(entry => WebhookTopics.Of(entry.Record)).Distinct()), WebhookBodies.Records(line.Slug, line.Zone, bundle)), bundle[0].Seq));
            bundle.Clear();
        }
    }

    private async Task<List<LogEntry>> ReadAsync(long eventId, long after, long through, CancellationToken cancellation)
    {
        if (_read.TryGetValue((eventId, after, through), out var known)) return known;
        var entries = new List<LogEntry>();
        await foreach (var chunk in log.ReadAsync(eventId, after, through, cancellation)) entries.AddRange(chunk);
        return _read[(eventId, after, through)] = entries;
    }
}
