using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Headcount.Core;
using Headcount.Data;
using Headcount.Server.Problems;
using Headcount.Server.Tickets.Import;
using Headcount.SystemTests.Manage;
using Microsoft.EntityFrameworkCore;
using MiniExcelLibs;
using SpreadCheetah;

namespace Headcount.SystemTests.Tickets;

/// <summary>Lists of tickets as people have them: read, planned, and written only then.</summary>
public sealed class ImportTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Ticket ID,Name,Ticket type\r\nT1,Ada,VIP\r\n")]
    [InlineData("ticketnummer;Vorname;Nachname;Kategorie\n\"T1\";Ada;;VIP\n")]
    [InlineData("\uFEFFBarcode\tAttendee name\tProduct\nT1\tAda\tVIP\n")]
    [InlineData("id,code,TicketCode,gast,typ\n7,8,T1,Ada,VIP\n")]
    public async Task columns_are_recognised_whatever_the_shop_calls_them(string csv)
    {
        await using var venue = await TicketVenue.OpenAsync();
        var (plan, _) = await venue.ImportAsync(csv);
        Assert.Equal((1, 0), (plan.New, plan.Refused.Count));
        var record = await venue.Records.FindAsync(TicketVenue.Organiser, "club", "T1", Cancel);
        Assert.Equal(("VIP", "Ada"), (record.Row!.TicketType, record.Holder!.Name));
    }

    [Fact]
    public async Task every_bad_row_is_explained_with_its_number_and_costs_no_other()
    {
        await using var venue = await TicketVenue.OpenAsync();
        var (plan, outcome) = await venue.ImportAsync("""
            ticket_id,name,email,status,valid_from,valid_until,gates,single_entry
            T1,Ada,ADA@Example.org,gültig,30.09.2025 18:00,2035-10-01T02:00,A;B,ja
            ,Nobody,,,,,,
            T2,,no address,,,,,
            T3,,,lost,,,,
            T4,,,,soon,,,
            T5,,,,2030-01-01,2029-01-01,,
            T6,,,,,,A;Z,
            T7,,,,,,,perhaps
            T1,Ada,,,,,,

            8.12345678901235E+15,,,,,,,
            T8,"Line
            break",,,,,,
            """);
        Assert.Equal([3, 4, 5, 6, 7, 8, 9, 10, 12, 13], plan.Refused.Select(row => row.Row));
        Assert.All(new[] { "ticket id", "no address", "lost", "soon", "before it begins", "Z", "perhaps", "row 2", "rounded", "control character" }.Zip(plan.Refused), pair => Assert.Contains(pair.First, pair.Second.Why, StringComparison.OrdinalIgnoreCase));
        Assert.Equal((1, 1), (plan.New, outcome.Written));
        var ticket = (await venue.Records.FindAsync(TicketVenue.Organiser, "club", "T1", Cancel)).Row!;
        Assert.Equal(("2025-09-30T18:00:00+00:00", "A,B", true), (Zone.Utc.Format(ticket.ValidFrom!.Value), string.Join(',', ticket.Gates), ticket.SingleEntry));
    }

    [Fact]
    public async Task nothing_is_written_before_it_is_confirmed_and_what_is_the_same_is_not_written_again()
    {
        const string csv = "ticket,name,type\nT1,Ada,VIP\nT2,Bob,GENERAL\n";
        await using var venue = await TicketVenue.OpenAsync();
        using (var held = await venue.Imports.OpenAsync(TicketVenue.Organiser, "club", _ => Task.FromResult(Encoding.UTF8.GetBytes(csv)), Cancel))
        {
            var plan = await venue.Imports.PlanAsync(TicketVenue.Organiser, "club", held.Sheet, ImportColumns.Recognise(held.Sheet.Heads), Cancel);
            Assert.Equal((2, 0), (plan.New, plan.Changed));
            Assert.Empty(await venue.IdsAsync(new()));
        }

        await venue.ImportAsync(csv);
        Assert.Equal(["T1", "T2"], await venue.IdsAsync(new()));
        var (again, _) = await venue.ImportAsync(csv.Replace("Bob,GENERAL", "Bobby,LOGE", StringComparison.Ordinal));
        Assert.Equal((0, 1, 1), (again.New, again.Changed, again.Unchanged));
        Assert.Equal([("type", "GENERAL", "LOGE"), ("name", "Bob", "Bobby")], Assert.Single(again.Shown).Fields);
        Assert.Equal(["LOGE"], again.NewTypes);
    }

    [Fact]
    public async Task what_was_changed_after_the_preview_stays_as_it_was_changed()
    {
        await using var venue = await TicketVenue.OpenAsync();
        await venue.ImportAsync("ticket,name,status\nT1,Ada,unpaid\nT2,Bob,unpaid\nT3,Cy,unpaid\n");
        using var held = await venue.Imports.OpenAsync(TicketVenue.Organiser, "club", _ => Task.FromResult("ticket,name,status\nT1,Adah,paid\nT2,Bobby,paid\nT3,Cyd,paid\nT4,Di,paid\nT5,Ed,paid\n"u8.ToArray()), Cancel);
        var plan = await venue.Imports.PlanAsync(TicketVenue.Organiser, "club", held.Sheet, ImportColumns.Recognise(held.Sheet.Heads), Cancel);
        var was = await venue.DraftAsync("T1");
        await venue.Service.ChangeAsync(TicketVenue.Organiser, "club", "T1", was, was with { Status = "revoked" }, Cancel);
        await venue.Service.ReissueAsync(TicketVenue.Organiser, "club", "T2", "N2", Cancel);
        await venue.Server.ImportTicketsAsync("club", [new { ticket_id = "T4", status = "revoked" }]);
        var outcome = await venue.Imports.ApplyAsync(TicketVenue.Organiser, "club", plan, _ => { }, Cancel);
        Assert.Equal(2, outcome.Written);
        Assert.Equal(["T1", "T2", "T4"], outcome.ChangedSince);
        Assert.Equal(["T1", "T2", "T4"], await venue.IdsAsync(new() { Status = "revoked" }));
        Assert.Equal(["T3", "T5"], await venue.IdsAsync(new() { Status = "valid" }));
        Assert.Equal("Ada", (await venue.DraftAsync("T1")).Name);
    }

    [Fact]
    public async Task a_number_of_a_person_whom_the_organisation_does_not_know_is_left_out_and_counted()
    {
        await using var venue = await TicketVenue.OpenAsync();
        string owner;
        await using (var db = venue.Read()) owner = await db.Users.Where(user => user.Role != null).Select(user => user.UserId).FirstAsync(Cancel);
        await venue.Part<IWriteQueue>().WriteAsync((db, ct) => db.Members.ExecuteDeleteAsync(ct), Cancel);
        var (plan, outcome) = await venue.ImportAsync($"ticket,user_id,name\nT1,{owner},\nT2,{owner},Ada\nT3,shop-1,Bob\n");
        Assert.Equal((3, 2, 2, 3), (plan.New, plan.UserIdsLeftOut, outcome.UserIdsLeftOut, outcome.Written));
        Assert.Equal([null, "Ada", "Bob"], (await venue.List.FindAsync(TicketVenue.Organiser, "club", new(), null, 10, Cancel)).Lines.Select(line => line.Ticket.Name));
        var (again, _) = await venue.ImportAsync($"ticket,user_id,name\nT1,{owner},\nT2,{owner},Ada\nT3,shop-1,Bob\n");
        Assert.Equal((0, 0, 3), (again.New, again.Changed, again.Unchanged));
    }

    [Fact]
    public async Task codes_hold_no_formula_and_are_read_as_the_same_tickets()
    {
        await using var venue = await TicketVenue.OpenAsync();
        await venue.ImportAsync("ticket,type\n=2+3,@VIP\nT1,GENERAL\n");
        await venue.Server.Owner.PostJsonAsync("/api/events/club/keys", null, System.Net.HttpStatusCode.Created);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/events/club/codes");
        request.Headers.Add("Accept", "text/csv");
        using var response = await venue.Server.Owner.SendAsync(request, Cancel);
        var file = await response.Content.ReadAsByteArrayAsync(Cancel);
        Assert.All(Encoding.UTF8.GetString(file).Split("\r\n").SelectMany(line => line.Split(',')), cell => Assert.DoesNotMatch("^\"?[=+\\-@]", cell));
        var (plan, _) = await venue.ImportAsync(file);
        Assert.Equal((0, 0, 2, 0), (plan.New, plan.Changed, plan.Unchanged, plan.Refused.Count));
    }

    [Fact]
    public async Task a_workbook_is_taken_in_as_it_was_typed()
    {
        await using var venue = await TicketVenue.OpenAsync();
        using var file = new MemoryStream();
        await using (var book = await Spreadsheet.CreateNewAsync(file, cancellationToken: Cancel))
        {
            await book.StartWorksheetAsync("Gäste", token: Cancel);
            await book.AddRowAsync([new DataCell("Nummer"), new DataCell("Name"), new DataCell("Gültig ab"), new DataCell("Einmalig")], Cancel);
            await book.AddRowAsync([new DataCell(4711), new DataCell("Jürgen <b>Ö</b>"), new DataCell(new DateTime(2030, 5, 1, 18, 30, 0, DateTimeKind.Unspecified)), new DataCell(true)], Cancel);
            await book.AddRowAsync([new DataCell("00815"), new DataCell("'=1+1"), new DataCell("1.6.2030"), new DataCell("nein")], Cancel);
            await book.FinishAsync(Cancel);
        }

        var (plan, _) = await venue.ImportAsync(file.ToArray());
        Assert.Empty(plan.Refused);
        Assert.Equal(["00815", "4711"], await venue.IdsAsync(new()));
        var record = await venue.Records.FindAsync(TicketVenue.Organiser, "club", "4711", Cancel);
        Assert.Equal(("Jürgen <b>Ö</b>", "2030-05-01T18:30:00+00:00", true), (record.Holder!.Name, Zone.Utc.Format(record.Row!.ValidFrom!.Value), record.Row.SingleEntry));
        Assert.Equal("=1+1", (await venue.Records.FindAsync(TicketVenue.Organiser, "club", "00815", Cancel)).Holder!.Name);
    }

    [Fact]
    public async Task what_is_no_list_is_refused_with_what_to_do()
    {
        await using var venue = await TicketVenue.OpenAsync();
        Assert.Contains("empty", await RefusalAsync([]), StringComparison.Ordinal);
        Assert.Contains("Save it as .xlsx", await RefusalAsync([0xD0, 0xCF, 0x11, 0xE0, 1, 2, 3]), StringComparison.Ordinal);
        Assert.Contains("cannot be read", await RefusalAsync([.. "PK\u0003\u0004 nonsense"u8]), StringComparison.Ordinal);
        Assert.Contains("more than 64 columns", await RefusalAsync(Encoding.UTF8.GetBytes(string.Join(',', Enumerable.Range(0, 80)))), StringComparison.Ordinal);
        Assert.Contains("more than 250,000 rows", await RefusalAsync(Encoding.UTF8.GetBytes("id\n" + string.Concat(Enumerable.Repeat("1\n", 250_001)))), StringComparison.Ordinal);
        using var bomb = new MemoryStream();
        using (var zip = new ZipArchive(bomb, ZipArchiveMode.Create, leaveOpen: true))
        {
            await using var entry = zip.CreateEntry("xl/worksheets/sheet1.xml", CompressionLevel.Fastest).Open();
            var blanks = new byte[1 << 20];
            for (var i = 0; i < 520; i++) await entry.WriteAsync(blanks, Cancel);
        }

        Assert.Contains("larger than 512 MB", await RefusalAsync(bomb.ToArray()), StringComparison.Ordinal);

        async Task<string> RefusalAsync(byte[] file) => (await Assert.ThrowsAsync<ProblemException>(() => venue.ImportAsync(file))).Message;
    }

    [Fact]
    public async Task twenty_thousand_tickets_with_names_are_in_within_seconds_and_hold_from_the_next_scan()
    {
        await using var venue = await TicketVenue.OpenAsync();
        var csv = new StringBuilder("ticket_id,name,email,ticket_type\n");
        for (var i = 0; i < 20_000; i++) csv.Append($"T{i:00000},First{i % 500} Last{i},guest{i}@example.org,GENERAL\n");
        var began = Stopwatch.GetTimestamp();
        var (_, outcome) = await venue.ImportAsync(csv.ToString());
        var took = Stopwatch.GetElapsedTime(began);
        TestContext.Current.SendDiagnosticMessage($"20,000 tickets with names in {took.TotalSeconds:F1} s");
        Assert.Equal((20_000, 0), (outcome.Written, outcome.EmailsLeftOut));
        Assert.True(took < TimeSpan.FromSeconds(30), $"It took {took}.");
        Assert.Equal(["T19999"], await venue.IdsAsync(new() { Search = "first499 last19999" }));
        using var gate = await venue.Server.CreateDeviceAsync("club", "gate-a");
        Assert.Equal("accepted", (await gate.ScanAsync("T19999")).Text("status"));
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("xlsx")]
    public async Task a_file_holds_no_formula_and_comes_back_as_it_was(string format)
    {
        await using var venue = await TicketVenue.OpenAsync();
        string[] names = ["=HYPERLINK(\"http://evil\")", "+1", "-1", "@sum", "<script>alert(1)</script> & Co", "a,b;\"c\"", "Zoë"];
        await venue.ImportAsync("ticket,name\n" + string.Concat(names.Select((name, i) => $"T{i},\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n")) + "=2+3,Formula\n");
        var file = await venue.Server.Owner.GetByteArrayAsync($"/office/events/club/tickets/export?format={format}", Cancel);
        List<string?> cells = format == "csv"
            ? [.. Encoding.UTF8.GetString(file).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).SelectMany(line => line.Split(','))]
            : [.. MiniExcel.Query(new MemoryStream(file), useHeaderRow: false, excelType: ExcelType.XLSX).SelectMany(row => ((IDictionary<string, object?>)row).Values).Select(cell => cell?.ToString())];
        Assert.All(cells.OfType<string>(), cell => Assert.DoesNotMatch("^\"?[=+\\-@\\t\\r]", cell));
        Assert.Contains(cells, cell => cell?.Contains("<script>alert(1)</script> & Co", StringComparison.Ordinal) == true);
        var (plan, _) = await venue.ImportAsync(file);
        Assert.Equal((0, 0, 8, 0), (plan.New, plan.Changed, plan.Unchanged, plan.Refused.Count));
    }

    [Fact]
    public async Task only_so_many_lists_are_under_way_at_once()
    {
        await using var venue = await TicketVenue.OpenAsync();
        var held = new List<HeldImport>();
        for (var i = 0; i < 4; i++) held.Add(await OpenAsync());
        Assert.Equal(503, (await Assert.ThrowsAsync<ProblemException>(OpenAsync)).Status);
        held[0].Dispose();
        held[0].Dispose();
        held.Add(await OpenAsync());
        Assert.Equal(503, (await Assert.ThrowsAsync<ProblemException>(OpenAsync)).Status);
        held.ForEach(one => one.Dispose());

        Task<HeldImport> OpenAsync() => venue.Imports.OpenAsync(TicketVenue.Organiser, "club", _ => Task.FromResult("id\n1\n"u8.ToArray()), Cancel);
    }
}
