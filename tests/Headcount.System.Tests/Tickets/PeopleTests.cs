using System.IO.Compression;
using System.Text.Json;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Server.Accounts;
using Headcount.Server.Past.Review;
using Headcount.Server.Tickets;
using Headcount.SystemTests.Data;
using Headcount.SystemTests.Manage;
using Headcount.SystemTests.Serving;
using Microsoft.EntityFrameworkCore;

namespace Headcount.SystemTests.Tickets;

/// <summary>What the law gives people: to see everything, and to be forgotten. On every database.</summary>
public abstract class PeopleContract
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected abstract ValueTask<string?> DatabaseAsync();

    /// <summary>Makes every change of an event's tickets fail.</summary>
    protected abstract string BreakTickets(long eventId);

    protected abstract string MendTickets { get; }

    [Fact]
    public async Task everything_about_a_person_is_in_one_file()
    {
        await using var venue = await VenueAsync();
        await venue.Service.AddNoteAsync(TicketVenue.Supervisor, "club", "T1", "Wheelchair", Cancel);
        var (person, scans) = await ExportAsync(venue, "T1");
        Assert.Equal(("Ada", "ada@example.org"), (person.Text("name"), person.Text("email")));
        var tickets = person.GetProperty("tickets").EnumerateArray().ToList();
        Assert.Equal(["T1", "T2"], tickets.Select(ticket => ticket.GetProperty("ticket").Text("ticket_id")));
        Assert.Equal("Wheelchair", Assert.Single(tickets[0].GetProperty("notes").EnumerateArray()).Text("note"));
        Assert.Single(tickets[0].GetProperty("stays").EnumerateArray());
        Assert.Contains("T1,entry", scans, StringComparison.Ordinal);
        Assert.DoesNotContain("T3", scans, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_person_is_erased_everywhere_and_the_scans_stay()
    {
        await using var venue = await VenueAsync();
        await venue.Service.AddNoteAsync(TicketVenue.Supervisor, "club", "T1", "Ada's wheelchair", Cancel);
        var before = await venue.Server.Owner.GetStringAsync("/api/scans?event=club", Cancel);
        Assert.Equal((2, false), await venue.People.EraseAsync(TicketVenue.Organiser, "club", "T1", Cancel));
        Assert.Equal(before, await venue.Server.Owner.GetStringAsync("/api/scans?event=club", Cancel));
        Assert.Empty(await venue.IdsAsync(new() { Search = "ada" }));
        Assert.Equal(["T1", "T2", "T3"], await venue.IdsAsync(new()));
        await using (var db = venue.Read())
        {
            Assert.Equal(["Bob"], await db.Users.Where(user => user.Role == null).Select(user => user.Name).ToListAsync(Cancel));
            Assert.Empty(await db.TicketNotes.ToListAsync(Cancel));
            Assert.DoesNotContain("ada", string.Join('\n', await db.Audit.Select(row => row.SubjectId + row.Changes).ToListAsync(Cancel)), StringComparison.OrdinalIgnoreCase);
        }

        // Nor do the gates know whose it was; it opens them as before.
        using var gate = await venue.Server.CreateDeviceAsync("club", "gate-b");
        Assert.Equal("accepted", (await gate.ScanAsync("T2")).Text("status"));
        Assert.DoesNotContain("user_id", (await venue.Server.Owner.GetStringAsync("/api/events/club/tickets", Cancel)).Split("T3", 2)[0], StringComparison.Ordinal);
        Assert.Equal((1, false), await venue.People.EraseAsync(TicketVenue.Organiser, "club", "T1", Cancel));
    }

    [Fact]
    public async Task whoever_has_an_account_keeps_it_and_loses_the_ticket()
    {
        await using var venue = await VenueAsync();
        string owner;
        await using (var db = venue.Read()) owner = await db.Users.Where(user => user.Role == AccountRole.Owner).Select(user => user.UserId).FirstAsync(Cancel);
        await venue.Part<IWriteQueue>().WriteAsync(async (db, ct) =>
        {
            if (!await db.Members.AnyAsync(member => member.UserId == owner, ct)) db.Members.Add(new Member { OrganisationId = Organisation.First, UserId = owner, Role = AccountRole.Owner });
            return await db.SaveChangesAsync(ct);
        }, Cancel);
        await venue.ImportAsync($"ticket,user_id\nT9,{owner}\n");
        Assert.Equal((1, true), await venue.People.EraseAsync(TicketVenue.Organiser, "club", "T9", Cancel));
        await using var after = venue.Read();
        Assert.True(await after.Users.AnyAsync(user => user.UserId == owner, Cancel));
        Assert.Null((await after.Tickets.SingleAsync(ticket => ticket.TicketId == "T9", Cancel)).UserId);
    }

    [Fact]
    public async Task nobody_stays_behind_whose_last_ticket_is_somebody_elses()
    {
        await using var venue = await VenueAsync();
        await venue.ImportAsync("ticket,user_id,name\nT3,shop-1,Bob\n");
        await using var db = venue.Read();
        Assert.Equal([("Ada", false), ("Bob", true)], (await db.Users.Where(user => user.Role == null).ToListAsync(Cancel)).Select(user => (user.Name, user.UserId == "shop-1")).Order());
    }

    [Fact]
    public async Task notes_on_anomalies_and_refusals_go_with_the_person()
    {
        await using var venue = await VenueAsync();
        var reviews = venue.Part<Reviews>();
        foreach (var (seq, isResolved, note) in new[] { (1L, true, "Ada, again"), (1L, false, (string?)null), (3L, true, "Bob had two") })
            await reviews.SayAsync(TicketVenue.Supervisor, "club", seq, Reviews.Refused, isResolved, note, Cancel);
        await venue.People.EraseAsync(TicketVenue.Organiser, "club", "T1", Cancel);
        Assert.Equal([(1, true, null), (1, false, null), (3, true, "Bob had two")], await ReviewsAsync());
        await venue.Server.Owner.PatchJsonAsync("/api/events/club", new { retention_days = 0, closes_at = "2020-01-01T00:00" });
        await venue.Part<Retention>().EraseDueAsync(Cancel);
        Assert.All(await ReviewsAsync(), review => Assert.Null(review.Note));

        async Task<(long Seq, bool IsResolved, string? Note)[]> ReviewsAsync()
        {
            await using var db = venue.Read();
            return [.. (await db.Reviews.ToListAsync(Cancel)).OrderBy(row => row.Seq).ThenBy(row => row.ReviewId).Select(row => (row.Seq, row.IsResolved, row.Note))];
        }
    }

    [Fact]
    public async Task an_erasing_that_breaks_off_can_be_done_again_from_the_same_ticket()
    {
        await using var venue = await VenueAsync();
        await venue.Server.CreateEventAsync("later", new { slug = "later", name = "Later", zone = "UTC", capacity = 5 });
        await using (var db = venue.Read())
        {
            var ada = await db.Users.Where(user => user.Name == "Ada").Select(user => user.UserId).SingleAsync(Cancel);
            await venue.ImportAsync($"ticket,user_id\nL1,{ada}\n", "later");
        }

        var later = (await venue.MailboxAsync("later")).Settings.EventId;
        await venue.Part<IWriteQueue>().WriteAsync((db, ct) => Sql.RunAsync(db, BreakTickets(later), ct), Cancel);
        await Assert.ThrowsAnyAsync<Exception>(() => venue.People.EraseAsync(TicketVenue.Organiser, "club", "T1", Cancel));
        await venue.Part<IWriteQueue>().WriteAsync((db, ct) => Sql.RunAsync(db, MendTickets, ct), Cancel);
        Assert.Equal((3, false), await venue.People.EraseAsync(TicketVenue.Organiser, "club", "T1", Cancel));
    }

    [Fact]
    public async Task names_go_when_their_time_is_over_and_not_before()
    {
        var clock = new MovedClock();
        await using var venue = await VenueAsync(clock);
        var retention = venue.Part<Retention>();
        await venue.Server.Owner.PatchJsonAsync("/api/events/club", new { retention_days = 30, closes_at = "2020-01-01T00:00" });
        Assert.Equal(0, await retention.EraseDueAsync(Cancel));
        clock.Move(TimeSpan.FromDays(29));
        Assert.Equal(0, await retention.EraseDueAsync(Cancel));
        clock.Move(TimeSpan.FromDays(2));
        Assert.Equal(3, await retention.EraseDueAsync(Cancel));
        Assert.Equal(0, await retention.EraseDueAsync(Cancel));
        await using var db = venue.Read();
        Assert.Empty(await db.Users.Where(user => user.Role == null).ToListAsync(Cancel));
        Assert.NotNull((await db.Events.SingleAsync(Cancel)).NamesErasedAt);
        Assert.Equal(("retention", "names_erased"), await db.Audit.Where(row => row.Action == "names_erased").Select(row => new ValueTuple<string, string>(row.By, row.Action)).FirstAsync(Cancel));
        Assert.Equal(3, (await venue.IdsAsync(new())).Count);
    }

    [Fact]
    public async Task an_event_without_a_closing_time_keeps_its_names_until_it_is_archived()
    {
        var clock = new MovedClock();
        await using var venue = await VenueAsync(clock);
        var retention = venue.Part<Retention>();
        await venue.Server.Owner.PatchJsonAsync("/api/events/club", new { retention_days = 30 });

        // Its only scans were tried out months before.
        clock.Move(TimeSpan.FromDays(150));
        Assert.Equal(0, await retention.EraseDueAsync(Cancel));
        await venue.Server.Owner.PostJsonAsync("/api/events/club/archive", null);
        clock.Move(TimeSpan.FromDays(29));
        Assert.Equal(0, await retention.EraseDueAsync(Cancel));
        clock.Move(TimeSpan.FromDays(2));
        Assert.Equal(3, await retention.EraseDueAsync(Cancel));
    }

    [Fact]
    public async Task no_days_at_all_erase_nothing_before_the_doors_close()
    {
        var clock = new MovedClock();
        await using var venue = await VenueAsync(clock);
        var retention = venue.Part<Retention>();
        await venue.Server.Owner.PatchJsonAsync("/api/events/club", new { retention_days = 0 });
        Assert.Equal(0, await retention.EraseDueAsync(Cancel));
        await venue.Server.Owner.PatchJsonAsync("/api/events/club", new { closes_at = "2020-01-01T00:00" });
        Assert.Equal(3, await retention.EraseDueAsync(Cancel));
    }

    [Fact]
    public async Task the_server_says_how_long_where_the_event_does_not()
    {
        var clock = new MovedClock();
        await using var venue = await VenueAsync(clock);
        await venue.Server.CreateEventAsync("later", new { slug = "later", name = "Later", zone = "UTC", capacity = 5, closes_at = "2090-01-01T00:00" });
        await venue.ImportAsync("ticket,name\nL1,Kim\n", "later");
        await venue.Server.Owner.PatchJsonAsync("/api/events/club", new { closes_at = "2020-01-01T00:00" });
        await venue.Part<ServerSettings>().ChangeAsync(false, null, 10, Cancel);
        clock.Move(TimeSpan.FromDays(11));

        // What is still to come is not over.
        Assert.Equal(3, await venue.Part<Retention>().EraseDueAsync(Cancel));
        await using var db = venue.Read();
        Assert.Equal(["Kim"], await db.Users.Where(user => user.Role == null).Select(user => user.Name).ToListAsync(Cancel));
    }

    private async Task<TicketVenue> VenueAsync(TimeProvider? clock = null)
    {
        var venue = await TicketVenue.OpenAsync(await DatabaseAsync(), clock);
        await venue.ImportAsync("ticket,name,email\nT1,Ada,ada@example.org\nT2,Ada,ada@example.org\nT3,Bob,\n");
        using var gate = await venue.Server.CreateDeviceAsync("club", "gate-a");
        await gate.ScanAsync("T1", at: (clock ?? TimeProvider.System).GetUtcNow().ToString("O"));
        await gate.ScanAsync("T1", type: "exit", at: (clock ?? TimeProvider.System).GetUtcNow().ToString("O"));
        await gate.ScanAsync("T3", at: (clock ?? TimeProvider.System).GetUtcNow().ToString("O"));
        return venue;
    }

    private static async Task<(JsonElement Person, string Scans)> ExportAsync(TicketVenue venue, string ticketId)
    {
        var file = await venue.Server.Owner.GetByteArrayAsync($"/office/events/club/tickets/person?ticket_id={ticketId}", Cancel);
        using var zip = new ZipArchive(new MemoryStream(file));
        await using var person = zip.GetEntry("person.json")!.Open();
        using var json = await JsonDocument.ParseAsync(person, cancellationToken: Cancel);
        using var scans = new StreamReader(zip.GetEntry("scans.csv")!.Open());
        return (json.RootElement.Clone(), await scans.ReadToEndAsync(Cancel));
    }
}

public sealed class SqlitePeopleTests : PeopleContract
{
    protected override string MendTickets => "DROP TRIGGER broken";

    protected override ValueTask<string?> DatabaseAsync() => new((string?)null);

    protected override string BreakTickets(long eventId) => $"CREATE TRIGGER broken BEFORE UPDATE ON tickets WHEN NEW.event_id = {eventId} BEGIN SELECT RAISE(ABORT, 'broken'); END";
}

public sealed class PostgresPeopleTests : PeopleContract
{
    protected override string MendTickets => "ALTER TABLE tickets DROP CONSTRAINT broken";

    protected override string BreakTickets(long eventId) => $"ALTER TABLE tickets ADD CONSTRAINT broken CHECK (event_id <> {eventId} OR user_id IS NOT NULL)";

    protected override async ValueTask<string?> DatabaseAsync() => await (await SharedPostgres.GetAsync()).CreateDatabaseAsync();
}
