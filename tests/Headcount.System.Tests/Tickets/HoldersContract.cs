using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Audit;
using Headcount.Data.Model;
using Headcount.Data.Tickets;
using Headcount.SystemTests.Data;
using Microsoft.EntityFrameworkCore;

namespace Headcount.SystemTests.Tickets;

/// <summary>Whose tickets are, as lists say; and whom a list must leave alone.</summary>
public abstract class HoldersContract : DatabaseContract
{
    [Fact]
    public async Task a_list_that_is_taken_in_twice_makes_nobody_twice()
    {
        var id = await Db.AddEventAsync();
        GivenHolder[] list = [new("T1", null, "Ada", "ada@example.org"), new("T2", null, "Bob", null), new("T3", "shop-7", "Cy", null)];
        var first = await AssignAsync(id, list);
        var second = await AssignAsync(id, list);
        Assert.Equal(first, second);
        Assert.Equal("shop-7", first["T3"]);
        Assert.Equal([("Ada", "ada@example.org"), ("Bob", null), ("Cy", null)], (await UsersAsync()).Select(user => (user.Name, user.Email)).OrderBy(one => one.Name));
    }

    [Fact]
    public async Task the_same_address_and_name_are_one_person_and_another_name_is_another()
    {
        var id = await Db.AddEventAsync();
        var assigned = await AssignAsync(id, new("T1", null, "Ada", "ada@example.org"), new("T2", null, "Ada", "ada@example.org"), new("T3", null, "Tom", "ada@example.org"));
        Assert.Equal(assigned["T1"], assigned["T2"]);
        Assert.NotEqual(assigned["T1"], assigned["T3"]);
        Assert.Equal(["ada@example.org", null], (await UsersAsync()).OrderBy(user => user.Name).Select(user => user.Email));
    }

    [Fact]
    public async Task who_has_one_ticket_is_renamed_and_who_has_several_is_not()
    {
        var id = await Db.AddEventAsync();
        await AssignAsync(id, new("T1", null, "Ada", "ada@example.org"), new("T2", null, "Ada", "ada@example.org"), new("T3", null, "Bob", null));
        var again = await AssignAsync(id, new("T2", null, "Eve", null), new("T3", null, "Bobby", null));
        var users = (await UsersAsync()).ToDictionary(user => user.UserId, user => user.Name);
        Assert.Equal(("Eve", "Bobby"), (users[again["T2"]], users[again["T3"]]));
        Assert.Equal(["Ada", "Bobby", "Eve"], users.Values.Order());
    }

    [Fact]
    public async Task accounts_and_other_organisations_people_are_left_alone()
    {
        await Db.AddAsync(new Organisation { OrganisationId = 2, Name = "Other", CreatedAt = Instants.Noon });
        var (own, other) = (await Db.AddEventAsync(), await Db.AddEventAsync(row => row.OrganisationId = 2));
        await Db.AddAsync(
            new User { UserId = "staff", Name = "Owner", Email = "owner@example.org", Role = AccountRole.Owner, CreatedAt = Instants.Noon }, new User { UserId = "theirs", Name = "Guest", Email = "guest@example.org", CreatedAt = Instants.Noon },
            new TicketRow { EventId = other, TicketId = "X1", UserId = "theirs" });
        var assigned = await Db.WriteAsync((db, ct) => Holders.AssignAsync(db, own,
            [new("T1", null, "Mallory", "owner@example.org"), new("T2", null, "Mallory", "guest@example.org"), new("T3", "staff", "Mallory", null), new("T4", "theirs", "Mallory", "new@example.org")], Instants.Noon, ct));
        var users = (await UsersAsync()).ToDictionary(user => user.UserId);
        Assert.Equal(("Owner", "owner@example.org", "Guest", "guest@example.org"), (users["staff"].Name, users["staff"].Email, users["theirs"].Name, users["theirs"].Email));
        Assert.Equal(2, assigned.EmailsLeftOut);
        Assert.Equal(2, assigned.UserIdsLeftOut);
        Assert.All(assigned.UserIds.Values, user => Assert.DoesNotContain(user, ["staff", "theirs"], StringComparer.Ordinal));
    }

