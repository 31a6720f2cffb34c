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
    private readonly Admission _admission = new(row.ToRules());
    private readonly LastScans _lastScans = new();
    private readonly List<LogDifference> _differences = [];
    private long _seq;

    public async Task<VerifiedEvent> RunAsync(CancellationToken cancellation)
    {
        // A server may append meanwhile: the views are asked first, and what they have seen is what is recounted.
        var viewed = await AskAsync(cancellation);
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
        return views;
    }

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
            _differences.Add(new LogDifference(prefix + names[i], recounted[i].ToString(CultureInfo.InvariantCulture), viewed[i].ToString(CultureInfo.InvariantCulture)));
        }
    }

    private sealed class Views
    {
        public long Seq { get; set; }

        public long[] Totals { get; set; } = [0, 0, 0, 0];

        public Dictionary<string, long[]> Gates { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, long[]> Types { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, long[]> LastScans { get; } = new(StringComparer.Ordinal);
    }
}
