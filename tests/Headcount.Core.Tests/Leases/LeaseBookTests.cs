namespace Headcount.Core.Tests.Leases;

/// <summary>Who may fill places by themselves, and what that costs the others.</summary>
public sealed class LeaseBookTests
{
    private static readonly Instant Noon = new(1_759_233_600_000_000);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly LeaseBook _book = new();
    private Instant _now = Noon;

    [Fact]
    public void a_lease_changes_nothing_as_long_as_its_gate_is_heard_of()
    {
        Assert.Equal(100, Report("a", free: 200).Places);
        for (var i = 0; i < 20; i++)
        {
            Pass(Second * 9);
            Assert.Equal(0, _book.HeldFor(_now, null));
            Report("a", free: 200, lease: _book.Picture().Devices[0].Places == 0 ? 0 : LastNumber);
        }
    }

    [Fact]
    public void after_ten_seconds_of_silence_its_places_count_as_taken_for_everyone_else_until_the_lease_expires()
    {
        Report("a", free: 200);
        Pass(Second * 10 - TimeSpan.FromMicroseconds(1));
        Assert.Equal(0, _book.HeldFor(_now, null));
        Pass(TimeSpan.FromMicroseconds(1));
        Assert.Equal(100, _book.HeldFor(_now, null));
        Assert.Equal(100, _book.HeldFor(_now, "b"));
        Assert.Equal(0, _book.HeldFor(_now, "a"));
        Assert.Equal(new LeaseFigures(100, 100, 1), _book.FiguresAt(_now));
        Pass(_book.Terms.Lifetime - Second * 10);
        Assert.Equal(0, _book.HeldFor(_now, null));
    }

    [Fact]
    public void what_a_gate_hands_in_uses_its_lease_and_its_exits_give_back()
    {
        var lease = Report("a", free: 200);
        Pass(Second * 30);
        Fact("a", ScanType.Entry, 1);
        Fact("a", ScanType.Entry, 1);
        Assert.Equal(98, _book.HeldFor(_now, null));
        Fact("a", ScanType.Exit, -1);
        Assert.Equal(99, _book.HeldFor(_now, null));
        Fact("a", ScanType.Entry, 0);
        Assert.Equal(99, _book.HeldFor(_now, null));

        // Back, with three scans still to hand in: no more than these can be entries.
        Report("a", free: 99, lease: lease.Number, waiting: 3);
        Assert.Equal(3, _book.HeldFor(_now, null));
        Report("a", free: 99, lease: lease.Number);
        Assert.Equal(0, _book.HeldFor(_now, null));
    }

    [Fact]
    public void an_answer_that_is_lost_keeps_the_greater_lease_out()
    {
        var first = Report("a", free: 200);
        var second = Report("a", free: 20, lease: first.Number);
        Assert.Equal(10, second.Places);
        Pass(Second * 10);
        Assert.Equal(100, _book.HeldFor(_now, null));

        // It had not heard of it, and says so; then it has.
        var third = Report("a", free: 20, lease: first.Number);
        Report("a", free: 20, lease: third.Number);
        Pass(Second * 10);
        Assert.Equal(10, _book.HeldFor(_now, null));
    }

    [Fact]
    public void a_gate_that_holds_none_by_its_own_word_holds_none()
    {
        Report("a", free: 100);
        Report("a", free: 0, lease: 0);
        Pass(Second * 10);
        Assert.Equal(0, _book.HeldFor(_now, null));
    }

    [Fact]
    public void a_gate_that_leaves_gives_everything_back()
    {
        var lease = Report("a", free: 100);
        var (_, kept) = _book.Report(new LeaseReport("a", "A", DegradedMode.Leased, lease.Number, 0) { IsLeaving = true }, 100, 0, _now);
        Assert.Equal(default, kept!.Lease);
        Pass(Second * 60);
        Assert.Equal(0, _book.HeldFor(_now, null));
        Assert.True(_book.IsEmpty);
    }

    [Theory]
    [InlineData(DegradedMode.Open)]
    [InlineData(DegradedMode.Closed)]
    public void only_a_leased_gate_has_a_lease(DegradedMode mode)
    {
        Assert.Equal(default, _book.Report(new LeaseReport("a", "A", mode, 0, 0), 100, 0, _now).Lease);
        var lease = Report("b", free: 100);
        Assert.Equal(default, _book.Report(new LeaseReport("b", "B", mode, lease.Number, 0), 100, 0, _now).Lease);
        _book.Report(new LeaseReport("b", "B", mode, 0, 0), 100, 0, _now);
        Pass(Second * 10);
        Assert.Equal(0, _book.HeldFor(_now, null));
    }

