using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Log;
using Microsoft.EntityFrameworkCore;

namespace Headcount.SystemTests.Data;

/// <summary>The log is searched along its indexes, and what is found is what was looked for, on every database.</summary>
public abstract class LogSearchContract : DatabaseContract
{
    protected abstract string Explain { get; }

    [Fact]
    public async Task every_search_goes_along_an_index()
    {
        var id = await FillAsync(20_000);
        await Db.WriteAsync((db, cancellation) => Sql.RunAsync(db, "ANALYZE scan_log", cancellation));
        await using var db = Db.Read();
        await db.Database.OpenConnectionAsync(Cancellation);
        var any = new LogCriteria { EventId = id };
        foreach (var (criteria, index) in new (LogCriteria, string)[]
        {
            (any, "PRIMARY KEY|scan_log_pkey"), (any with { Gate = "A" }, "PRIMARY KEY|scan_log_pkey"), (any with { DeviceId = "d", Type = ScanType.Exit }, "PRIMARY KEY|scan_log_pkey"), (any with { TicketType = "VIP" }, "PRIMARY KEY|scan_log_pkey"),
            (any with { IsLate = true }, "PRIMARY KEY|scan_log_pkey"), (any with { From = Instants.At(-50), Until = Instants.At(50) }, "PRIMARY KEY|scan_log_pkey"), (any with { Outcome = "recorded" }, "PRIMARY KEY|scan_log_pkey"),
            (any with { TicketId = "T000007" }, "ix_scan_log_ticket"), (any with { Outcome = "rejected" }, "ix_scan_log_rejected"), (any with { Reason = "revoked" }, "ix_scan_log_rejected"), (any with { IsByHand = true }, "ix_scan_log_by_hand"), (any with { IsTakenBack = true }, "ix_scan_log_annuls"),
        })
        {
            var (sql, values) = LogSearch.QueryOf(db, criteria, 18_001, 20_001, 50);
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = $"{Explain} {sql}";
            foreach (var (name, value) in values)
            {
                var parameter = command.CreateParameter();
                (parameter.ParameterName, parameter.Value) = (name, value);
                command.Parameters.Add(parameter);
            }

            var plan = new List<string>();
            await using (var reader = await command.ExecuteReaderAsync(Cancellation))
            {
                while (await reader.ReadAsync(Cancellation)) plan.Add(string.Join(' ', Enumerable.Range(0, reader.FieldCount).Select(column => reader.GetValue(column).ToString())));
            }

            var text = string.Join('\n', plan);
            Assert.True(index.Split('|').Any(name => text.Contains(name, StringComparison.Ordinal)), $"{criteria}\n{text}");
            Assert.DoesNotContain("Seq Scan", text, StringComparison.Ordinal);
            Assert.DoesNotMatch("SCAN s(?! USING)", text);
        }
    }

    [Fact]
    public async Task what_is_found_is_what_a_walk_through_the_log_finds()
    {
        var id = await FillAsync(3_000);
        var all = new List<(long Seq, string? Ticket, string? Gate, ScanType? Type)>();
        await foreach (var chunk in Db.Log.ReadAsync(id, 0, null, Cancellation))
            all.AddRange(chunk.Select(entry => entry.Record is ScanRecord scan ? (entry.Seq, scan.Scan.TicketId.Value, scan.Scan.Gate.Value, (ScanType?)scan.Scan.Type) : (entry.Seq, null, null, null)));
        await using var db = Db.Read();
        var any = new LogCriteria { EventId = id };
        var ticket = all[10].Ticket!;
        var gate = all[10].Gate!;
        Assert.Equal(all.Where(one => one.Ticket == ticket).Select(one => one.Seq).OrderDescending(), await PagesAsync(db, any with { TicketId = ticket }));
        Assert.Equal(all.Where(one => one.Gate == gate).Select(one => one.Seq).OrderDescending(), await PagesAsync(db, any with { Gate = gate }));
        Assert.Equal(all.Where(one => one.Type == ScanType.Exit).Select(one => one.Seq).OrderDescending(), await PagesAsync(db, any with { Type = ScanType.Exit }));
        Assert.Equal(all.Select(one => one.Seq).OrderDescending(), await PagesAsync(db, any));
        Assert.Empty(await PagesAsync(db, any with { TicketId = "nobody" }));
    }

    private static async Task<List<long>> PagesAsync(HeadcountDb db, LogCriteria criteria)
    {
        var found = new List<long>();
        while (true)
        {
            var page = await LogSearch.FindAsync(db, criteria, 97, Cancellation);
            found.AddRange(page.Records.Select(record => record.Entry.Seq));
            if (page.SearchedTo <= 1) return found;
            criteria = criteria with { BeforeSeq = page.SearchedTo };
        }
    }

    private async Task<long> FillAsync(int records)
    {
        var id = await Db.AddEventAsync();
        await Db.Log.AppendAsync(id, [.. Enumerable.Range(1, records).Select(i => GeneratedEntries.Plain(i))], Cancellation);
        return id;
    }
}

public sealed class SqliteLogSearchTests : LogSearchContract
{
    protected override string Explain => "EXPLAIN QUERY PLAN";

    protected override ValueTask<DataOptions> OptionsAsync() => ValueTask.FromResult(new DataOptions { Folder = Folder });
}

public sealed class PostgresLogSearchTests : LogSearchContract
{
    protected override string Explain => "EXPLAIN";

    protected override async ValueTask<DataOptions> OptionsAsync() => new() { Folder = Folder, Connection = await (await SharedPostgres.GetAsync()).CreateDatabaseAsync() };
}
