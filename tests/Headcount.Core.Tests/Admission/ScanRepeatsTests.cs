using CsCheck;

namespace Headcount.Core.Tests.Admitting;

public sealed class ScanRepeatsTests
{
    private static readonly Instant Ten = new(1_759_226_400_000_000);

    private static Scan Entry(string ticket = "T1", string gate = "A", string? device = "d", string? id = "1", ScanType type = ScanType.Entry, long after = 0) =>
        new(new TicketId(ticket), new GateName(gate), type, new Instant(Ten.Microseconds + after), device is null ? null : new DeviceId(device), id is null ? null : new ScanId(id));

    private static DecidedScan Decided(long seq, Scan scan, RefusalReason reason = RefusalReason.None) => new(seq, Ten, scan)
    {
        Outcome = reason == RefusalReason.None ? ScanOutcome.Accepted : ScanOutcome.Rejected, Reason = reason,
    };

    private static RecordedFact Fact(long seq, Scan scan) => new(seq, Ten, scan) { Outcome = ScanOutcome.Recorded };

    public static TheoryData<string, Scan, Scan, RepeatKind> Pairs => new()
    {
        { "the same scan again", Entry(), Entry(), RepeatKind.Repeat },
        { "another id", Entry(), Entry(id: "2"), RepeatKind.None },
        { "another device", Entry(), Entry(device: "e"), RepeatKind.None },
        { "another ticket under one id", Entry(), Entry(ticket: "T2"), RepeatKind.Conflict },
        { "another gate under one id", Entry(), Entry(gate: "B"), RepeatKind.Conflict },
        { "another direction under one id", Entry(), Entry(type: ScanType.Exit), RepeatKind.Conflict },
        { "another instant under one id", Entry(), Entry(after: 1), RepeatKind.Conflict },
        { "the gate stands in for a device", Entry(device: null), Entry(device: "A"), RepeatKind.Repeat },
        { "an empty device is none", Entry(device: ""), Entry(device: null), RepeatKind.Repeat },
        { "no id, all alike", Entry(id: null), Entry(id: null), RepeatKind.Repeat },
        { "no id, another instant", Entry(id: null), Entry(id: null, after: 1), RepeatKind.None },
        { "no id, another ticket", Entry(id: null), Entry(ticket: "T2", id: null), RepeatKind.None },
        { "no id, another gate", Entry(id: null), Entry(gate: "B", id: null), RepeatKind.None },
        { "no id, another direction", Entry(id: null), Entry(type: ScanType.Exit, id: null), RepeatKind.None },
        { "an empty id is none", Entry(id: ""), Entry(id: null), RepeatKind.Repeat },
        { "with an id and without are two things", Entry(), Entry(id: null), RepeatKind.None },
    };

    [Theory, MemberData(nameof(Pairs))]
    public void a_scan_is_known_by_device_and_id_or_by_all_it_says(string what, Scan first, Scan second, RepeatKind expected)
    {
        var repeats = new ScanRepeats();
        repeats.Add(Decided(7, first));
        Assert.Equal(new RepeatMatch(expected, expected == RepeatKind.None ? 0 : 7), repeats.Find(second, isFactLetThrough: false));
        Assert.NotEmpty(what);
    }

    [Fact]
    public void a_fact_after_a_live_refusal_is_new_once_and_the_refusal_stays_the_answer_to_the_gate()
    {
        var repeats = new ScanRepeats();
        repeats.Add(Decided(1, Entry(), RefusalReason.AtCapacity));
        Assert.Equal(default, repeats.Find(Entry(), isFactLetThrough: true));
        repeats.Add(Fact(2, Entry()));
        Assert.Equal(new RepeatMatch(RepeatKind.Repeat, 2), repeats.Find(Entry(), isFactLetThrough: true));
        Assert.Equal(new RepeatMatch(RepeatKind.Repeat, 1), repeats.Find(Entry(), isFactLetThrough: false));
        Assert.Equal(RepeatKind.Conflict, repeats.Find(Entry(ticket: "T2"), isFactLetThrough: true).Kind);
    }

    [Fact]
    public void a_fact_after_an_accepted_scan_or_a_fact_is_a_repeat()
    {
        var repeats = new ScanRepeats();
        repeats.Add(Decided(1, Entry()));
        repeats.Add(Fact(2, Entry(id: "2")));
        Assert.Equal(new RepeatMatch(RepeatKind.Repeat, 1), repeats.Find(Entry(), isFactLetThrough: true));
        Assert.Equal(new RepeatMatch(RepeatKind.Repeat, 2), repeats.Find(Entry(id: "2"), isFactLetThrough: true));
    }

    [Fact]
    public void a_refusal_without_an_id_is_the_same_scan_whatever_the_device_did() =>
        Gen.Bool.Sample(isFact =>
        {
            var repeats = new ScanRepeats();
            repeats.Add(Decided(1, Entry(id: null), RefusalReason.AlreadyInside));
            return repeats.Find(Entry(id: null), isFact) == new RepeatMatch(RepeatKind.Repeat, 1);
        });

    [Fact]
    public void what_was_never_added_is_new_and_what_was_is_found_under_its_first_number() =>
        Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 1, 3], Gen.Int[0, 3], Gen.Int[0, 2]).List[1, 60].Sample(rows =>
        {
            var repeats = new ScanRepeats();
            var known = new Dictionary<(string, string), (long Seq, long After)>();
            var seq = 0L;
            foreach (var (id, device, after) in rows)
            {
                var scan = Entry(device: $"d{device}", id: id, after: after);
                var match = repeats.Find(scan, isFactLetThrough: false);
                if (known.TryGetValue((id, scan.DeviceId!.Value.Value), out var first))
                {
                    Assert.Equal(new RepeatMatch(first.After == after ? RepeatKind.Repeat : RepeatKind.Conflict, first.Seq), match);
                    continue;
                }

                Assert.Equal(default, match);
                repeats.Add(Decided(++seq, scan));
                known.Add((id, scan.DeviceId.Value.Value), (seq, after));
            }

            Assert.Equal(known.Count, repeats.Count);
        });
}
