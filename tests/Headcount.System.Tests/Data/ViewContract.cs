using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Log;
using Headcount.Data.Model;
using Headcount.Engine;

namespace Headcount.SystemTests.Data;

/// <summary>The SQL views say what Core says of the same log, on every database.</summary>
public abstract class ViewContract : DatabaseContract
{
    [Fact]
    public async Task views_count_as_the_engine_does()
    {
        await GeneratedVenue.Happenings.SampleAsync(async happenings =>
        {
            var venue = GeneratedVenue.Run(happenings);
            var id = await AddVenueAsync(venue);
            var now = venue.Admission.Now();
            await using var db = Db.Read();
            Assert.Equal(
                [$"{now.Occupancy}|3|{now.Entries}|{now.Exits}|{now.FirstEntries}|{(venue.Log.Count > 0 ? venue.Log.Count.ToString(null, null) : "")}"],
                await Sql.RowsAsync(db, $"SELECT occupancy, capacity, entries, exits, first_entries, seq FROM current_occupancy WHERE event_id = {id}"));
            Assert.Equal(ByGate(now), await Sql.RowsAsync(db, $"SELECT gate, occupancy, entries, exits, scans FROM occupancy_by_gate WHERE event_id = {id} ORDER BY gate"));
            Assert.Equal(now.ByTicketType.Select(type => $"{type.Key}|{type.Value}"),
                await Sql.RowsAsync(db, $"SELECT ticket_type, occupancy FROM occupancy_by_ticket_type WHERE event_id = {id} AND occupancy > 0 ORDER BY ticket_type"));
            Assert.Equal(Enumerable.Range(0, 7).Select(i => $"t{i}").Where(ticket => venue.Admission.IsInside(new TicketId(ticket))),
                await Sql.RowsAsync(db, $"SELECT ticket_id FROM ticket_last_scan WHERE event_id = {id} AND is_inside ORDER BY ticket_id"));
        }, iter: 60, threads: 2);
    }

    [Fact]
    public async Task stays_add_up_to_the_occupancy_at_every_instant()
    {
        await GeneratedVenue.Happenings.SampleAsync(async happenings =>
        {
            var venue = GeneratedVenue.Run(happenings);
            var id = await AddVenueAsync(venue);
            await using var db = Db.Read();
            foreach (var moment in venue.Log.Select(MomentOf).SelectMany(at => new[] { at, new Instant(at.Microseconds - 1) }).Distinct().Take(40))
            {
                var at = $"'{InstantText.Of(moment)}'";
                Assert.Equal(
                    [venue.Admission.OccupancyAt(moment).ToString(null, null)],
                    await Sql.RowsAsync(db, $"SELECT COUNT(*) FROM stays WHERE event_id = {id} AND entered_at <= {at} AND (left_at IS NULL OR left_at > {at})"));
            }
        }, iter: 20, threads: 2);
    }

