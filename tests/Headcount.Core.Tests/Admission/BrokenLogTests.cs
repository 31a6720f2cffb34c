using static Headcount.Core.ScanType;

namespace Headcount.Core.Tests.Admitting;

/// <summary>A log that cannot be is a bug: it is named, and nothing of it is taken.</summary>
public sealed class BrokenLogTests
{
    private static readonly Scan Scan = LoggedVenue.ScanOf("T2", Entry, 10);

    private static DecidedScan Good => new(2, LoggedVenue.At(10), Scan) { Outcome = ScanOutcome.Accepted, CountedAt = LoggedVenue.At(10) };

    public static TheoryData<LogRecord, string> Broken => new()
    {
        { Good with { Seq = 1 }, "record 2 was expected" },
        { Good with { Seq = 3 }, "record 2 was expected" },
        { Good with { ReceivedAt = LoggedVenue.At(4) }, "before the record before it" },
        { Good with { ReceivedAt = null }, "either all records say when they were taken" },
        { Good with { Outcome = ScanOutcome.None }, "does not say what became of the scan" },
        { Good with { Outcome = ScanOutcome.Recorded }, "only facts are recorded" },
        { Good with { CountedAt = null }, "says when it counts" },
        { Good with { Outcome = ScanOutcome.Rejected, Reason = RefusalReason.Revoked }, "says when it counts" },
        { Good with { Reason = RefusalReason.Revoked }, "has a reason" },
        { Good with { CountedAt = LoggedVenue.At(11) }, "after it was taken" },
        { new RecordedFact(2, LoggedVenue.At(10), Scan) { Outcome = ScanOutcome.Accepted, CountedAt = LoggedVenue.At(10) }, "only facts are recorded" },
        { new Annulment(2, LoggedVenue.At(10), 2), "no scan that came before it" },
        { new DayClosing(2, LoggedVenue.At(10), LoggedVenue.At(11)), "after it was taken" },
    };

    [Theory, MemberData(nameof(Broken))]
    public void a_record_that_cannot_be_is_refused_and_changes_nothing(LogRecord record, string why)
    {
        var venue = new LoggedVenue(LoggedVenue.Open);
        venue.Enter("T1", 5);
        var before = GeneratedLog.Words(venue.Admission);
        var broken = Assert.Throws<InvalidOperationException>(() => venue.Admission.Apply(record));
        Assert.Contains(why, broken.Message, StringComparison.Ordinal);
        Assert.Equal(before, GeneratedLog.Words(venue.Admission));
        venue.Admission.Apply(Good);
        Assert.Equal(2, venue.Admission.Actual);
    }

    [Fact]
    public void an_annulment_that_came_twice_changes_nothing_the_second_time()
    {
        var venue = new LoggedVenue(LoggedVenue.Open);
        venue.Enter("T1", 5);
        venue.Annul(1, 6);
        venue.Admission.Apply(new Annulment(3, LoggedVenue.At(7), 1));
        Assert.Equal((0, 3), (venue.Admission.Actual, venue.Admission.LastSeq));
    }

    [Fact]
    public void a_scan_without_the_time_it_was_taken_is_refused_where_others_have_one()
    {
        var venue = new LoggedVenue(LoggedVenue.Open);
        venue.Enter("T1", 5);
        Assert.Throws<ArgumentException>(() => venue.Admission.Decide(new Attempt(Scan)));
        Assert.Throws<ArgumentException>(() => venue.Admission.Decide(new ReportedScan(Scan)));
    }
}
