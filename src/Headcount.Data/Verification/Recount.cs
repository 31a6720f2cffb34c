using System.Data.Common;
using System.Globalization;
using Headcount.Core;
using Headcount.Data.Model;
using Headcount.Engine;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Data.Verification;

/// <summary>Counts one event again from its log, by the one implementation that counts, and holds the views against it.</summary>
internal sealed class Recount(HeadcountDb db, IScanLog log, EventRow row)
{
    private readonly Register _register = new();
    private readonly LastScans _lastScans = new();
    private readonly List<LogDifference> _differences = [];
    private Admission _admission = null!;
    private long _seq;

    public async Task<VerifiedEvent> RunAsync(CancellationToken cancellation)
    {
        // A server may append meanwhile: the views are asked first, and what they have seen is what is recounted.
        var viewed = await AskAsync(cancellation);
        _admission = new Admission(row.ToRules(), _register);
        try
        {
            await foreach (var chunk in log.ReadAsync(row.EventId, 0, viewed.Seq, cancellation))
            {
                foreach (var entry in chunk) Take(entry);
            }
        }
        catch (InvalidOperationException e)
        {
            // Apply checks every record: gaps, time that runs backwards, annulments of nothing.
            return new VerifiedEvent(row.Slug, _seq, _admission.Actual, [new LogDifference($"record {_seq + 1}", e.Message, "in the log")]);
        }

        Compare(viewed);
        return new VerifiedEvent(row.Slug, _seq, _admission.Actual, _differences);
    }

    private void Take(LogEntry entry)
    {
        _admission.Apply(entry.Record);
        _lastScans.Take(entry.Record);
        _seq = entry.Seq;
    }

    private async Task<Views> AskAsync(CancellationToken cancellation)
    {
        // One transaction is one moment, on both databases.
        await using var transaction = await db.Database.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
        var views = new Views();
        await foreach (var line in RowsAsync("SELECT seq, occupancy, entries, exits, first_entries FROM current_occupancy WHERE event_id = @event", cancellation))
        {
            views.Seq = line.IsDBNull(0) ? 0 : line.GetInt64(0);
            views.Totals = [line.GetInt64(1), line.GetInt64(2), line.GetInt64(3), line.GetInt64(4)];
        }

        await foreach (var line in RowsAsync("SELECT gate, occupancy, entries, exits, scans FROM occupancy_by_gate WHERE event_id = @event", cancellation))
            views.Gates[line.GetString(0)] = [line.GetInt64(1), line.GetInt64(2), line.GetInt64(3), line.GetInt64(4)];
        await foreach (var line in RowsAsync("SELECT ticket_type, occupancy FROM occupancy_by_ticket_type WHERE event_id = @event", cancellation))
            views.Types[line.GetString(0)] = [line.GetInt64(1)];
        await foreach (var line in RowsAsync("SELECT ticket_id, seq, is_inside FROM ticket_last_scan WHERE event_id = @event", cancellation))
            views.LastScans[line.GetString(0)] = [line.GetInt64(1), Convert.ToBoolean(line.GetValue(2), CultureInfo.InvariantCulture) ? 1 : 0];
        await foreach (var line in RowsAsync("SELECT seq, kind, earlier_seq FROM anomalies WHERE event_id = @event", cancellation))
            views.Anomalies[string.Create(CultureInfo.InvariantCulture, $"{line.GetInt64(0)} {line.GetString(1)}")] = [1, line.IsDBNull(2) ? 0 : line.GetInt64(2)];
        await foreach (var line in RowsAsync("SELECT entered_at, left_at FROM stays WHERE event_id = @event", cancellation))
        {
            views.Stays.Enter(InstantOf(line, 0));
            if (!line.IsDBNull(1)) views.Stays.Leave(InstantOf(line, 1));
        }

        // Which tickets are unknown goes by the same moment.
        await foreach (var line in RowsAsync("SELECT ticket_id FROM tickets WHERE event_id = @event", cancellation)) _register.Set(new Ticket(new TicketId(line.GetString(0))));
        return views;
    }

    private static Instant InstantOf(DbDataReader line, int column) => line.GetValue(column) switch
    {
        string text => Log.InstantText.Parse(System.Text.Encoding.UTF8.GetBytes(text)),
        DateTime time => Instant.FromDateTimeOffset(new DateTimeOffset(time, TimeSpan.Zero)),
        var other => throw new InvalidDataException($"A view gave {other} where a time is due."),
    };

