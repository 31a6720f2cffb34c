using Headcount.Core;
using Headcount.Engine;

namespace Headcount.SystemTests.Data;

/// <summary>One thing that happens at a generated venue.</summary>
/// <param name="Kind">What, on a scale of 100: attempts mostly, then facts, annulments and closings.</param>
/// <param name="Ticket">Whose ticket.</param>
/// <param name="Gate">At which gate.</param>
/// <param name="IsExit">In which direction.</param>
/// <param name="Wait">Seconds since the happening before it.</param>
/// <param name="Shift">Seconds by which its own time is off.</param>
/// <param name="Pick">Which earlier record, or how late.</param>
internal readonly record struct Happening(int Kind, int Ticket, int Gate, bool IsExit, int Wait, int Shift, int Pick);

/// <summary>Random days at a small venue, dense in everything that can go wrong, as <see cref="Admission"/> decides them.</summary>
internal sealed class GeneratedVenue
{
    public static readonly Gen<Happening[]> Happenings = Gen.Select(
        Gen.Int[0, 99], Gen.Int[0, 6], Gen.Int[0, 3], Gen.Bool, Gen.Frequency((3, Gen.Int[0, 3]), (1, Gen.Int[0, 900])), Gen.Int[-480, 480], Gen.Int[0, 1_000],
        (kind, ticket, gate, exit, wait, shift, pick) => new Happening(kind, ticket, gate, exit, wait, shift, pick)).Array[0, 100];

    public static readonly AdmissionRules Rules = new() { Capacity = 3, FirmCapacity = 5, Gates = new HashSet<string> { "g0", "g1", "g2" } };

    public static readonly Register Register = new(
    [
        new Ticket(new TicketId("t0")) { TicketType = "VIP" },
        new Ticket(new TicketId("t1")) { TicketType = "Day" },
        new Ticket(new TicketId("t2")) { TicketType = "Day", SingleEntry = true },
        new Ticket(new TicketId("t3")),
        new Ticket(new TicketId("t4")) { TicketType = "Day", Status = TicketStatus.Revoked },
        new Ticket(new TicketId("t5")) { TicketType = "Crew" },
    ]);

    public Admission Admission { get; } = new(Rules, Register);

    public List<LogEntry> Log { get; } = [];

    public static GeneratedVenue Run(IEnumerable<Happening> happenings)
    {
        var venue = new GeneratedVenue();
        var now = 0.0;
        foreach (var happening in happenings)
        {
            now += happening.Wait / 60.0;
            venue.Let(happening, now);
        }

        return venue;
    }

    /// <summary>The same log as a ledger reads it: for anomalies.</summary>
    public ScanLedger ToLedger()
    {
        var ledger = new ScanLedger();
        foreach (var entry in Log)
        {
            switch (entry.Record)
            {
                // Without its own id, since the ledger would take two of one for a repeat.
                case ScanRecord scan:
                    ledger.Add(scan.Scan with { Timestamp = scan.CountedAt ?? scan.Scan.Timestamp, Outcome = scan.Outcome, Seq = scan.Seq, ScanId = new ScanId($"{scan.Seq}") });
                    break;
                case Annulment annulment:
                    ledger.Annul(annulment.Annulled);
                    break;
                case DayClosing closing:
                    ledger.CloseDay(closing.At);
                    break;
            }
        }

        return ledger;
    }

    private void Let(Happening happening, double now)
    {
        var type = happening.IsExit ? ScanType.Exit : ScanType.Entry;
        var scan = new Scan(new TicketId($"t{happening.Ticket}"), new GateName($"g{happening.Gate}"), type, Instants.At(now + happening.Shift / 60.0));
        var taken = Instants.At(now);
        switch (happening.Kind)
        {
            case < 50:
                Take(Admission.Decide(new Attempt(scan, taken) { Override = happening.Pick < 50 ? new SupervisorOverride("Ada", "artist") : null }).ToRecord(Admission.LastSeq + 1));
                break;
            case < 83:
                var late = scan with { Timestamp = Instants.At(now - happening.Pick / 20.0) };
                Take(Admission.Decide(new ReportedScan(happening.Pick < 100 ? scan : late, taken) { WasRefused = happening.Pick % 10 == 0, Reason = RefusalReason.AtCapacity }).ToRecord(Admission.LastSeq + 1));
                break;
            case < 92:
                var seq = Log.Count == 0 ? 1 : 1 + happening.Pick % Log.Count;
                if (Admission.CanAnnul(seq) == AnnulmentProblem.None) Take(Admission.Annul(seq, taken));
                break;
            default:
                Take(Admission.CloseDay(Instants.At(now + happening.Shift / 20.0), taken));
                break;
        }
    }

    private void Take(LogRecord record)
    {
        Admission.Apply(record);
        Log.Add(new LogEntry(record) { Occupancy = Admission.Actual, Capacity = Rules.Capacity });
    }
}