    [Fact]
    public async Task anomalies_are_those_that_the_ledger_finds()
    {
        await GeneratedVenue.Happenings.SampleAsync(async happenings =>
        {
            var venue = GeneratedVenue.Run(happenings);
            var id = await AddVenueAsync(venue);
            var scans = venue.Log.Select(entry => entry.Record).OfType<ScanRecord>().ToArray();
            var expected = venue.ToLedger().Anomalies(GeneratedVenue.Register).Anomalies.Select(found =>
            {
                var earlier = found.Earlier is { } scan ? $"{scans[scan.Position - 1].Seq}|{scan.Gate}|{InstantText.Of(scan.Timestamp)}" : "||";
                return $"{scans[found.Position - 1].Seq}|{found.Kind.Code()}|{found.TicketId}|{found.Gate}|{InstantText.Of(found.Timestamp)}|{earlier}";
            });
            await using var db = Db.Read();
            var rows = await Sql.RowsAsync(db, $"SELECT seq, kind, ticket_id, gate, scan_time, earlier_seq, earlier_gate, earlier_time FROM anomalies WHERE event_id = {id}");
            Assert.Equal(expected.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
        }, iter: 60, threads: 2);
    }

    [Fact]
    public async Task scans_are_what_counts()
    {
        await GeneratedVenue.Happenings.SampleAsync(async happenings =>
        {
            var venue = GeneratedVenue.Run(happenings);
            var id = await AddVenueAsync(venue);
            var takenBack = venue.Log.Select(entry => entry.Record).OfType<Annulment>().Select(annulment => annulment.Annulled).ToHashSet();
            var expected = venue.Log.Select(entry => entry.Record).OfType<ScanRecord>()
                .Where(scan => scan.Outcome != ScanOutcome.Rejected && !takenBack.Contains(scan.Seq))
                .Select(scan => $"{scan.Seq}|{scan.Scan.TicketId}|{scan.Scan.Gate}|{scan.Scan.Type.Code()}|{InstantText.Of(scan.CountedAt!.Value)}|{InstantText.Of(scan.Scan.Timestamp)}|{InstantText.Of(scan.ReceivedAt!.Value)}|{scan.TicketType}|{scan.Outcome.Code()}");
            await using var db = Db.Read();
            Assert.Equal(expected, await Sql.RowsAsync(db, $"SELECT seq, ticket_id, gate, scan_type, scan_time, device_time, received_at, ticket_type, outcome FROM scans WHERE event_id = {id} ORDER BY seq"));
        }, iter: 30, threads: 2);
    }

    [Fact]
    public async Task seconds_between_an_anomaly_and_the_earlier_scan_are_exact()
    {
        var venue = new Admission(GeneratedVenue.Rules, GeneratedVenue.Register);
        var id = await Db.AddEventAsync();
        var (first, second) = (new Instant(Instants.Noon.Microseconds + 999_999), new Instant(Instants.Noon.Microseconds + 2_000_001));
        foreach (var at in new[] { first, second })
        {
            var record = venue.Decide(new ReportedScan(new Scan(new TicketId("t0"), new GateName("g0"), ScanType.Entry, at), Instants.At(9))).ToRecord(venue.LastSeq + 1);
            venue.Apply(record);
            await Db.Log.AppendAsync(id, [new LogEntry(record)], Cancellation);
        }

        await using var db = Db.Read();
        var row = Assert.Single(await Sql.RowsAsync(db, $"SELECT seconds FROM anomalies WHERE event_id = {id} AND kind = 'duplicate_entry'"));
        Assert.Equal(1.000002m, decimal.Parse(row, null));
    }


    private async Task<long> AddVenueAsync(GeneratedVenue venue)
    {
        var id = await Db.AddEventAsync(row =>
        {
            row.Capacity = 3;
            row.Gates = [.. Enumerable.Range(0, 3).Select(i => new GateRow { Name = $"g{i}", Position = i })];
            row.TicketTypes = [new TicketTypeRow { Name = "VIP", Override = true }];
        });
        await Db.AddAsync([.. Enumerable.Range(0, 6).Select(i => new TicketRow { EventId = id, TicketId = $"t{i}", CreatedAt = Instants.Noon, UpdatedAt = Instants.Noon })]);
        await Db.Log.AppendAsync(id, venue.Log, Cancellation);
        return id;
    }

    private static IEnumerable<string> ByGate(OccupancyReport now) => Enumerable.Range(0, 3).Select(i => $"g{i}").Concat(now.Flow.Keys).Distinct().Order(StringComparer.Ordinal).Select(gate =>
    {
        var flow = now.Flow.TryGetValue(gate, out var found) ? found : default;
        return $"{gate}|{(now.ByGate.TryGetValue(gate, out var inside) ? inside : 0)}|{flow.Entries}|{flow.Exits}|{flow.Scans}";
    });

    private static Instant MomentOf(LogEntry entry) => entry.Record switch
    {
        ScanRecord { CountedAt: { } counted } => counted,
        DayClosing closing => closing.At,
        var record => record.ReceivedAt!.Value,
    };
}

public sealed class SqliteViewTests : ViewContract
{
    protected override ValueTask<DataOptions> OptionsAsync() => ValueTask.FromResult(new DataOptions { Folder = Folder });
}

public sealed class PostgresViewTests : ViewContract
{
    protected override async ValueTask<DataOptions> OptionsAsync() => new() { Folder = Folder, Connection = await (await SharedPostgres.GetAsync()).CreateDatabaseAsync() };
}
