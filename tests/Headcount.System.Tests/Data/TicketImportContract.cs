using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Data.Tickets;
using Microsoft.EntityFrameworkCore;

namespace Headcount.SystemTests.Data;

/// <summary>Taking tickets in, and what the engine then loads, on every database.</summary>
public abstract class TicketImportContract : DatabaseContract
{
    private static readonly Ticket Full = new(new TicketId("T 1"))
    {
        TicketType = "VIP", UserId = "u1", Status = TicketStatus.Unpaid, ValidFrom = Instants.At(0), ValidUntil = Instants.At(60),
        Gates = [new GateName("A, \"north\""), new GateName("B\\{}")], SingleEntry = true,
    };

    [Fact]
    public async Task a_ticket_that_is_taken_in_is_loaded_as_it_was_given()
    {
        var id = await Db.AddEventAsync();
        var imported = await ImportAsync(id, new TicketChange(Full, TicketFields.All));
        Assert.Equal(Words(Full), Words(Assert.Single(imported.Tickets)));
        Assert.Equal("VIP", Assert.Single(imported.NewTypes));
        Assert.Equal(Words(Full), Words(Assert.Single(await LoadAsync(id))));
        Assert.False((await Db.Source.LoadSettingsAsync(id, Cancellation))!.Rules.TicketTypes["VIP"].Override);
        await using var db = Db.Read();
        Assert.Null((await db.Users.SingleAsync(user => user.UserId == "u1", Cancellation)).Email);
    }

    [Theory]
    [InlineData("valid", TicketStatus.Valid)]
    [InlineData("Unpaid", TicketStatus.Unpaid)]
    [InlineData("revoked", TicketStatus.Revoked)]
    [InlineData("cancelled", TicketStatus.Revoked)]
    [InlineData("", TicketStatus.Revoked)]
    public async Task a_status_in_another_programs_words_opens_no_gate_and_keeps_none_shut(string word, TicketStatus status)
    {
        var id = await Db.AddEventAsync();
        await ImportAsync(id, new TicketChange(Full, TicketFields.All), new TicketChange(new Ticket(new TicketId("T 2")), TicketFields.All));
        await Db.WriteAsync((db, cancellation) => Sql.RunAsync(db, $"UPDATE tickets SET status = '{word}' WHERE ticket_id = 'T 1'", cancellation));
        Assert.Equal([status, TicketStatus.Valid], (await LoadAsync(id)).OrderBy(ticket => ticket.TicketId.Value, StringComparer.Ordinal).Select(ticket => ticket.Status));
        await using var db = Db.Read();
        Assert.Equal(status, (await db.Tickets.SingleAsync(ticket => ticket.TicketId == "T 1", Cancellation)).Status);
    }

    [Fact]
    public async Task fields_that_are_not_given_stay_as_they_are()
    {
        var id = await Db.AddEventAsync();
        await ImportAsync(id, new TicketChange(Full, TicketFields.All));
        var bare = new Ticket(Full.TicketId) { Status = TicketStatus.Revoked };
        var imported = await ImportAsync(id, new TicketChange(bare, TicketFields.Status));
        Assert.Equal(Words(Full with { Status = TicketStatus.Revoked }), Words(Assert.Single(imported.Tickets)));
        Assert.Empty(imported.NewTypes);

        foreach (var (field, changed) in new[]
        {
            (TicketFields.TicketType, Full with { TicketType = "DAY" }), (TicketFields.UserId, Full with { UserId = null }), (TicketFields.Status, Full with { Status = TicketStatus.Valid }),
            (TicketFields.ValidFrom, Full with { ValidFrom = null }), (TicketFields.ValidUntil, Full with { ValidUntil = Instants.At(7) }), (TicketFields.Gates, Full with { Gates = [] }),
            (TicketFields.SingleEntry, Full with { SingleEntry = false }),
        })
        {
            await ImportAsync(id, new TicketChange(Full, TicketFields.All));
            var other = new Ticket(Full.TicketId)
            {
                TicketType = changed.TicketType == Full.TicketType ? "ignored" : changed.TicketType, UserId = changed.UserId, Status = changed.Status,
                ValidFrom = changed.ValidFrom, ValidUntil = changed.ValidUntil, Gates = changed.Gates, SingleEntry = changed.SingleEntry,
            };
            await ImportAsync(id, new TicketChange(other, field));
            Assert.Equal(Words(changed), Words(Assert.Single(await LoadAsync(id))));
        }
    }

