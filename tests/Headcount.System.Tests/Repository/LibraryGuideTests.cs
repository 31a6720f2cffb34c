using System.Text;
using Headcount.Core;
using Headcount.Streams;

// The snippets stand as a reader would write them, without the token of a test.
#pragma warning disable xUnit1051

namespace Headcount.SystemTests.Repository;

/// <summary>The snippets of the library guide: what stands there compiles here, and answers what its comments say.</summary>
public sealed class LibraryGuideTests
{
    [Fact]
    public void the_guide_shows_these_snippets_word_for_word() => CSharpExample.AssertIn("tests/Headcount.System.Tests/Repository/LibraryGuideTests.cs", "docs/guides/library.md", 8);

    [Fact]
    public void questions_are_asked_of_scans_in_memory()
    {
        DateTimeOffset At(int hour, int minute) => new(2025, 9, 30, hour, minute, 0, TimeSpan.Zero);
        Scan Scanned(string ticket, string gate, ScanType type, DateTimeOffset when) => new(new TicketId(ticket), new GateName(gate), type, when);

        Scan[] scans =
        [
            Scanned("T001", "A", ScanType.Entry, At(10, 0)),
            Scanned("T002", "A", ScanType.Entry, At(10, 5)),
            Scanned("T002", "B", ScanType.Entry, At(10, 20)),
            Scanned("T001", "B", ScanType.Exit, At(11, 0)),
            Scanned("T003", "B", ScanType.Entry, At(11, 1)),
        ];

        var now = scans.Occupancy();                            // now.Occupancy is 2; now.ByGate has A: 1 and B: 1
        var then = scans.OccupancyAt(At(10, 30));               // then.Occupancy is 2, then.Entries 2, then.FirstEntries 2
        var curve = scans.Timeline(TimeSpan.FromMinutes(15));   // curve.Peak is 2, first at 10:05
        var wrong = scans.Anomalies();                          // the third scan: T002's second entry, 15 minutes after its first
        var tight = scans.Admit(capacity: 1);                   // tight.Admitted is 2, tight.Rejected has at_capacity: 2

        Assert.Equal((2, 1, 1), (now.Occupancy, now.ByGate["A"], now.ByGate["B"]));
        Assert.Equal((2, 2, 2), (then.Occupancy, then.Entries, then.FirstEntries));
        Assert.Equal(new Peak(2, At(10, 5)), curve.Peak);
        var second = Assert.Single(wrong.Anomalies);
        Assert.Equal((3, AnomalyKind.DuplicateEntry, "T002", TimeSpan.FromMinutes(15)), (second.Position, second.Kind, second.TicketId.Value, second.Elapsed));
        Assert.Equal((2, 2), (tight.Admitted, tight.Rejected["at_capacity"]));
        AskALedger(scans, At);
        AskWithARegister(scans);
    }

    private static void AskALedger(Scan[] scans, Func<int, int, DateTimeOffset> At)
    {
        var ledger = scans.ToLedger();
        var morning = ledger.Occupancy(At(10, 30));
        var evening = ledger.Occupancy();
        var quick = ledger.Anomalies(reentryWindow: TimeSpan.FromMinutes(2), kinds: new HashSet<AnomalyKind> { AnomalyKind.RapidReentry });   // none

        Assert.Equal((2, 2), (morning.Occupancy, evening.Occupancy));
        Assert.Empty(quick.Anomalies);
    }

    private static void AskWithARegister(Scan[] scans)
    {
        var register = new Register(
        [
            new Ticket(new TicketId("T001")) { TicketType = "GENERAL" },
            new Ticket(new TicketId("T002")) { TicketType = "VIP" },
            new Ticket(new TicketId("T003")) { TicketType = "GENERAL", Status = TicketStatus.Revoked },
        ]);
        var rules = new AdmissionRules { Capacity = 1, FirmCapacity = 3, TicketTypes = AdmissionRules.Overriding("VIP", "CREW") };

        var types = scans.Occupancy(register).ByTicketType;     // GENERAL: 1, VIP: 1
        var door = scans.Admit(rules, register);                // door.Admitted is 2, door.Overrides 1
        var board = door.Rejections.Select(refused => $"{refused.TicketId} at gate {refused.Gate}: {refused.Reason.Message()}");
        // T002 at gate B: Already inside
        // T003 at gate B: Ticket is not valid
        Assert.Equal((1, 1), (types["GENERAL"], types["VIP"]));
        Assert.Equal((2, 1), (door.Admitted, door.Overrides));
        Assert.Equal(["T002 at gate B: Already inside", "T003 at gate B: Ticket is not valid"], board);
    }

