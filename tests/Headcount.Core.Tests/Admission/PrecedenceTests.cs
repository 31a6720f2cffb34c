namespace Headcount.Core.Tests.Admitting;

/// <summary>Walks down the list of reasons: each applies alone, and of two the one declared first is given.</summary>
public sealed class PrecedenceTests
{
    private sealed record Setting
    {
        public AdmissionRules Rules { get; init; } = new() { Capacity = 10, RejectRapidReentry = true };

        public TicketTerms? Terms { get; init; } = TicketTerms.Any;

        public TicketStanding Standing { get; init; }

        public long Actual { get; init; }

        public bool Overridden { get; init; }

        public ScanType Type { get; init; }

        public Verdict Judge() => AdmissionPolicy.Judge(Circumstances());

        public ScanWarnings Note() => AdmissionPolicy.Note(Circumstances());

        private Circumstances Circumstances() => new()
        {
            Rules = Rules, Terms = Terms, Standing = Standing, At = LoggedVenue.Noon, Gate = new GateName("A"), Type = Type, Actual = Actual, Overridden = Overridden,
        };
    }

    // What makes each reason apply, in the order of the list.
    private static readonly (RefusalReason Reason, Func<Setting, Setting> Spoil)[] Table =
    [
        (RefusalReason.UnknownGate, setting => setting with { Rules = setting.Rules with { Gates = new HashSet<string> { "B" } } }),
        (RefusalReason.UnknownTicket, setting => setting with { Terms = null }),
        (RefusalReason.Revoked, setting => setting with { Terms = setting.Terms is null ? null : setting.Terms with { Status = TicketStatus.Revoked } }),
        (RefusalReason.Unpaid, setting => setting with { Terms = setting.Terms is null or { Status: TicketStatus.Revoked } ? setting.Terms : setting.Terms with { Status = TicketStatus.Unpaid } }),
        (RefusalReason.OutsideValidity, setting => setting with { Rules = setting.Rules with { ClosesAt = LoggedVenue.Noon } }),
        (RefusalReason.WrongGate, setting => setting with { Terms = setting.Terms is null ? null : setting.Terms with { Gates = [new GateName("B")] } }),
        (RefusalReason.AlreadyInside, setting => setting with { Standing = setting.Standing with { IsPresent = true, EverEntered = true } }),
        (RefusalReason.NoReentry, setting => setting with
        {
            Terms = setting.Terms is null ? null : setting.Terms with { SingleEntry = true },
            Standing = setting.Standing with { EverEntered = true },
        }),
        (RefusalReason.TooSoon, setting => setting with { Standing = setting.Standing with { LatestExit = LoggedVenue.At(-1) } }),
        (RefusalReason.AtCapacity, setting => setting with { Actual = 10 }),
    ];

    public static TheoryData<RefusalReason> EveryReason => [.. Enum.GetValues<RefusalReason>().Skip(1)];

    public static TheoryData<RefusalReason, RefusalReason> EveryPair
    {
        get
        {
            var pairs = new TheoryData<RefusalReason, RefusalReason>();
            foreach (var first in EveryReason)
            {
                foreach (var second in EveryReason)
                {
                    if (first.Data < second.Data) pairs.Add(first.Data, second.Data);
                }
            }

            return pairs;
        }
    }

    [Fact]
    public void the_table_is_the_list() =>
        Assert.Equal(Enum.GetValues<RefusalReason>().Skip(1), Table.Select(row => row.Reason));

    [Fact]
    public void without_a_reason_an_entry_is_welcome() =>
        Assert.Equal(new Verdict(RefusalReason.None, ScanWarnings.None), new Setting().Judge());

    [Theory, MemberData(nameof(EveryReason))]
    public void each_reason_applies_alone(RefusalReason reason) =>
        Assert.Equal(new Verdict(reason, ScanWarnings.None), Spoil(new Setting(), reason).Judge());

