using Headcount.Core;
using Headcount.Engine;

namespace Headcount.SystemTests.Data;

/// <summary>Log entries of every kind with every field, whether or not they make sense together.</summary>
internal static class GeneratedEntries
{
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.String[Gen.Char.AlphaNumeric, 0, 20], Gen.OneOf("Tür 3", "日本 語", "🎪 zelt", "O'Brien; DROP TABLE scan_log--", "\"<b>\"", new string('x', 300), " ", "\n"));

    private static readonly Gen<Instant> Times = Gen.OneOf(
        Gen.Long[-62_135_596_800_000_000, 253_402_300_799_999_999].Select(at => new Instant(at)),
        Gen.Long[0, 86_400_000_000].Select(at => new Instant(Instants.Noon.Microseconds + at)),
        Gen.OneOf(Instant.Min, Instant.Max, new Instant(0), new Instant(-1)));

    private static readonly Gen<Scan> Scans = Gen.Select(
        Text, Text, Gen.Enum<ScanType>(), Times, Text.Null(), Text.Null(),
        (ticket, gate, type, at, device, id) => new Scan(new TicketId(ticket), new GateName(gate), type, at, device is null ? null : new DeviceId(device), id is null ? null : new ScanId(id)));

    private static readonly Gen<SupervisorOverride?> Words = Gen.Select(Text, Text, (by, why) => new SupervisorOverride(by, why)).Null();

    private static readonly Gen<LogRecord> Decided =
        Gen.Select(Scans, Gen.OneOf(ScanOutcome.Accepted, ScanOutcome.Rejected), Gen.Enum<RefusalReason>(), Gen.Int[0, 0xFFFF], Times.Nullable(), Text.Null(), Words, Times,
            (scan, outcome, reason, warnings, counted, type, word, received) => (LogRecord)new DecidedScan(0, received, scan)
            {
                Outcome = outcome, Reason = reason, Warnings = (ScanWarnings)warnings, CountedAt = counted, TicketType = type, Override = word,
            });

    private static readonly Gen<LogRecord> Facts =
        Gen.Select(Scans, Gen.OneOf(ScanOutcome.Recorded, ScanOutcome.Rejected), Gen.Enum<RefusalReason>(), Gen.Int[0, 0xFFFF], Times.Nullable(), Text.Null(), Times,
            (scan, outcome, reason, warnings, counted, type, received) => (LogRecord)new RecordedFact(0, received, scan)
            {
                Outcome = outcome, Reason = reason, Warnings = (ScanWarnings)warnings, CountedAt = counted, TicketType = type,
            });

    private static readonly Gen<LogRecord> Others = Gen.OneOf(
        Gen.Select(Times, Gen.Long[1, long.MaxValue], (received, annulled) => (LogRecord)new Annulment(0, received, annulled)),
        Gen.Select(Times, Times, (received, at) => (LogRecord)new DayClosing(0, received, at)));

    private static readonly Gen<LogEntry> Entry = Gen.Select(
        Gen.OneOf(Decided, Facts, Others), Gen.Long, Gen.Long, Text.Null(), Text.Null(),
        (record, occupancy, capacity, by, note) => new LogEntry(record) { Occupancy = occupancy, Capacity = capacity, By = by, Note = note });

    /// <summary>Entries numbered from 1.</summary>
    public static readonly Gen<LogEntry[]> Log = Entry.Array[1, 60].Select(entries => entries.Select((entry, i) => entry with { Record = entry.Record with { Seq = i + 1 } }).ToArray());

    /// <summary>An accepted entry.</summary>
    public static LogEntry Plain(long seq, long secondsApart = 1) => new(new DecidedScan(seq, Instants.At(seq * secondsApart / 60.0), new Scan(new TicketId($"T{seq % 997:00000}"), new GateName("ABCD"[(int)(seq % 4)].ToString()), (ScanType)(seq / 997 % 2), Instants.At(seq * secondsApart / 60.0 - 0.01), new DeviceId("door-1"), new ScanId($"s{seq}")))
    {
        Outcome = ScanOutcome.Accepted, CountedAt = Instants.At(seq * secondsApart / 60.0 - 0.01), TicketType = "GENERAL",
    })
    {
        Occupancy = seq % 997, Capacity = 1_000,
    };
}