    [Fact]
    public async Task files_are_read()
    {
        var (day, tickets) = (Checkout.FullPath("samples/classic-day.ndjson"), Checkout.FullPath("samples/classic-tickets.json"));
        var reader = new ScanReader(new ReadOptions { Zone = Zone.Utc });
        var scans = await reader.ReadAsync([day]);
        var register = (await RegisterReader.ReadAsync(tickets, new ReadOptions())).Register;

        var report = scans.Occupancy(new DateTimeOffset(2025, 9, 30, 11, 30, 0, TimeSpan.Zero), register);    // 6 inside, 2 of them VIP
        var doubled = scans.Anomalies(register).Anomalies[0];                                                 // T003, a duplicate entry
        var full = scans.Admit(new AdmissionRules { Capacity = 5 }, register);                                // 9 admitted, 4 rejected
        foreach (var aside in reader.SetAside) Console.Error.WriteLine($"{aside.Source}:{aside.Line}: {aside.Reason}");

        Assert.Empty(reader.SetAside);
        Assert.Equal((6, 2), (report.Occupancy, report.ByTicketType["VIP"]));
        Assert.Equal(("T003", AnomalyKind.DuplicateEntry), (doubled.TicketId.Value, doubled.Kind));
        Assert.Equal((9, 4), (full.Admitted, full.Rejections.Count));
    }

    [Fact]
    public async Task a_foreign_log_is_described()
    {
        var park = Checkout.FullPath("samples/foreign/park-gates.csv");
        var gates = new ForeignLog
        {
            Map = new Dictionary<string, string> { ["ticket_id"] = "car-id", ["timestamp"] = "Timestamp", ["gate"] = "gate-name", ["scan_type"] = "gate-name" },
            Alternate = true,
            Entry = ["entrance0", "entrance1", "entrance2", "entrance3", "entrance4"],
        };
        var cars = await new ScanReader(new ReadOptions { Foreign = gates }).ReadAsync([park]);
        var parked = cars.Occupancy();   // 1 inside; cars.Intake has 13 scans and 10 skipped

        Assert.Equal((1, 13, 10), (parked.Occupancy, cars.Intake.Scans, cars.Intake.Skipped));
    }

    [Fact]
    public async Task questions_are_asked_of_scans_as_they_come()
    {
        var day = Checkout.FullPath("samples/classic-day.ndjson");
        var atGateB = new ScanReader().ReadScansAsync([day]).Where(scan => scan.Gate.Value == "B");
        var flow = await atGateB.OccupancyAsync();                                              // as if B were the only gate: 7 stays opened there

        var noon = await new ScanReader().ReadScansAsync([day]).OccupancyAtAsync(new DateTimeOffset(2025, 9, 30, 12, 0, 0, TimeSpan.Zero));
        var odd = await new ScanReader().ReadScansAsync([day]).AnomaliesAsync();                // 3
        var limited = await new ScanReader().ReadScansAsync([day]).AdmitAsync(capacity: 5);     // without a register nobody overrides

        Assert.Equal(7, flow.Entries);
        Assert.Equal((await new ScanReader().ReadAsync([day])).Occupancy(noon.At).Occupancy, noon.Occupancy);
        Assert.Equal(3, odd.Anomalies.Count);
        Assert.Equal(0, limited.Overrides);
        Assert.NotEmpty(limited.Rejections);
    }

    [Fact]
    public async Task a_stream_is_followed()
    {
        var stopping = TestContext.Current.CancellationToken;
        var pipe = new MemoryStream(Encoding.UTF8.GetBytes("""{"ticket_id":"T1","gate":"A","scan_type":"entry","timestamp":"2025-09-30T10:00:00Z"}""" + "\n"));
        var live = new ScanReader(new ReadOptions { StandardInput = pipe, RefreshInterval = TimeSpan.FromMilliseconds(200) });
        var inside = 0L;
        await foreach (var ledger in live.FollowAsync(["-"], stopping)) inside = ledger.Occupancy().Occupancy;

        Assert.Equal(1, inside);
    }

    [Fact]
    public void attempts_are_decided_one_by_one()
    {
        DateTimeOffset At(int hour, int minute) => new(2025, 9, 30, hour, minute, 0, TimeSpan.Zero);
        Scan Scanned(string ticket, string gate, ScanType type, DateTimeOffset when) => new(new TicketId(ticket), new GateName(gate), type, when);
        var gate = new Admission(new AdmissionRules { Capacity = 1 });
        var log = new List<LogRecord>();

        Decision Ask(Scan scan)
        {
            var decision = gate.Decide(new Attempt(scan, ReceivedAt: scan.Timestamp));
            var record = decision.ToRecord(gate.LastSeq + 1);
            log.Add(record);
            gate.Apply(record);
            return decision;
        }

        var first = Ask(Scanned("T001", "A", ScanType.Entry, At(10, 0)));     // Accepted
        var second = Ask(Scanned("T002", "A", ScanType.Entry, At(10, 5)));    // Rejected, AtCapacity: "Venue at capacity"
        var leaving = Ask(Scanned("T001", "B", ScanType.Exit, At(11, 0)));    // Accepted: exits always are

        var again = new Admission(new AdmissionRules { Capacity = 1 });
        foreach (var record in log) again.Apply(record);                      // again.Actual is 0, again.OccupancyAt(At(10, 30)) is 1

        Assert.Equal((ScanOutcome.Accepted, ScanOutcome.Rejected, ScanOutcome.Accepted), (first.Outcome, second.Outcome, leaving.Outcome));
        Assert.Equal((RefusalReason.AtCapacity, "Venue at capacity"), (second.Reason, second.Reason.Message()));
        Assert.Equal((0, 1), (again.Actual, again.OccupancyAt(At(10, 30))));
    }
}