    [Fact]
    public async Task of_a_ticket_that_is_given_twice_what_is_given_later_holds()
    {
        var id = await Db.AddEventAsync();
        var imported = await ImportAsync(id,
            new TicketChange(Full, TicketFields.All),
            new TicketChange(new Ticket(Full.TicketId) { TicketType = "DAY" }, TicketFields.TicketType),
            new TicketChange(new Ticket(new TicketId("T2")), TicketFields.None));
        Assert.Equal([Words(Full with { TicketType = "DAY" }), Words(new Ticket(new TicketId("T2")))], imported.Tickets.OrderBy(ticket => ticket.TicketId.Value).Select(Words));
    }

    [Fact]
    public async Task types_and_people_that_are_known_stay_as_they_are()
    {
        var id = await Db.AddEventAsync(row => row.TicketTypes = [new TicketTypeRow { Name = "VIP", Override = true }]);
        await Db.AddAsync(new User { UserId = "u1", Name = "Ada", CreatedAt = Instants.Noon });
        var imported = await ImportAsync(id, new TicketChange(Full, TicketFields.All));
        Assert.Empty(imported.NewTypes);
        Assert.True((await Db.Source.LoadSettingsAsync(id, Cancellation))!.Rules.TicketTypes["VIP"].Override);
        await using var db = Db.Read();
        Assert.Equal("Ada", (await db.Users.SingleAsync(Cancellation)).Name);
    }

    [Fact]
    public async Task tickets_of_two_events_are_two_tickets()
    {
        var (one, other) = (await Db.AddEventAsync(), await Db.AddEventAsync());
        await ImportAsync(one, new TicketChange(Full, TicketFields.All));
        await ImportAsync(other, new TicketChange(new Ticket(Full.TicketId), TicketFields.All));
        Assert.Equal("VIP", Assert.Single(await LoadAsync(one)).TicketType);
        Assert.Null(Assert.Single(await LoadAsync(other)).TicketType);
    }

    [Fact]
    public async Task imports_that_meet_lose_nothing()
    {
        var id = await Db.AddEventAsync();
        var ids = Enumerable.Range(0, 500).Select(i => new TicketId($"T{i}")).ToArray();
        await Task.WhenAll(
            ImportAsync(id, [.. ids.Select(ticket => new TicketChange(new Ticket(ticket) { TicketType = "VIP" }, TicketFields.TicketType))]),
            ImportAsync(id, [.. ids.Reverse().Select(ticket => new TicketChange(new Ticket(ticket) { SingleEntry = true }, TicketFields.SingleEntry))]),
            ImportAsync(id, [.. ids.Select(ticket => new TicketChange(new Ticket(ticket) { UserId = ticket.Value }, TicketFields.UserId))]));
        var loaded = await LoadAsync(id);
        Assert.Equal(500, loaded.Count);
        Assert.All(loaded, ticket => Assert.Equal(("VIP", true, ticket.TicketId.Value), (ticket.TicketType, ticket.SingleEntry, ticket.UserId)));
    }

    [Fact]
    public async Task ten_thousand_tickets_are_loaded_whole()
    {
        var id = await Db.AddEventAsync();
        var tickets = Enumerable.Range(0, 10_000).Select(i => new Ticket(new TicketId($"T{i:00000}")) { TicketType = i % 2 == 0 ? "VIP" : "DAY" }).ToArray();
        foreach (var chunk in tickets.Chunk(TicketImport.ChunkSize)) await ImportAsync(id, [.. chunk.Select(ticket => new TicketChange(ticket, TicketFields.All))]);
        Assert.Equal(tickets.Select(Words), (await LoadAsync(id)).OrderBy(ticket => ticket.TicketId.Value, StringComparer.Ordinal).Select(Words));
    }

    private Task<ImportedTickets> ImportAsync(long eventId, params TicketChange[] changes) =>
        Db.WriteAsync((db, cancellation) => TicketImport.UpsertAsync(db, eventId, changes, Instants.Noon, cancellation));

    private async Task<List<Ticket>> LoadAsync(long eventId)
    {
        var loaded = new List<Ticket>();
        await foreach (var ticket in Db.Source.LoadTicketsAsync(eventId, Cancellation)) loaded.Add(ticket);
        return loaded;
    }

    private static string Words(Ticket ticket) =>
        $"{ticket.TicketId}|{ticket.TicketType}|{ticket.UserId}|{ticket.Status}|{ticket.ValidFrom}|{ticket.ValidUntil}|{string.Join('/', ticket.Gates)}|{ticket.SingleEntry}";
}

public sealed class SqliteTicketImportTests : TicketImportContract
{
    protected override ValueTask<DataOptions> OptionsAsync() => ValueTask.FromResult(new DataOptions { Folder = Folder });
}

public sealed class PostgresTicketImportTests : TicketImportContract
{
    protected override async ValueTask<DataOptions> OptionsAsync() => new() { Folder = Folder, Connection = await (await SharedPostgres.GetAsync()).CreateDatabaseAsync() };
}
