using System.Text;

namespace Headcount.Core.Tests.Devices;

/// <summary>What a device was told stays good whatever becomes of the next download.</summary>
public sealed class DeviceRegisterTests
{
    private const string Before = """["t","T1"] ["p","T1",1759255329000000,"A",1] {"end":true,"tickets":1,"presence":1}""";

    [Fact]
    public void a_snapshot_that_breaks_off_leaves_the_one_before_whole()
    {
        var register = Told(Header("1.1", 7), Before);
        Assert.False(register.Take(Header("2.1", 9)));
        Assert.False(register.Take("""["t","T2"]"""u8));
        Assert.True(register.IsReading);
        Assert.Equal(("1.1", 7), (register.Header!.Version, register.Header.Seq));
        Assert.Equal((true, false), (register.Tickets.TermsOf(new TicketId("T1")) is not null, register.Tickets.TermsOf(new TicketId("T2")) is not null));
        Assert.Equal(1, register.ToAdmission().Actual);
        register.GiveUp();
        Assert.Equal(1, register.ToAdmission().Actual);
    }

    [Fact]
    public void a_snapshot_takes_the_place_of_everything_with_its_last_line()
    {
        var register = Told(Header("1.1", 7), Before);
        Take(register, Header("2.1", 9), """["t","T2"] {"end":true,"tickets":1,"presence":0}""");
        Assert.Equal(("2.1", 9, 0L), (register.Header!.Version, register.Header.Seq, register.ToAdmission().Actual));
        Assert.Null(register.Tickets.TermsOf(new TicketId("T1")));
        Assert.NotNull(register.Tickets.TermsOf(new TicketId("T2")));
    }

    [Fact]
    public void a_snapshot_with_lines_missing_changes_nothing()
    {
        var register = Told(Header("1.1", 7), Before);
        Assert.Throws<FormatException>(() => Take(register, Header("2.1", 9), """["t","T2"] {"end":true,"tickets":2,"presence":0}"""));
        Assert.Equal(("1.1", 1L), (register.Header!.Version, register.ToAdmission().Actual));
        register.GiveUp();
        Take(register, Header("3.1", 9), """["t","T2"] {"end":true,"tickets":1,"presence":0}""");
        Assert.Equal("3.1", register.Header.Version);
    }

    [Fact]
    public void changes_that_break_off_hold_as_far_as_they_came_and_are_asked_for_again()
    {
        var register = Told(Header("1.1", 7), Before);
        Assert.False(register.Take(Header("1.2", 8, "changes")));
        Assert.False(register.Take("""["t","T1",null,1]"""u8));
        register.GiveUp();
        Assert.Equal(("1.1", 7), (register.Header!.Version, register.Header.Seq));
        Assert.Equal(TicketStatus.Revoked, register.Tickets.TermsOf(new TicketId("T1"))!.Status);
    }

    [Theory]
    [InlineData("""{"gate":"A","degraded_mode":"leased"},{"gate":"A","degraded_mode":"open"}""", "[]")]
    [InlineData("""{"degraded_mode":"leased"}""", "[]")]
    [InlineData("7", "[]")]
    [InlineData("", "{}")]
    [InlineData("", """[{"key_id":1,"public_key":"*","status":"current"}]""")]
    public void a_first_line_that_contradicts_itself_is_refused_with_a_reason(string gates, string keys)
    {
        var register = Told(Header("1.1", 7), Before);
        var wrong = Assert.Throws<FormatException>(() => register.Take(Header("2.1", 9, gates: gates, keys: keys)));
        Assert.NotEmpty(wrong.Message);
        Assert.Equal("1.1", register.Header!.Version);
    }

    [Theory]
    [InlineData("""["t"]""")]
    [InlineData("""["p","T1","now"]""")]
    [InlineData("""["t","T1",null,null,null,null,"A"]""")]
    [InlineData("""["x"]""")]
    [InlineData("[")]
    [InlineData("")]
    public void a_line_that_is_none_is_refused_with_a_reason(string line)
    {
        var register = new DeviceRegister();
        register.Take(Header("1.1", 7));
        Assert.NotEmpty(Assert.Throws<FormatException>(() => register.Take(Encoding.UTF8.GetBytes(line))).Message);
    }

    private static DeviceRegister Told(byte[] header, string lines)
    {
        var register = new DeviceRegister();
        Take(register, header, lines);
        return register;
    }

    private static void Take(DeviceRegister register, byte[] header, string lines)
    {
        register.Take(header);
        foreach (var line in lines.Split(' ')) register.Take(Encoding.UTF8.GetBytes(line));
    }

    private static byte[] Header(string version, long seq, string kind = "snapshot", string gates = """{"gate":"A","degraded_mode":"leased"}""", string keys = "[]") => Encoding.UTF8.GetBytes($$"""
        {"protocol":1,"kind":"{{kind}}","part":"all","event":"club","event_id":1,"name":"Club","zone":"UTC","version":"{{version}}","seq":{{seq}},"taken_at":1759255335200000,"max_age_seconds":86400,
         "rules":{"capacity":100,"firm_capacity":null,"reentry_policy":"warn","reentry_minutes":5,"opens_at":null,"closes_at":null},"gates":[{{gates}}],"ticket_types":[],"requires_codes":false,"keys":{{keys}}}
        """);
}
