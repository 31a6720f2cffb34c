using Headcount.Core;

namespace Headcount.Core.Tests;

/// <summary>The words on the wire, written out once more: a changed code is a changed contract.</summary>
public sealed class CodesTests
{
    public static readonly TheoryData<RefusalReason, string, string> Reasons = new()
    {
        { RefusalReason.UnknownGate, "unknown_gate", "Unknown gate" },
        { RefusalReason.UnknownTicket, "unknown_ticket", "Unknown ticket" },
        { RefusalReason.Revoked, "revoked", "Ticket is not valid" },
        { RefusalReason.Unpaid, "unpaid", "Ticket is not paid" },
        { RefusalReason.OutsideValidity, "outside_validity", "Not valid at this time" },
        { RefusalReason.WrongGate, "wrong_gate", "Please use another gate" },
        { RefusalReason.AlreadyInside, "already_inside", "Already inside" },
        { RefusalReason.NoReentry, "no_reentry", "Re-entry is not allowed" },
        { RefusalReason.TooSoon, "too_soon", "Too soon after leaving" },
        { RefusalReason.AtCapacity, "at_capacity", "Venue at capacity" },
    };

    public static readonly TheoryData<AnomalyKind, string> Kinds = new()
    {
        { AnomalyKind.UnknownTicket, "unknown_ticket" },
        { AnomalyKind.DuplicateEntry, "duplicate_entry" },
        { AnomalyKind.ExitWithoutEntry, "exit_without_entry" },
        { AnomalyKind.RapidReentry, "rapid_reentry" },
    };

    public static readonly TheoryData<ScanWarnings, string> Warnings = new()
    {
        { ScanWarnings.ExitWithoutEntry, "exit_without_entry" },
        { ScanWarnings.RapidReentry, "rapid_reentry" },
        { ScanWarnings.CapacityOverride, "capacity_override" },
        { ScanWarnings.ClockAhead, "clock_ahead" },
        { ScanWarnings.ClockBehind, "clock_behind" },
        { ScanWarnings.DeviceMismatch, "device_mismatch" },
        { ScanWarnings.WrongGate, "wrong_gate" },
        { ScanWarnings.UnknownGate, "unknown_gate" },
        { ScanWarnings.UnknownTicket, "unknown_ticket" },
        { ScanWarnings.Revoked, "revoked" },
        { ScanWarnings.Unpaid, "unpaid" },
        { ScanWarnings.OutsideValidity, "outside_validity" },
        { ScanWarnings.AlreadyInside, "already_inside" },
        { ScanWarnings.NoReentry, "no_reentry" },
        { ScanWarnings.AtCapacity, "at_capacity" },
        { ScanWarnings.ContradictsRefusal, "contradicts_refusal" },
    };

    [Theory, MemberData(nameof(Reasons))]
    public void a_reason_has_a_code_a_message_and_a_way_back(RefusalReason reason, string code, string message)
    {
        Assert.Equal(code, reason.Code());
        Assert.Equal(message, reason.Message());
        Assert.True(Codes.TryParseReason(code, out var back));
        Assert.Equal(reason, back);
    }

    [Fact]
    public void reasons_are_declared_in_order_of_precedence_and_the_table_has_them_all()
    {
        Assert.Equal(Reasons.Select(row => row.Data.Item1), Enum.GetValues<RefusalReason>().Where(reason => reason != RefusalReason.None));
        Assert.Equal("", RefusalReason.None.Code());
        Assert.Equal("Welcome!", RefusalReason.None.Message());
    }

    [Theory, MemberData(nameof(Kinds))]
    public void an_anomaly_has_a_code_and_a_way_back(AnomalyKind kind, string code)
    {
        Assert.Equal(code, kind.Code());
        Assert.True(Codes.TryParseKind(code, out var back));
        Assert.Equal(kind, back);
    }

    [Fact]
    public void anomalies_are_declared_in_the_order_they_are_reported_in_and_the_table_has_them_all() =>
        Assert.Equal(Kinds.Select(row => row.Data.Item1), Enum.GetValues<AnomalyKind>());

    [Theory, MemberData(nameof(Warnings))]
    public void a_warning_has_a_code(ScanWarnings warning, string code) => Assert.Equal([code], warning.CodesOf());

    [Fact]
    public void every_warning_is_in_the_table_and_a_set_lists_its_codes_in_order()
    {
        var all = Enum.GetValues<ScanWarnings>().Where(warning => warning != ScanWarnings.None).ToArray();
        Assert.Equal(Warnings.Select(row => row.Data.Item1), all);
        Assert.Equal(Warnings.Select(row => row.Data.Item2), all.Aggregate((set, warning) => set | warning).CodesOf());
        Assert.Empty(ScanWarnings.None.CodesOf());
    }

    [Theory]
    [InlineData(ScanType.Entry, "entry")]
    [InlineData(ScanType.Exit, "exit")]
    public void a_direction_has_a_code(ScanType type, string code) => Assert.Equal(code, type.Code());

    [Theory]
    [InlineData(ScanOutcome.None, "")]
    [InlineData(ScanOutcome.Accepted, "accepted")]
    [InlineData(ScanOutcome.Rejected, "rejected")]
    [InlineData(ScanOutcome.Recorded, "recorded")]
    public void an_outcome_has_a_code(ScanOutcome outcome, string code) => Assert.Equal(code, outcome.Code());

    [Theory]
    [InlineData("")]
    [InlineData("Revoked")]
    [InlineData("none")]
    [InlineData("no_such_word")]
    public void other_words_are_no_codes(string word)
    {
        Assert.False(Codes.TryParseReason(word, out _));
        Assert.False(Codes.TryParseKind(word, out _));
    }
}
