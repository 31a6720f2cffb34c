using System.Text.RegularExpressions;
using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Tickets;
using Headcount.Engine;
using Headcount.Streams;
using Headcount.SystemTests.Repository;

namespace Headcount.SystemTests.Data;

/// <summary>The queries of the page on the database, with the rows that it shows, on the classic day.</summary>
public abstract partial class DocumentedQueryContract : DatabaseContract
{
    private const string Page = "docs/reference/database.md";

    [Fact]
    public async Task the_queries_of_the_page_give_the_rows_that_it_shows()
    {
        await AddClassicDayAsync();
        await using var db = Db.Read();
        var queries = Query().Matches(Checkout.Read(Page).ReplaceLineEndings("\n"));
        Assert.True(queries.Count >= 7, $"{Page} shows {queries.Count} queries with their rows.");
        foreach (Match query in queries)
        {
            var rows = await Sql.RowsAsync(db, query.Groups["sql"].Value);
            Assert.Equal(query.Groups["rows"].Value, string.Concat(rows.Select(row => row.Replace("|", " | ", StringComparison.Ordinal) + "\n")));
        }
    }

    private async Task AddClassicDayAsync()
    {
        var id = await Db.AddEventAsync(row => row.Slug = "classic");
        var register = (await RegisterReader.ReadAsync(Checkout.FullPath("samples/classic-tickets.json"), new ReadOptions(), Cancellation)).Register;
        await Db.WriteAsync((db, cancellation) => TicketImport.UpsertAsync(db, id, [.. register.Select(ticket => new TicketChange(ticket, TicketFields.All))], Instants.Noon, cancellation));
        var admission = new Admission(new AdmissionRules { Capacity = 100 }, register);
        var entries = new List<LogEntry>();
        await foreach (var scan in new ScanReader().ReadScansAsync([Checkout.FullPath("samples/classic-day.ndjson")], Cancellation))
        {
            var record = admission.Decide(new ReportedScan(scan, Instants.At(24 * 60))).ToRecord(admission.LastSeq + 1);
            admission.Apply(record);
            entries.Add(new LogEntry(record) { Occupancy = admission.Actual, Capacity = 100 });
        }

        await Db.Log.AppendAsync(id, entries, Cancellation);
    }

    [GeneratedRegex(@"^```sql\n(?<sql>.*?)^```\n\n```text\n(?<rows>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Query();
}

public sealed class SqliteDocumentedQueryTests : DocumentedQueryContract
{
    protected override ValueTask<DataOptions> OptionsAsync() => ValueTask.FromResult(new DataOptions { Folder = Folder });
}

public sealed class PostgresDocumentedQueryTests : DocumentedQueryContract
{
    protected override async ValueTask<DataOptions> OptionsAsync() => new() { Folder = Folder, Connection = await (await SharedPostgres.GetAsync()).CreateDatabaseAsync() };
}