    [Fact]
    public void leases_are_sized_by_what_came_in_lately()
    {
        var (a, b) = (Report("a", free: 100), Report("b", free: 100));
        for (var i = 0; i < 29; i++) Entry("a");
        for (var i = 0; i < 9; i++) Entry("b");
        for (var round = 0; round < 4; round++) (a, b) = (Report("a", free: 42, lease: a.Number), Report("b", free: 42, lease: b.Number));
        Assert.Equal((30, 10), (a.Places, b.Places));
    }

    [Fact]
    public void who_comes_in_where_nobody_asks_for_a_lease_leaves_room_there()
    {
        var a = Report("a", free: 100);
        Assert.Equal(50, a.Places);
        for (var i = 0; i < 24; i++) Entry("a");
        for (var i = 0; i < 74; i++) Entry("no lease");
        a = Report("a", free: 100, lease: a.Number);
        Assert.Equal(25, a.Places);
        Report("a", free: 100, lease: a.Number);
        Pass(Second * 10);
        Assert.Equal(25, _book.HeldFor(_now, "no lease"));
    }

    [Fact]
    public void a_renewal_of_the_same_size_is_the_same_lease_for_longer_and_is_seldom_written_down()
    {
        var first = Report("a", free: 100);
        var writes = 0;
        for (var i = 0; i < 200; i++)
        {
            Pass(Second * 3);
            var (lease, kept) = _book.Report(new LeaseReport("a", "A", DegradedMode.Leased, first.Number, 0), 100, 0, _now);
            Assert.Equal(first.Number, lease.Number);
            Assert.Equal(_now + _book.Terms.Lifetime, lease.ExpiresAt);
            if (kept is not null) writes++;
        }

        Assert.InRange(writes, 1, 3);
    }

    [Fact]
    public void what_could_not_be_kept_is_asked_for_again()
    {
        var (lease, kept) = _book.Report(new LeaseReport("a", "A", DegradedMode.Leased, 0, 0), 100, 0, _now);
        Assert.NotNull(kept);
        Assert.Null(_book.Report(new LeaseReport("a", "A", DegradedMode.Leased, lease.Number, 0), 100, 0, _now).ToKeep);
        _book.NotKept("a");
        Assert.Equal(kept, _book.Report(new LeaseReport("a", "A", DegradedMode.Leased, lease.Number, 0), 100, 0, _now).ToKeep);
    }

    [Fact]
    public void after_a_restart_what_was_kept_is_held_until_its_gate_is_heard_of()
    {
        var (_, kept) = _book.Report(new LeaseReport("a", "A", DegradedMode.Leased, 0, 0), 100, 7, _now);
        var again = new LeaseBook();
        again.Restore(kept!);
        Assert.Equal(50, again.HeldFor(_now, null));
        again.Take(Record("a", ScanType.Entry), 1);
        Assert.Equal(49, again.HeldFor(_now, null));
        again.Report(new LeaseReport("a", "A", DegradedMode.Leased, kept!.Lease.Number, 0), 49, 8, _now);
        Assert.Equal(0, again.HeldFor(_now, null));
    }

    private static readonly Gen<(int Device, int What, int Amount)> Happening = Gen.Select(Gen.Int[0, 4], Gen.Int[0, 9], Gen.Int[0, 12]);