    [Theory, MemberData(nameof(EveryPair))]
    public void of_two_reasons_the_one_declared_first_is_given(RefusalReason first, RefusalReason second)
    {
        Assert.Equal(first, Spoil(Spoil(new Setting(), first), second).Judge().Reason);
        Assert.Equal(first, Spoil(Spoil(new Setting(), second), first).Judge().Reason);
    }

    [Theory, MemberData(nameof(EveryReason))]
    public void no_reason_ever_keeps_anybody_in(RefusalReason reason)
    {
        var leaving = Spoil(new Setting(), reason) with { Type = ScanType.Exit, Standing = new TicketStanding(true, true, null) };
        Assert.Equal(new Verdict(RefusalReason.None, ScanWarnings.None), leaving.Judge());
        Assert.Equal(ScanWarnings.None, leaving.Note());
        Assert.Equal(new Verdict(RefusalReason.None, ScanWarnings.ExitWithoutEntry), (leaving with { Standing = default }).Judge());
    }

    [Theory, MemberData(nameof(EveryReason))]
    public void on_a_fact_each_reason_is_a_warning(RefusalReason reason)
    {
        var expected = reason == RefusalReason.TooSoon ? "rapid_reentry" : reason.Code();
        Assert.Equal([expected], Spoil(new Setting(), reason).Note().CodesOf());
    }

    [Fact]
    public void on_a_fact_all_that_apply_are_noted()
    {
        var setting = new Setting();
        foreach (var reason in new[] { RefusalReason.UnknownGate, RefusalReason.Revoked, RefusalReason.OutsideValidity, RefusalReason.WrongGate, RefusalReason.NoReentry, RefusalReason.TooSoon, RefusalReason.AtCapacity })
            setting = Spoil(setting, reason);
        Assert.Equal(["rapid_reentry", "wrong_gate", "unknown_gate", "revoked", "outside_validity", "no_reentry", "at_capacity"], setting.Note().CodesOf());
    }

    public static TheoryData<string, bool> Hours => new()
    {
        { "ticket from now", true }, { "ticket from later", false }, { "ticket until now", false }, { "ticket until later", true },
        { "type from later", false }, { "type until now", false }, { "type until later", true },
        { "doors from later", false }, { "doors until now", false }, { "doors until later", true },
    };

    [Theory, MemberData(nameof(Hours))]
    public void the_hours_of_ticket_type_and_doors_must_all_hold(string hours, bool isOpen)
    {
        var bound = hours.EndsWith("now", StringComparison.Ordinal) ? LoggedVenue.Noon : LoggedVenue.At(1);
        Instant? from = hours.Contains(" from ", StringComparison.Ordinal) ? bound : null;
        Instant? until = hours.Contains(" until ", StringComparison.Ordinal) ? bound : null;
        var setting = new Setting { Terms = TicketTerms.Any with { TicketType = "Day" } };
        setting = hours.Split(' ')[0] switch
        {
            "ticket" => setting with { Terms = setting.Terms! with { ValidFrom = from, ValidUntil = until } },
            "type" => setting with { Rules = WithType(setting.Rules, new TicketTypeRules { ValidFrom = from, ValidUntil = until }) },
            _ => setting with { Rules = setting.Rules with { OpensAt = from, ClosesAt = until } },
        };
        Assert.Equal(isOpen ? RefusalReason.None : RefusalReason.OutsideValidity, setting.Judge().Reason);
    }

    [Theory]
    [InlineData("", "", true)]
    [InlineData("A,B", "", true)]
    [InlineData("B", "", false)]
    [InlineData("", "B", false)]
    [InlineData("A", "B", false)]
    [InlineData("A", "A,B", true)]
    public void the_gates_of_ticket_and_type_must_both_hold_and_an_empty_list_limits_nothing(string ofTicket, string ofType, bool isOpen)
    {
        var setting = new Setting { Terms = new TicketTerms { TicketType = "Day", Gates = Gates(ofTicket) } };
        setting = setting with { Rules = WithType(setting.Rules, new TicketTypeRules { Gates = Gates(ofType) }) };
        Assert.Equal(isOpen ? RefusalReason.None : RefusalReason.WrongGate, setting.Judge().Reason);
    }

