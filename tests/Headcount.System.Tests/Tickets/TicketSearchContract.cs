using System.Text.RegularExpressions;
using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Log;
using Headcount.Data.Model;
using Headcount.Data.Sqlite;
using Headcount.Data.Tickets;
using Headcount.SystemTests.Data;
using Microsoft.EntityFrameworkCore;

namespace Headcount.SystemTests.Tickets;

/// <summary>Tickets are found by what people type, in every order, and always along an index.</summary>
public abstract partial class TicketSearchContract : DatabaseContract
{
    private static readonly TicketOrder[] Orders = Enum.GetValues<TicketOrder>();

    [Theory]
    [InlineData("anna", "T1")]
    [InlineData("ANNA", "T1")]
    [InlineData("mü", "T1")]
    [InlineData("muller", "T1")]
    [InlineData("müller anna", "T1")]
    [InlineData("MÜLLER", "T1")]
    [InlineData("strobl", "T2")]
    [InlineData("0007", "T2 X-0007")]
    [InlineData("x-00", "X-0007")]
    [InlineData("x-0007", "X-0007")]
    [InlineData("kim@example.org", "X-0007")]
    [InlineData("kim@", "X-0007")]
    [InlineData("иван", "T3")]
    [InlineData("ИВАН", "T3")]
    [InlineData("o'neill", "T4")]
    [InlineData("neill", "T4")]
    [InlineData("anna strobl", "")]
    [InlineData("nobody", "")]
    [InlineData("%", "")]
    [InlineData("'; DROP TABLE tickets; --", "")]
    public async Task a_ticket_is_found_by_the_beginning_of_any_of_its_words(string search, string expected)
    {
        var id = await AddPeopleAsync();
        await using var db = Db.Read();
        var found = await TicketSearch.FindAsync(db, new TicketCriteria { EventId = id, Search = search }, TicketOrder.Id, false, null, 50, Cancellation);
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), found.Select(ticket => ticket.TicketId));
        Assert.Equal(found.Count, await TicketSearch.CountAsync(db, new TicketCriteria { EventId = id, Search = search }, Cancellation));
    }

    [Fact]
    public async Task the_words_follow_whoever_writes_the_tables()
    {
        var id = await AddPeopleAsync();
        await Db.WriteAsync((db, ct) => Sql.RunAsync(db, "UPDATE users SET name = 'Berta Groß' WHERE user_id = 'u1'", ct));
        Assert.Equal(["T1"], await FindAsync(id, "gros"));
        Assert.Empty(await FindAsync(id, "anna"));
        await Db.WriteAsync((db, ct) => Sql.RunAsync(db, $"UPDATE tickets SET user_id = 'u1' WHERE event_id = {id} AND ticket_id = 'T4'", ct));
        Assert.Equal(["T1", "T4"], await FindAsync(id, "berta"));
        await Db.WriteAsync((db, ct) => Sql.RunAsync(db, $"UPDATE tickets SET user_id = NULL WHERE event_id = {id} AND ticket_id = 'T1'", ct));
        await Db.WriteAsync((db, ct) => Sql.RunAsync(db, $"DELETE FROM tickets WHERE event_id = {id} AND ticket_id = 'T4'", ct));
        Assert.Empty(await FindAsync(id, "berta"));
        Assert.Equal(["T1"], await FindAsync(id, "t1"));
    }

    [Fact]
    public async Task a_ticket_is_found_among_more_than_a_search_shows()
    {
        var id = await Db.AddEventAsync();
        await Db.AddAsync(new User { UserId = "u", Name = "Musica Anna", CreatedAt = Instants.Noon });
        foreach (var chunk in Enumerable.Range(0, TicketSearch.MostFound + 500).Chunk(TicketImport.ChunkSize))
        {
            await Db.WriteAsync((db, ct) => TicketImport.UpsertAsync(db, id, [.. chunk.Select(i => new TicketChange(new Ticket(new TicketId($"MUSICFEST-{i:00000}"))
            {
                UserId = i == TicketSearch.MostFound + 400 ? "u" : null, Status = i == TicketSearch.MostFound + 300 ? TicketStatus.Revoked : TicketStatus.Valid,
            }, TicketFields.All))], Instants.Noon, ct));
        }

        await Db.WriteAsync((db, ct) => TicketImport.UpsertAsync(db, id, [new TicketChange(new Ticket(new TicketId("MUSICFEST@1")), TicketFields.All)], Instants.Noon, ct));
        var last = $"MUSICFEST-{TicketSearch.MostFound + 499:00000}";
        Assert.Equal([last], await FindAsync(id, last));
        Assert.Equal([last], await FindAsync(id, last.ToLowerInvariant()));
        Assert.Equal(["MUSICFEST@1"], await FindAsync(id, " MUSICFEST@1 "));
        Assert.Equal([$"MUSICFEST-{TicketSearch.MostFound + 400:00000}"], await FindAsync(id, "musicfest anna"));
        await using var db = Db.Read();
        foreach (var search in new[] { "musicfest", "m" })
        {
            var revoked = await TicketSearch.FindAsync(db, new TicketCriteria { EventId = id, Search = search, Status = TicketStatus.Revoked }, TicketOrder.Id, false, null, 50, Cancellation);
            Assert.Equal([$"MUSICFEST-{TicketSearch.MostFound + 300:00000}"], revoked.Select(ticket => ticket.TicketId));
            Assert.Equal(TicketSearch.MostFound, await TicketSearch.CountAsync(db, new TicketCriteria { EventId = id, Search = search }, Cancellation));
        }
    }

    [Fact]
    public async Task letters_are_made_small_by_the_database_as_by_the_search()
    {
        const string name = "ÄÖÜ äöüß ÉÈÁÀÅØÑÇÓÍ éèáàåøñçóí ABC Ñandú";
        var id = await Db.AddEventAsync();
        await Db.AddAsync(new User { UserId = "u", Name = name, CreatedAt = Instants.Noon }, new TicketRow { EventId = id, TicketId = "T", UserId = "u" });
        await using var db = Db.Read();
        var words = await Sql.RowsAsync(db, $"SELECT word FROM ticket_words WHERE event_id = {id}");
        Assert.Equal(SearchText.Words(name + " T").Append(" " + SearchText.Fold(name)).Order(StringComparer.Ordinal), words.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task every_order_is_walked_page_by_page_without_a_gap_in_both_directions()
    {
        var id = await AddManyAsync(1, 137);
        foreach (var order in Orders)
        {
            foreach (var isDescending in new[] { false, true })
            {
                foreach (var search in new[] { null, "person" })
                {
                    var walked = await WalkAsync(new TicketCriteria { EventId = id, Search = search }, order, isDescending, 10);
                    Assert.Equal(137, walked.Select(ticket => ticket.TicketId).Distinct().Count());
                    Assert.Equal(137, walked.Count);
                    var keys = walked.Select(ticket => (order switch { TicketOrder.Name => ticket.Name, TicketOrder.Type => ticket.TicketType, TicketOrder.Status => TicketColumns.Word(ticket.Status), TicketOrder.Changed => $"{ticket.UpdatedAt.Microseconds:00000000000000000}", _ => "" } ?? "", ticket.TicketId)).ToList();
                    var sorted = keys.OrderBy(key => key.Item1, StringComparer.Ordinal).ThenBy(key => key.TicketId, StringComparer.Ordinal).ToList();
                    if (isDescending) sorted.Reverse();
                    Assert.Equal(sorted, keys);
                }
            }
        }
    }

    [Fact]
    public async Task filters_narrow_lists_and_counts_alike()
    {
        var id = await AddManyAsync(1, 120);
        await Db.WriteAsync((db, ct) => Sql.RunAsync(db, $"UPDATE tickets SET status = 'cancelled' WHERE event_id = {id} AND ticket_id = 'T00000'", ct));
        await using var db = Db.Read();
        foreach (var (criteria, expected) in new (TicketCriteria, int)[]
        {
            (new TicketCriteria { EventId = id }, 120), (new TicketCriteria { EventId = id, Types = ["VIP"] }, 12), (new TicketCriteria { EventId = id, Types = ["VIP", "DAY"] }, 60), (new TicketCriteria { EventId = id, Types = [] }, 0),
            (new TicketCriteria { EventId = id, Types = [""] }, 60), (new TicketCriteria { EventId = id, Status = TicketStatus.Unpaid }, 17), (new TicketCriteria { EventId = id, Status = TicketStatus.Revoked }, 18),
            (new TicketCriteria { EventId = id, Status = TicketStatus.Valid }, 85), (new TicketCriteria { EventId = id, Status = TicketStatus.Valid, Types = ["VIP"], Search = "person" }, 7), (new TicketCriteria { EventId = id + 1_000 }, 0),
        })
        {
            Assert.Equal((criteria, expected), (criteria, (int)await TicketSearch.CountAsync(db, criteria, Cancellation)));
            foreach (var order in Orders) Assert.Equal((criteria, order, expected), (criteria, order, (await TicketSearch.FindAsync(db, criteria, order, false, null, 500, Cancellation)).Count));
        }
    }

    [Fact]
    public async Task every_list_goes_along_an_index()
    {
        var id = await AddManyAsync(6, 1_500);
        await Db.Log.AppendAsync(id, [.. Enumerable.Range(1, 5_000).Select(i => GeneratedEntries.Plain(i))], Cancellation);

        // SQLite has no statistics where nobody made some, and goes by what a person would guess.
        if (Options.Connection is null) await AllGoAlongAnIndexAsync(id);
        await Db.WriteAsync((db, ct) => Sql.RunAsync(db, "ANALYZE", ct));
        await AllGoAlongAnIndexAsync(id);
    }

    /// <summary>The plan of a query, a step a line.</summary>
    protected abstract string Explain { get; }

    /// <summary>A step that goes through a whole table.</summary>
    protected abstract Regex WholeTable { get; }

    private async Task AllGoAlongAnIndexAsync(long id)
    {
        await using var db = Db.Read();
        await db.Database.OpenConnectionAsync(Cancellation);
        var place = new TicketPlace("m", "T00700");
        foreach (var search in new[] { null, "person0007", "person0007 t0", "örs" })
        {
            foreach (var types in new[] { null, new[] { "VIP" }, ["VIP", "DAY"] })
            {
                foreach (var status in new TicketStatus?[] { null, TicketStatus.Valid, TicketStatus.Revoked })
                {
                    var criteria = new TicketCriteria { EventId = id, Search = search, Types = types, Status = status };
                    var statuses = await TicketSearch.StatusesAsync(db, criteria, Cancellation);
                    var words = await TicketSearch.WordsAsync(db, criteria, Cancellation);
                    if (words.Count > 1) await GoesAlongAnIndexAsync(db, TicketSearch.RarityQuery(id, words));
                    await GoesAlongAnIndexAsync(db, TicketSearch.CountQuery(criteria, words, statuses));
                    foreach (var order in Orders)
                    {
                        foreach (var after in new TicketPlace?[] { null, order == TicketOrder.Changed ? place with { Key = "1759233600000000" } : place })
                            await GoesAlongAnIndexAsync(db, TicketSearch.PageQuery(db, criteria, words, statuses, order, isDescending: order == TicketOrder.Name, after, 51, withHolder: true));
                    }
                }
            }
        }

        await GoesAlongAnIndexAsync(db, TicketStays.Query(id, "T00700"));
    }

    private async Task GoesAlongAnIndexAsync(HeadcountDb db, TicketQuery query)
    {
        await using var command = query.ToCommand(db, Explain);
        await using var rows = await command.ExecuteReaderAsync(Cancellation);
        var plan = new List<string>();
        while (await rows.ReadAsync(Cancellation)) plan.Add(rows.GetValue(rows.FieldCount - 1).ToString()!);
        Assert.False(plan.Exists(WholeTable.IsMatch), $"{query.Sql}\n{string.Join('\n', plan)}");
    }

    private async Task<List<ListedTicket>> WalkAsync(TicketCriteria criteria, TicketOrder order, bool isDescending, int most)
    {
        await using var db = Db.Read();
        var all = new List<ListedTicket>();
        while (true)
        {
            var page = await TicketSearch.FindAsync(db, criteria, order, isDescending, all.Count == 0 ? null : all[^1].Place, most, Cancellation);
            all.AddRange(page);
            if (page.Count < most) return all;
        }
    }

    private async Task<string[]> FindAsync(long eventId, string search)
    {
        await using var db = Db.Read();
        return [.. (await TicketSearch.FindAsync(db, new TicketCriteria { EventId = eventId, Search = search }, TicketOrder.Id, false, null, 50, Cancellation)).Select(ticket => ticket.TicketId)];
    }

    private async Task<long> AddPeopleAsync()
    {
        var id = await Db.AddEventAsync();
        var other = await Db.AddEventAsync();
        await Db.AddAsync(
            new User { UserId = "u1", Name = "Anna-Lena MÜLLER", CreatedAt = Instants.Noon }, new User { UserId = "u2", Name = "Strobl 0007", CreatedAt = Instants.Noon }, new User { UserId = "u3", Name = "Иван", CreatedAt = Instants.Noon },
            new User { UserId = "u4", Name = "Pat O'Neill (\"Boss\")\t\u0001", CreatedAt = Instants.Noon }, new User { UserId = "u5", Name = "Kim", Email = "kim@example.org", CreatedAt = Instants.Noon },
            new TicketRow { EventId = id, TicketId = "T1", UserId = "u1" }, new TicketRow { EventId = id, TicketId = "T2", UserId = "u2" }, new TicketRow { EventId = id, TicketId = "T3", UserId = "u3" },
            new TicketRow { EventId = id, TicketId = "T4", UserId = "u4" }, new TicketRow { EventId = id, TicketId = "X-0007", UserId = "u5" }, new TicketRow { EventId = id, TicketId = "T6" }, new TicketRow { EventId = other, TicketId = "T9", UserId = "u1" });
        return id;
    }

    // Several events of the same tickets; of every ten one is VIP and four DAY, of every seven one is unpaid and one revoked.
    private async Task<long> AddManyAsync(int events, int tickets)
    {
        var id = 0L;
        for (var e = 0; e < events; e++)
        {
            id = await Db.AddEventAsync();
            foreach (var chunk in Enumerable.Range(0, tickets).Chunk(TicketImport.ChunkSize))
            {
                await Db.WriteAsync(async (db, ct) =>
                {
                    var assigned = await Holders.AssignAsync(db, id, [.. chunk.Select(i => new GivenHolder($"T{i:00000}", null, $"person{(i * 7_919) % 10_000:0000} x", null))], Instants.Noon, ct);
                    foreach (var minute in chunk.GroupBy(i => i % 3))
                        await TicketImport.UpsertAsync(db, id, [.. minute.Select(i => new TicketChange(new Ticket(new TicketId($"T{i:00000}"))
                        {
                            TicketType = i % 10 == 0 ? "VIP" : i % 10 < 5 ? "DAY" : null, Status = (i % 7) switch { 3 => TicketStatus.Unpaid, 5 => TicketStatus.Revoked, _ => TicketStatus.Valid }, UserId = assigned.UserIds[$"T{i:00000}"],
                        }, TicketFields.All))], Instants.At(minute.Key), ct);
                    return true;
                });
            }
        }

        return id;
    }
}

public sealed partial class SqliteTicketSearchTests : TicketSearchContract
{
    protected override string Explain => "EXPLAIN QUERY PLAN ";

    protected override Regex WholeTable => Scan();

    protected override ValueTask<DataOptions> OptionsAsync() => ValueTask.FromResult(new DataOptions { Folder = Folder });

    // What was found is walked through; tables are searched.
    [GeneratedRegex(@"^SCAN (?!f\b|hits\b|m\b|o\b|CONSTANT|\(|\d)")]
    private static partial Regex Scan();
}

public sealed partial class PostgresTicketSearchTests : TicketSearchContract
{
    protected override string Explain => "EXPLAIN ";

    protected override Regex WholeTable => Scan();

    protected override async ValueTask<DataOptions> OptionsAsync() => new() { Folder = Folder, Connection = await (await SharedPostgres.GetAsync()).CreateDatabaseAsync() };

    [GeneratedRegex(@"Seq Scan on (tickets|ticket_words|scan_log)")]
    private static partial Regex Scan();
}