    /// <summary>Gates come and go, answers are lost, people walk: a new lease never takes what is not free, and the server never lets in into places that a gate which is cut off may fill.</summary>
    [Fact]
    public void leases_never_add_up_to_more_than_is_free_and_the_server_gives_no_place_away_twice() =>
        Happening.Array[0, 200].Sample(happenings =>
        {
            const long Capacity = 40;
            var (book, now, inside) = (new LeaseBook(), Noon, 0L);
            var known = new Dictionary<int, (long Number, long Left)>();
            foreach (var (device, what, amount) in happenings)
            {
                var name = $"d{device}";
                var free = Capacity - inside;
                switch (what)
                {
                    case < 4:
                        var others = book.Picture().Devices.Where(one => one.DeviceId != name && one.ExpiresAt > now).Sum(one => one.Places);
                        var (lease, _) = book.Report(new LeaseReport(name, null, DegradedMode.Leased, known.GetValueOrDefault(device).Number, 0), free, 0, now);
                        if (lease.Places > 0 && lease.Number != known.GetValueOrDefault(device).Number) Assert.True(others + lease.Places <= free, $"{others} + {lease.Places} > {free}");
                        if (what < 3 && lease.Number != known.GetValueOrDefault(device).Number) known[device] = (lease.Number, lease.Places);
                        break;
                    case < 6:
                        now += TimeSpan.FromSeconds(amount);
                        break;
                    case < 8:
                        // Somebody asks the server.
                        var held = book.HeldFor(now, null);
                        Assert.True(held >= 0);
                        if (inside + held < Capacity) inside++;
                        break;
                    case 8 when inside > 0:
                        inside--;
                        break;
                    default:
                        // A gate that is cut off lets in by itself, and hands it in later.
                        if (known.TryGetValue(device, out var mine) && mine.Left > 0 && book.Picture().Devices.Any(one => one.DeviceId == name && one.IsCutOffAt(now, book.Terms.CutOffAfter)))
                        {
                            var before = book.HeldFor(now, null);
                            known[device] = mine with { Left = mine.Left - 1 };
                            book.Take(Record(name, ScanType.Entry), 1);
                            inside++;
                            Assert.Equal(before - 1, book.HeldFor(now, null));
                        }

                        break;
                }
            }
        }, iter: 2_000);

    [Theory]
    [InlineData(DegradedMode.Leased, 3, null, false, 3)]
    [InlineData(DegradedMode.Leased, 0, null, false, 0)]
    [InlineData(DegradedMode.Leased, 3, null, true, 10)]
    [InlineData(DegradedMode.Leased, 3, 90L, true, 3)]
    [InlineData(DegradedMode.Open, 0, 50L, false, 10)]
    [InlineData(DegradedMode.Closed, 9, null, false, 0)]
    [InlineData(DegradedMode.Closed, 9, null, true, 0)]
    public void a_gate_that_is_cut_off_lets_in_what_was_declared(DegradedMode mode, long places, long? firm, bool overrides, int letIn)
    {
        var rules = new AdmissionRules { Capacity = 50, FirmCapacity = firm, TicketTypes = AdmissionRules.Overriding("VIP") };
        var admission = new Admission(rules, _ => new TicketTerms { TicketType = overrides ? "VIP" : null });
        for (var i = 0; i < 50; i++) Decide(admission, $"before-{i}", ScanType.Entry);
        admission.Rules = OfflineRules.Of(rules, mode, admission.Actual, places);
        Assert.Equal(letIn, Enumerable.Range(0, 10).Count(i => Decide(admission, $"T{i}", ScanType.Entry)));
        Assert.True(Decide(admission, "before-1", ScanType.Exit));
        Assert.Equal(mode != DegradedMode.Closed, Decide(admission, "after", ScanType.Entry));
    }

    private bool Decide(Admission admission, string ticket, ScanType type)
    {
        Pass(Second);
        var decision = admission.Decide(new Attempt(new Scan(new TicketId(ticket), new GateName("A"), type, _now), _now));
        admission.Apply(decision.ToRecord(admission.LastSeq + 1));
        return decision.Outcome == ScanOutcome.Accepted;
    }

    private long LastNumber { get; set; }

    private void Pass(TimeSpan time) => _now += time;

    private Lease Report(string device, long free, long lease = 0, long waiting = 0)
    {
        var answer = _book.Report(new LeaseReport(device, device.ToUpperInvariant(), DegradedMode.Leased, lease, waiting), free, 0, _now).Lease;
        LastNumber = answer.Number;
        return answer;
    }

    private void Fact(string device, ScanType type, long change) => _book.Take(Record(device, type), change);

    private void Entry(string device) => _book.Take(
        new DecidedScan(1, _now, new Scan(new TicketId("T"), new GateName("A"), ScanType.Entry, _now, new DeviceId(device))) { Outcome = ScanOutcome.Accepted, CountedAt = _now }, 1);

    private static RecordedFact Record(string device, ScanType type) =>
        new(1, Noon, new Scan(new TicketId("T"), new GateName("A"), type, Noon, new DeviceId(device))) { Outcome = ScanOutcome.Recorded, CountedAt = Noon };
}
