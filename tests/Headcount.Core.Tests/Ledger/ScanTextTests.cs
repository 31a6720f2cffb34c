using Headcount.Core;

namespace Headcount.Core.Tests.Ledger;

/// <summary>Which texts a scan given to a ledger may hold.</summary>
public sealed class ScanTextTests
{
    public static readonly TheoryData<string, string> Refused = new()
    {
        { "", "empty" },
        { new string('x', 129), "129 characters" },
        { "T\0", "U+0000" },
        { "\ud83d", "surrogate" },
        { "T\ude00", "surrogate" },
        { "\ufffd\ud83d", "surrogate" },
    };

    public static readonly TheoryData<string> Taken =
    [
        " ", "T001", "t001", "T001 ", "\u00e9", "e\u0301", "\ufffd", "\U0001F39F", new string('x', 128), string.Concat(Enumerable.Repeat("\U0001F39F", 128)),
    ];

    [Theory, MemberData(nameof(Refused))]
    public void a_text_that_is_none_is_refused_with_the_reason(string ticket, string reason)
    {
        var problem = Assert.Throws<ArgumentException>(() => new ScanLedger().Add(Entry(ticket)));
        Assert.Contains(reason, problem.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Taken))]
    public void any_other_text_is_a_ticket(string ticket) => Assert.Equal(LedgerResult.Taken, new ScanLedger().Add(Entry(ticket)));

    [Fact]
    public void texts_are_told_apart_exactly()
    {
        var ledger = new ScanLedger();
        foreach (var ticket in Taken) ledger.Add(Entry(ticket.Data));
        Assert.Equal(Taken.Count, ledger.Tickets);
    }

    private static Scan Entry(string ticket) => new(new TicketId(ticket), new GateName("A"), ScanType.Entry, new Instant(0));
}