    [Fact]
    public async Task a_number_is_taken_where_the_organisation_knows_its_person_or_nobody_has_it()
    {
        await Db.AddAsync(new Organisation { OrganisationId = 2, Name = "Other", CreatedAt = Instants.Noon });
        var (own, other) = (await Db.AddEventAsync(), await Db.AddEventAsync(row => row.OrganisationId = 2));
        await Db.AddAsync(
            new User { UserId = "guest", Name = "Guest", CreatedAt = Instants.Noon }, new User { UserId = "member", Name = "Member", CreatedAt = Instants.Noon }, new User { UserId = "bare", CreatedAt = Instants.Noon },
            new User { UserId = "left", Name = "Left behind", CreatedAt = Instants.Noon }, new User { UserId = "elsewhere", CreatedAt = Instants.Noon }, new User { UserId = "theirs", Name = "Their member", CreatedAt = Instants.Noon });
        await Db.AddAsync(
            new TicketRow { EventId = own, TicketId = "G1", UserId = "guest" }, new TicketRow { EventId = other, TicketId = "E1", UserId = "elsewhere" },
            new Member { OrganisationId = 1, UserId = "member", Role = AccountRole.Viewer }, new Member { OrganisationId = 2, UserId = "theirs", Role = AccountRole.Viewer });
        await using var db = Db.Read();
        Assert.Equal(["elsewhere", "left", "theirs"], (await Holders.StrangersAsync(db, own, ["guest", "member", "bare", "left", "elsewhere", "theirs", "new"], Cancellation)).Order());
    }

    [Fact]
    public async Task a_list_renames_nobody_who_signs_in_with_a_passkey_alone()
    {
        var id = await Db.AddEventAsync();
        await Db.AddAsync(new User { UserId = "key", Name = "Kay", Email = "Kay@example.org", CreatedAt = Instants.Noon });
        await Db.AddAsync(new Passkey { CredentialId = [1], UserId = "key", PublicKey = [1], AttestationObject = [], ClientDataJson = [] }, new TicketRow { EventId = id, TicketId = "T1", UserId = "key" });
        var assigned = await AssignAsync(id, new GivenHolder("T1", "key", "Mallory", "mallory@example.org"));
        Assert.Equal("key", assigned["T1"]);
        Assert.Equal([("Kay", "Kay@example.org")], (await UsersAsync()).Select(user => (user.Name, user.Email)));
    }

    [Fact]
    public async Task an_address_in_other_letters_is_the_same_address()
    {
        var id = await Db.AddEventAsync();
        await Db.AddAsync(new User { UserId = "ada", Name = "Ada", Email = "Ada@Example.org", CreatedAt = Instants.Noon });
        await Db.AddAsync(new TicketRow { EventId = id, TicketId = "T1", UserId = "ada" }, new TicketRow { EventId = id, TicketId = "T2", UserId = "ada" });
        Assert.Equal("ada", (await AssignAsync(id, new GivenHolder("T1", null, "Ada", "ada@example.org")))["T1"]);
        Assert.Single(await UsersAsync());
    }

    [Fact]
    public async Task a_change_of_many_is_written_down_ticket_by_ticket()
    {
        var id = await Db.AddEventAsync();
        await Db.AddAsync(Enumerable.Range(0, 4).Select(i => (object)new TicketRow { EventId = id, TicketId = $"T{i}", TicketType = "DAY", Status = i == 3 ? TicketStatus.Unpaid : TicketStatus.Valid }).ToArray());
        var change = new BulkChange(TicketStatus.Revoked, "VIP");
        var done = await WriteAsync((db, ct) => TicketBulk.ApplyAsync(db, id, ["T0", "T1", "T3"], change, Instants.Noon, ct));
        await WriteAsync((db, ct) => TicketBulk.TakeBackAsync(db, id, done.Before, change, Instants.Noon, ct));
        await using var db = Db.Read();
        var told = await db.Audit.Where(row => row.EventId == id && row.Action == "changed" && row.Subject == "ticket").OrderBy(row => row.AuditId).ToListAsync(Cancellation);
        Assert.Equal(["T0", "T1", "T3", "T0", "T1", "T3"], told.Select(row => row.SubjectId));
        Assert.Equal([new FieldChange("status", "valid", "revoked"), new FieldChange("ticket_type", "DAY", "VIP")], FieldChange.Read(told[1].Changes));
        Assert.Equal([new FieldChange("status", "revoked", "unpaid"), new FieldChange("ticket_type", "VIP", "DAY")], FieldChange.Read(told[5].Changes));

        Task<BulkResult> WriteAsync(Func<HeadcountDb, CancellationToken, Task<BulkResult>> write) => Db.WriteAsync((db, ct) =>
        {
            db.Actor = new Actor("o", "organiser@example.org", "office", TimeProvider.System);
            return write(db, ct);
        });
    }

