using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Tickets;
using Headcount.Server.Problems;
using Headcount.Server.Tickets;
using Headcount.SystemTests.Manage;
using Headcount.SystemTests.Serving;
using Microsoft.EntityFrameworkCore;

namespace Headcount.SystemTests.Tickets;

/// <summary>What the office does with tickets holds from the next scan; what it does by hand is a scan like any other.</summary>
public sealed class TicketServiceTests
{
    private const string Some = "ticket,name,email,type\nT1,Ada,ada@example.org,VIP\nT2,Bob,,GENERAL\nT3,,,GENERAL\nT4,Eve,,\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_change_holds_from_the_next_scan()
    {
        await using var venue = await VenueAsync();
        using var gate = await venue.Server.CreateDeviceAsync("club", "gate-a");
        var was = await venue.DraftAsync("T2");
        await venue.Service.ChangeAsync(TicketVenue.Organiser, "club", "T2", was, was with { Status = "revoked" }, Cancel);
        Assert.Equal("revoked", (await gate.ScanAsync("T2")).Text("reason"));
        was = await venue.DraftAsync("T2");
        await venue.Service.ChangeAsync(TicketVenue.Organiser, "club", "T2", was, was with { Status = "valid", Name = "  Bobby  ", Email = "BOB@example.org", Gates = "B" }, Cancel);
        Assert.Equal("wrong_gate", (await gate.ScanAsync("T2")).Text("reason"));
        Assert.Equal("accepted", (await gate.ScanAsync("T2", "B")).Text("status"));
        var now = await venue.DraftAsync("T2");
        Assert.Equal(("Bobby", "bob@example.org"), (now.Name, now.Email));
    }

    [Fact]
    public async Task the_second_of_two_is_told_and_nothing_is_changed()
    {
        await using var venue = await VenueAsync();
        var was = await venue.DraftAsync("T2");
        await venue.Service.ChangeAsync(TicketVenue.Organiser, "club", "T2", was, was with { Name = "First" }, Cancel);
        var problem = await Assert.ThrowsAsync<ProblemException>(() => venue.Service.ChangeAsync(TicketVenue.Organiser, "club", "T2", was, was with { Type = "VIP" }, Cancel));
        Assert.Equal((409, ProblemCodes.ChangedMeanwhile), (problem.Status, problem.Code));
        Assert.Equal(("First", "GENERAL"), ((await venue.DraftAsync("T2")).Name, (await venue.DraftAsync("T2")).Type));
    }

    [Fact]
    public async Task what_is_emptied_in_the_form_is_taken_away()
    {
        await using var venue = await VenueAsync();
        await venue.ImportAsync("ticket,name,email\nT5,Ada,ada@example.org\n");
        var was = await venue.DraftAsync("T1");
        await venue.Service.ChangeAsync(TicketVenue.Organiser, "club", "T1", was, was with { Email = " " }, Cancel);

        // It is one person with two tickets still.
        Assert.Equal(("Ada", null, "Ada", null), ((await venue.DraftAsync("T1")).Name, (await venue.DraftAsync("T1")).Email, (await venue.DraftAsync("T5")).Name, (await venue.DraftAsync("T5")).Email));
        Assert.Equal(["T5"], (await venue.Records.FindAsync(TicketVenue.Organiser, "club", "T1", Cancel)).Others);
        was = await venue.DraftAsync("T2");
        await venue.Service.ChangeAsync(TicketVenue.Organiser, "club", "T2", was, was with { Name = null, Email = "bob@example.org" }, Cancel);
        Assert.Equal((null, "bob@example.org"), ((await venue.DraftAsync("T2")).Name, (await venue.DraftAsync("T2")).Email));
        was = await venue.DraftAsync("T4");
        await venue.Service.ChangeAsync(TicketVenue.Organiser, "club", "T4", was, was with { Name = null }, Cancel);
        Assert.Null((await venue.Records.FindAsync(TicketVenue.Organiser, "club", "T4", Cancel)).Holder);
    }

    [Fact]
    public async Task an_account_loses_nothing_to_the_form_of_a_ticket()
    {
        await using var venue = await VenueAsync();
        await venue.Part<IWriteQueue>().WriteAsync((db, ct) => db.Users.Where(user => user.Name == "Ada").ExecuteUpdateAsync(set => set.SetProperty(user => user.PasswordHash, "hash"), ct), Cancel);
        var was = await venue.DraftAsync("T1");
        Assert.Contains("email", (await Assert.ThrowsAsync<ProblemException>(() => venue.Service.ChangeAsync(TicketVenue.Organiser, "club", "T1", was, was with { Email = null }, Cancel))).Errors!.Keys);
        Assert.Equal(was, await venue.DraftAsync("T1"));
    }