    [Fact]
    public void a_type_that_admits_once_is_enough_for_no_reentry()
    {
        var setting = new Setting { Terms = new TicketTerms { TicketType = "Day" }, Standing = new TicketStanding(false, true, null) };
        Assert.Equal(RefusalReason.NoReentry, (setting with { Rules = WithType(setting.Rules, new TicketTypeRules { SingleEntry = true }) }).Judge().Reason);
        Assert.Equal(RefusalReason.None, setting.Judge().Reason);
    }

    // type override, supervisor, actual: capacity is 10, the firm limit 12
    [Theory]
    [InlineData(false, false, 9, RefusalReason.None, ScanWarnings.None)]
    [InlineData(false, false, 10, RefusalReason.AtCapacity, ScanWarnings.None)]
    [InlineData(true, false, 9, RefusalReason.None, ScanWarnings.None)]
    [InlineData(true, false, 10, RefusalReason.None, ScanWarnings.CapacityOverride)]
    [InlineData(false, true, 9, RefusalReason.None, ScanWarnings.None)]
    [InlineData(false, true, 11, RefusalReason.None, ScanWarnings.CapacityOverride)]
    [InlineData(true, true, 11, RefusalReason.None, ScanWarnings.CapacityOverride)]
    [InlineData(true, false, 12, RefusalReason.AtCapacity, ScanWarnings.None)]
    [InlineData(false, true, 12, RefusalReason.AtCapacity, ScanWarnings.None)]
    [InlineData(true, true, 13, RefusalReason.AtCapacity, ScanWarnings.None)]
    public void overrides_pass_a_full_house_and_never_a_firm_limit(bool typeOverrides, bool supervisor, long actual, RefusalReason reason, ScanWarnings warnings)
    {
        var setting = new Setting { Terms = new TicketTerms { TicketType = typeOverrides ? "VIP" : "Day" }, Actual = actual, Overridden = supervisor };
        Assert.Equal(new Verdict(reason, warnings), (setting with { Rules = setting.Rules with { FirmCapacity = 12 } }).Judge());
    }

    [Fact]
    public void an_override_passes_nothing_but_a_full_house()
    {
        foreach (var (reason, spoil) in Table.Where(row => row.Reason != RefusalReason.AtCapacity))
            Assert.Equal(reason, (spoil(new Setting()) with { Overridden = true, Actual = 10 }).Judge().Reason);
    }

    [Theory]
    [InlineData(-5, true, RefusalReason.None)]
    [InlineData(-4.9999, true, RefusalReason.TooSoon)]
    [InlineData(0, true, RefusalReason.TooSoon)]
    [InlineData(-4.9999, false, RefusalReason.None)]
    public void exactly_the_reentry_window_is_not_too_soon(double exit, bool refuse, RefusalReason reason)
    {
        var setting = new Setting { Standing = new TicketStanding(false, true, LoggedVenue.At(exit)) };
        var verdict = (setting with { Rules = setting.Rules with { RejectRapidReentry = refuse } }).Judge();
        Assert.Equal(reason, verdict.Reason);
        Assert.Equal(!refuse, verdict.Warnings == ScanWarnings.RapidReentry);
    }

    private static Setting Spoil(Setting setting, RefusalReason reason) => Table.Single(row => row.Reason == reason).Spoil(setting);

    private static AdmissionRules WithType(AdmissionRules rules, TicketTypeRules type) =>
        rules with { TicketTypes = new Dictionary<string, TicketTypeRules> { ["Day"] = type } };

    private static GateName[] Gates(string names) => [.. names.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(name => new GateName(name))];
}