    [Fact]
    public async Task many_are_changed_and_taken_back_where_nobody_else_changed_them()
    {
        var id = await Db.AddEventAsync();
        await Db.AddAsync(Enumerable.Range(0, 5).Select(i => (object)new TicketRow { EventId = id, TicketId = $"T{i}", Status = i == 1 ? TicketStatus.Revoked : i == 2 ? TicketStatus.Unpaid : TicketStatus.Valid, ReplacedBy = i == 1 ? "T0" : null }).ToArray());
        var change = new BulkChange(TicketStatus.Revoked, null);
        var revoked = await Db.WriteAsync((db, ct) => TicketBulk.ApplyAsync(db, id, ["T0", "T1", "T2", "T3", "no"], change, Instants.Noon, ct));
        Assert.Equal(["T0", "T2", "T3"], revoked.Before.Select(one => one.TicketId).Order());
        await Db.WriteAsync((db, ct) => Sql.RunAsync(db, $"UPDATE tickets SET status = 'valid' WHERE event_id = {id} AND ticket_id = 'T3'", ct));
        var back = await Db.WriteAsync((db, ct) => TicketBulk.TakeBackAsync(db, id, revoked.Before, change, Instants.Noon, ct));
        Assert.Equal(1, back.LeftOut);
        Assert.Equal("valid revoked unpaid valid valid", await StatusesAsync(id));

        // In whose place another was issued stays revoked, and who has not paid has not paid.
        var reinstated = await Db.WriteAsync((db, ct) => TicketBulk.ApplyAsync(db, id, ["T0", "T1", "T2"], new BulkChange(TicketStatus.Valid, "VIP"), Instants.Noon, ct));
        Assert.Equal((2, 1), (reinstated.LeftOut, reinstated.Before.Count));
        Assert.Equal("valid revoked unpaid valid valid", await StatusesAsync(id));
    }

    private async Task<string> StatusesAsync(long id)
    {
        await using var db = Db.Read();
        return string.Join(' ', (await db.Tickets.Where(ticket => ticket.EventId == id).OrderBy(ticket => ticket.TicketId).ToListAsync(Cancellation)).Select(ticket => TicketColumns.Word(ticket.Status)));
    }

    private async Task<List<User>> UsersAsync()
    {
        await using var db = Db.Read();
        return await db.Users.ToListAsync(Cancellation);
    }

    // As a list is taken in: the people, and then the tickets with them.
    private async Task<IReadOnlyDictionary<string, string>> AssignAsync(long eventId, params GivenHolder[] holders) => await Db.WriteAsync(async (db, ct) =>
    {
        var assigned = await Holders.AssignAsync(db, eventId, holders, Instants.Noon, ct);
        await TicketImport.UpsertAsync(db, eventId, [.. assigned.UserIds.Select(one => new TicketChange(new Ticket(new TicketId(one.Key)) { UserId = one.Value }, TicketFields.UserId))], Instants.Noon, ct);
        return assigned.UserIds;
    });
}

public sealed class SqliteHoldersTests : HoldersContract
{
    protected override ValueTask<DataOptions> OptionsAsync() => ValueTask.FromResult(new DataOptions { Folder = Folder });
}

public sealed class PostgresHoldersTests : HoldersContract
{
    protected override async ValueTask<DataOptions> OptionsAsync() => new() { Folder = Folder, Connection = await (await SharedPostgres.GetAsync()).CreateDatabaseAsync() };
}