    [Fact]
    public async Task a_ticket_that_is_revoked_stays_the_same_persons_however_their_address_is_written()
    {
        await using var venue = await VenueAsync();
        await venue.ImportAsync("ticket,name,email\nT5,Ada,ada@example.org\n");
        await venue.Part<IWriteQueue>().WriteAsync((db, ct) => db.Users.Where(user => user.Name == "Ada").ExecuteUpdateAsync(set => set.SetProperty(user => user.Email, "Ada@Example.org"), ct), Cancel);
        var was = await venue.DraftAsync("T1");
        await venue.Service.ChangeAsync(TicketVenue.Organiser, "club", "T1", was, was with { Status = "revoked" }, Cancel);
        Assert.Equal(was with { Status = "revoked" }, await venue.DraftAsync("T1"));
        Assert.Equal(["T5"], (await venue.Records.FindAsync(TicketVenue.Organiser, "club", "T1", Cancel)).Others);
    }

    [Fact]
    public async Task a_change_of_many_that_breaks_off_can_be_taken_back_as_far_as_it_went()
    {
        await using var venue = await VenueAsync();
        var ids = Enumerable.Range(0, TicketBulkRuns.ChunkSize + 10).Select(i => $"B{i:0000}").ToArray();
        await venue.Server.ImportTicketsAsync("club", ids.Select(id => new { ticket_id = id }));
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        BulkOutcome? soFar = null;
        var runs = venue.Part<TicketBulkRuns>();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => runs.ApplyAsync(TicketVenue.Organiser, "club", ids, new BulkChange(TicketStatus.Revoked, null), (_, outcome) =>
        {
            soFar = outcome;
            leaving.Cancel();
        }, leaving.Token));
        Assert.Equal((TicketBulkRuns.ChunkSize, 0, 0), (soFar!.Before.Count, soFar.Unchanged, soFar.LeftOut));
        await runs.TakeBackAsync(TicketVenue.Organiser, "club", soFar, _ => { }, Cancel);
        Assert.Empty(await venue.IdsAsync(new() { Status = "revoked" }));
    }

    [Fact]
    public async Task a_ticket_that_was_reissued_opens_no_gate_and_its_successor_does()
    {
        await using var venue = await VenueAsync();
        using var gate = await venue.Server.CreateDeviceAsync("club", "gate-a");
        var id = await venue.Service.ReissueAsync(TicketVenue.Organiser, "club", "T1", null, Cancel);
        Assert.Matches("^[2-9A-HJ-NP-Z]{12}$", id);
        Assert.Equal("revoked", (await gate.ScanAsync("T1")).Text("reason"));
        Assert.Equal("VIP", (await gate.ScanAsync(id)).Text("ticket_type"));
        var (old, next) = (await venue.Records.FindAsync(TicketVenue.Organiser, "club", "T1", Cancel), await venue.Records.FindAsync(TicketVenue.Organiser, "club", id, Cancel));
        Assert.Equal((id, "T1", "Ada"), (old.Row!.ReplacedBy, next.Row!.Replaces, next.Holder!.Name));

        // It is not made good again by a form, by many, or by an old list; nor replaced twice.
        var was = await venue.DraftAsync("T1");
        Assert.Contains("status", (await Assert.ThrowsAsync<ProblemException>(() => venue.Service.ChangeAsync(TicketVenue.Organiser, "club", "T1", was, was with { Status = "valid" }, Cancel))).Errors!.Keys);
        Assert.Equal(409, (await Assert.ThrowsAsync<ProblemException>(() => venue.Service.ReissueAsync(TicketVenue.Organiser, "club", "T1", "T9", Cancel))).Status);
        Assert.Contains("new_id", (await Assert.ThrowsAsync<ProblemException>(() => venue.Service.ReissueAsync(TicketVenue.Organiser, "club", "T2", "T3", Cancel))).Errors!.Keys);
        var (plan, _) = await venue.ImportAsync("ticket,status\nT1,valid\n");
        Assert.Contains(id, Assert.Single(plan.Refused).Why, StringComparison.Ordinal);
        var outcome = await venue.Part<TicketBulkRuns>().ApplyAsync(TicketVenue.Organiser, "club", ["T1"], new BulkChange(TicketStatus.Valid, null), (_, _) => { }, Cancel);
        Assert.Equal((1, 0), (outcome.LeftOut, outcome.Before.Count));
        Assert.Equal("revoked", (await gate.ScanAsync("T1")).Text("reason"));
    }

    [Fact]
    public async Task an_unpaid_ticket_that_is_reissued_is_unpaid_still()
    {
        await using var venue = await VenueAsync();
        await venue.ImportAsync("ticket,status\nT2,unpaid\n");
        using var gate = await venue.Server.CreateDeviceAsync("club", "gate-a");
        var id = await venue.Service.ReissueAsync(TicketVenue.Organiser, "club", "T2", null, Cancel);
        Assert.Equal("unpaid", (await gate.ScanAsync(id)).Text("reason"));
    }

    [Fact]
    public async Task a_check_in_by_hand_is_decided_like_any_other_and_marked()
    {
        await using var venue = await VenueAsync();
        var entered = await venue.Service.ScanAsync(TicketVenue.Supervisor, "club", "T2", ScanType.Entry, "A", "phone broken", false, Cancel);
        Assert.Equal(ScanOutcome.Accepted, entered.Outcome);
        Assert.Equal(RefusalReason.AlreadyInside, (await venue.Service.ScanAsync(TicketVenue.Supervisor, "club", "T2", ScanType.Entry, "A", "again", false, Cancel)).Reason);
        var record = await venue.Records.FindAsync(TicketVenue.Supervisor, "club", "T2", Cancel);
        Assert.Equal(("supervisor@example.org", "phone broken"), (record.History[0].By, record.History[0].Note));
        Assert.Equal("A", record.Inside!.Value.EntryGate.Value);

        // Taken back, it was not.
        await venue.Service.AnnulAsync(TicketVenue.Supervisor, "club", entered.Seq, "wrong ticket", Cancel);
        record = await venue.Records.FindAsync(TicketVenue.Supervisor, "club", "T2", Cancel);
        Assert.Null(record.Inside);
        Assert.Empty(record.Stays);
        Assert.Equal(409, (await Assert.ThrowsAsync<ProblemException>(() => venue.Service.AnnulAsync(TicketVenue.Supervisor, "club", entered.Seq, "twice", Cancel))).Status);

        // Read again from the log, it is the same.
        var log = await venue.Server.Owner.GetStringAsync("/api/scans?event=club", Cancel);
        Assert.Contains("\"by\":\"supervisor@example.org\"", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_override_by_hand_passes_a_full_house_with_who_and_why()
    {
        await using var venue = await VenueAsync();
        await venue.Server.Owner.PatchJsonAsync("/api/events/club", new { capacity = 0 });
        Assert.Equal(RefusalReason.AtCapacity, (await venue.Service.ScanAsync(TicketVenue.Supervisor, "club", "T2", ScanType.Entry, "A", "band", false, Cancel)).Reason);
        var entered = await venue.Service.ScanAsync(TicketVenue.Supervisor, "club", "T2", ScanType.Entry, "A", "band", true, Cancel);
        Assert.Equal((ScanOutcome.Accepted, "supervisor@example.org", "band"), (entered.Outcome, entered.Override!.By, entered.Override.Reason));
        Assert.Equal(ScanOutcome.Accepted, (await venue.Service.ScanAsync(TicketVenue.Supervisor, "club", "T2", ScanType.Exit, "A", "band", false, Cancel)).Outcome);
        var stay = Assert.Single((await venue.Records.FindAsync(TicketVenue.Supervisor, "club", "T2", Cancel)).Stays);
        Assert.Equal(("A", "A", false), (stay.EntryGate, stay.ExitGate, stay.IsDayClosed));
    }

    [Fact]
    public async Task what_is_wrong_with_a_scan_by_hand_is_said_field_by_field()
    {
        await using var venue = await VenueAsync();
        var problem = await Assert.ThrowsAsync<ProblemException>(() => venue.Service.ScanAsync(TicketVenue.Supervisor, "club", "T2", ScanType.Entry, "Z", " ", false, Cancel));
        Assert.Equal(["gate", "reason"], problem.Errors!.Keys.Order());
        Assert.Equal(0, (await venue.MailboxAsync()).Figures.Seq);
    }

    [Fact]
    public async Task who_is_inside_is_listed_counted_and_changed_as_many()
    {
        await using var venue = await VenueAsync();
        using var gate = await venue.Server.CreateDeviceAsync("club", "gate-a");
        await gate.ScanAsync("T1");
        await gate.ScanAsync("T4");
        Assert.Equal(["T1", "T4"], await venue.IdsAsync(new() { Presence = "inside" }));
        Assert.Equal(["T4", "T1"], await venue.IdsAsync(new() { Presence = "inside", IsDescending = true }));
        Assert.Equal(["T3", "T2"], await venue.IdsAsync(new() { Presence = "outside", Order = TicketOrder.Name }));
        Assert.Equal(["T1"], await venue.IdsAsync(new() { IsVip = true }));
        Assert.Equal([], await venue.IdsAsync(new() { IsVip = true, Type = "GENERAL" }));
        Assert.Equal(2, await venue.List.CountAsync(TicketVenue.Supervisor, "club", new() { Presence = "outside" }, Cancel));
        var ids = await venue.List.AllIdsAsync(TicketVenue.Organiser, "club", new() { Presence = "outside" }, Cancel);
        var runs = venue.Part<TicketBulkRuns>();
        var outcome = await runs.ApplyAsync(TicketVenue.Organiser, "club", ids, new BulkChange(TicketStatus.Revoked, null), (_, _) => { }, Cancel);
        Assert.Equal("revoked", (await gate.ScanAsync("T2")).Text("reason"));
        await runs.TakeBackAsync(TicketVenue.Organiser, "club", outcome, _ => { }, Cancel);
        Assert.Equal("accepted", (await gate.ScanAsync("T2")).Text("status"));
        await runs.ApplyAsync(TicketVenue.Organiser, "club", ["T3"], new BulkChange(null, "LOGE"), (_, _) => { }, Cancel);
        Assert.Equal("LOGE", (await gate.ScanAsync("T3")).Text("ticket_type"));
    }

    [Fact]
    public async Task a_supervisor_sees_names_and_neither_addresses_nor_persons()
    {
        await using var venue = await VenueAsync();
        var line = Assert.Single((await venue.List.FindAsync(TicketVenue.Supervisor, "club", new() { Search = "ada" }, null, 10, Cancel)).Lines).Ticket;
        Assert.Equal(("Ada", null, null), (line.Name, line.Email, line.UserId));
        var record = await venue.Records.FindAsync(TicketVenue.Supervisor, "club", "T1", Cancel);
        Assert.Equal(("Ada", null, ""), (record.Holder!.Name, record.Holder.Email, record.Holder.UserId));
        foreach (var forbidden in new Func<Task>[]
        {
            () => venue.Service.ChangeAsync(TicketVenue.Supervisor, "club", "T1", new(), new(), Cancel), () => venue.Service.ReissueAsync(TicketVenue.Supervisor, "club", "T1", null, Cancel),
            () => venue.People.EraseAsync(TicketVenue.Supervisor, "club", "T1", Cancel), () => venue.People.ExportAsync(TicketVenue.Supervisor, "club", "T1", Cancel), () => venue.List.AllIdsAsync(TicketVenue.Supervisor, "club", new(), Cancel),
        })
            Assert.Equal(403, (await Assert.ThrowsAsync<ProblemException>(forbidden)).Status);
    }

    [Fact]
    public async Task notes_are_an_organisers_or_ones_own_to_remove()
    {
        await using var venue = await VenueAsync();
        await venue.Service.AddNoteAsync(TicketVenue.Organiser, "club", "T1", "Wheelchair", Cancel);
        await venue.Service.AddNoteAsync(TicketVenue.Supervisor, "club", "T1", " Lost her bag ", Cancel);
        var notes = (await venue.Records.FindAsync(TicketVenue.Supervisor, "club", "T1", Cancel)).Notes;
        Assert.Equal(["Lost her bag", "Wheelchair"], notes.Select(note => note.Note));
        Assert.Equal(403, (await Assert.ThrowsAsync<ProblemException>(() => venue.Service.RemoveNoteAsync(TicketVenue.Supervisor, "club", notes[1].NoteId, Cancel))).Status);
        await venue.Service.RemoveNoteAsync(TicketVenue.Supervisor, "club", notes[0].NoteId, Cancel);
        await venue.Service.RemoveNoteAsync(TicketVenue.Organiser, "club", notes[1].NoteId, Cancel);
        Assert.Empty((await venue.Records.FindAsync(TicketVenue.Supervisor, "club", "T1", Cancel)).Notes);
        Assert.Contains("note", (await Assert.ThrowsAsync<ProblemException>(() => venue.Service.AddNoteAsync(TicketVenue.Supervisor, "club", "T1", " ", Cancel))).Errors!.Keys);
    }

    [Fact]
    public async Task a_ticket_that_only_the_log_knows_has_its_history()
    {
        await using var venue = await VenueAsync();
        using var gate = await venue.Server.CreateDeviceAsync("club", "gate-a");
        await gate.ScanAsync("STRANGER");
        var record = await venue.Records.FindAsync(TicketVenue.Supervisor, "club", "STRANGER", Cancel);
        Assert.Null(record.Row);
        Assert.Equal(RefusalReason.UnknownTicket, ((ScanRecord)Assert.Single(record.History).Record).Reason);
        Assert.Equal(404, (await Assert.ThrowsAsync<ProblemException>(() => venue.Records.FindAsync(TicketVenue.Supervisor, "club", "NOBODY", Cancel))).Status);
    }

    private static async Task<TicketVenue> VenueAsync()
    {
        var venue = await TicketVenue.OpenAsync();
        await venue.ImportAsync(Some);
        return venue;
    }
}