    private async IAsyncEnumerable<DbDataReader> RowsAsync(string sql, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 600;
        command.Transaction = Microsoft.EntityFrameworkCore.Storage.DbContextTransactionExtensions.GetDbTransaction(db.Database.CurrentTransaction!);
        var parameter = command.CreateParameter();
        parameter.ParameterName = "event";
        parameter.Value = row.EventId;
        command.Parameters.Add(parameter);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) yield return reader;
    }

    private void Compare(Views viewed)
    {
        var now = _admission.Now();
        Compare("", ["occupancy", "entries", "exits", "first entries"], [now.Occupancy, now.Entries, now.Exits, now.FirstEntries], viewed.Totals);
        CompareAll("gate ", ["occupancy", "entries", "exits", "scans"], viewed.Gates, now.Flow.ToDictionary(
            gate => gate.Key,
            gate => new[] { now.ByGate.TryGetValue(gate.Key, out var inside) ? inside : 0, gate.Value.Entries, gate.Value.Exits, gate.Value.Scans }));
        CompareAll("ticket type ", ["occupancy"], viewed.Types, now.ByTicketType.ToDictionary(type => type.Key, type => new[] { type.Value }));
        CompareAll("last scan of ", ["seq", "inside"], viewed.LastScans, _lastScans.Found().ToDictionary(
            last => last.Ticket.Value,
            last => new[] { last.Seq, _admission.IsInside(last.Ticket) ? 1 : 0 }));
        var anomalies = _admission.AnomaliesAfter(new CountedPlace(Instant.Min, 0), Instant.Max, int.MaxValue, int.MaxValue).Anomalies;
        CompareAll("anomaly ", ["", "earlier seq"], viewed.Anomalies, anomalies.ToDictionary(
            found => string.Create(CultureInfo.InvariantCulture, $"{found.Position} {found.Kind.Code()}"),
            found => new[] { 1, (long)(found.Earlier?.Position ?? 0) }));
        CompareStays(viewed.Stays);
    }

    // Every moment at which somebody came or went; what the stays add up to must be the curve.
    private void CompareStays(StayCurve stays)
    {
        var before = _differences.Count;
        foreach (var point in _admission.CurveAfter(new Instant(Instant.Min.Microseconds - 1), Instant.Max, int.MaxValue).Changes)
        {
            var (inside, entered) = stays.At(point.At);
            if (inside == point.Occupancy && entered == point.Entries) continue;
            Compare($"stays at {Zone.Utc.Format(point.At)} ", ["inside", "entries"], [point.Occupancy, point.Entries], [inside, entered]);
            if (_differences.Count - before >= LogVerification.MaxDifferences) return;
        }
    }

    private void CompareAll(string prefix, string[] names, Dictionary<string, long[]> viewed, Dictionary<string, long[]> recounted)
    {
        var before = _differences.Count;
        var none = new long[names.Length];
        foreach (var key in viewed.Keys.Union(recounted.Keys).Order(StringComparer.Ordinal))
            Compare($"{prefix}{key} ", names, recounted.GetValueOrDefault(key, none), viewed.GetValueOrDefault(key, none));
        var more = _differences.Count - before - LogVerification.MaxDifferences;
        if (more <= 0) return;
        _differences.RemoveRange(before + LogVerification.MaxDifferences, more);
        _differences.Add(new LogDifference($"{prefix}…", string.Create(CultureInfo.InvariantCulture, $"{more} more"), "not shown"));
    }

    private void Compare(string prefix, string[] names, long[] recounted, long[] viewed)
    {
        for (var i = 0; i < names.Length; i++)
        {
            if (recounted[i] == viewed[i]) continue;
            _differences.Add(new LogDifference((prefix + names[i]).TrimEnd(), recounted[i].ToString(CultureInfo.InvariantCulture), viewed[i].ToString(CultureInfo.InvariantCulture)));
        }
    }

    private sealed class Views
    {
        public long Seq { get; set; }

        public long[] Totals { get; set; } = [0, 0, 0, 0];

        public Dictionary<string, long[]> Gates { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, long[]> Types { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, long[]> Anomalies { get; } = new(StringComparer.Ordinal);

        public StayCurve Stays { get; } = new();

        public Dictionary<string, long[]> LastScans { get; } = new(StringComparer.Ordinal);
    }
}
