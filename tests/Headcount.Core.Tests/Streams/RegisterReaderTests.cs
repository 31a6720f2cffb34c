using Headcount.Streams;

namespace Headcount.Core.Tests.Streaming;

/// <summary>Registers in every container; a ticket given twice holds as it was given last.</summary>
public sealed class RegisterReaderTests
{
    private static readonly string[] Tickets =
    [
        """{"ticket_id":"T1","ticket_type":"VIP","user_id":"u1","status":"valid","gates":["A","B"],"single_entry":true}""",
        """{"ticket_id":"T2","ticket_type":"General","status":"unpaid","valid_from":"2025-09-30T10:00","valid_until":"2025-09-30T12:00:00Z"}""",
        """{"ticket_id":"T1","ticket_type":"Crew","status":"revoked","gates":[]}""",
        """{"ticket_id":3,"gates":["B",7],"extra":[{}]}""",
    ];

    private const string Csv = """
        ticket_id,ticket_type,user_id,status,valid_from,valid_until,gates,single_entry
        T1,VIP,u1,valid,,,A;B,true
        T2,General,,unpaid,2025-09-30T10:00,2025-09-30T12:00:00Z,,
        T1,Crew,,revoked,,,,false
        3,,,,,,B;7,0

        """;

    public static TheoryData<string> Registers => [string.Join("\n", Tickets), $"[{string.Join(",\n", Tickets)}]", $"[\r\n{string.Join("\r\n,", Tickets)}\r\n]\r\n", "\uFEFF" + Csv, Csv.Replace("A;B", "\"A;B\"", StringComparison.Ordinal)];

    private static Task<RegisterRead> ReadAsync(string text, bool strict = false) =>
        RegisterReader.ReadAsync("-", new ReadOptions { StandardInput = new SlicedStream(Given.Bytes(text)), ShownSetAside = 100, Strict = strict });

    [Theory(DisableDiscoveryEnumeration = true), MemberData(nameof(Registers))]
    public async Task every_container_gives_the_same_register(string text)
    {
        var read = await ReadAsync(text);
        Assert.Equal(0, read.SetAsideCount);
        Assert.Equal(["T1", "T2", "3"], read.Register.Select(ticket => ticket.TicketId.Value));
        Assert.Equal(["Crew", "General", null], read.Register.Select(ticket => ticket.TicketType));
        Assert.Equal([TicketStatus.Revoked, TicketStatus.Unpaid, TicketStatus.Valid], read.Register.Select(ticket => ticket.Status));
        Assert.Equal(["", "", "B,7"], read.Register.Select(ticket => string.Join(',', ticket.Gates)));
        Assert.DoesNotContain(read.Register, ticket => ticket.SingleEntry);
        Assert.Equal(TimeSpan.FromHours(2), read.Register.Find(new TicketId("T2")) is { ValidFrom: { } from, ValidUntil: { } until } ? until - from : default);
    }

    [Theory]
    [InlineData("{\"ticket_type\":\"VIP\"}", "ticket_id is missing")]
    [InlineData("{\"ticket_id\":\"\"}", "ticket_id is missing")]
    [InlineData("{\"ticket_id\":\"T\",\"status\":\"gone\"}", "is none of valid, revoked, unpaid")]
    [InlineData("{\"ticket_id\":\"T\",\"valid_from\":\"today\"}", "is no ISO 8601 date and time")]
    [InlineData("{\"ticket_id\":\"T\",\"gates\":\"A\"}", "a list of texts is needed")]
    [InlineData("{\"ticket_id\":\"T\",\"gates\":[\"A\",null]}", "gates is not a list of texts")]
    [InlineData("{\"ticket_id\":\"T\",\"gates\":[[]]}", "gates is not a list of texts")]
    [InlineData("{\"ticket_id\":\"T\",\"gates\":[\"\"]}", "gates holds a name that is empty")]
    [InlineData("{\"ticket_id\":\"T\",\"single_entry\":\"yes\"}", "true or false is needed")]
    [InlineData("{\"ticket_id\":\"T\",\"ticket_id\":\"U\"}", "ticket_id is given twice")]
    [InlineData("{\"ticket_id\":1.5}", "text is needed")]
    [InlineData("{\"ticket_id\":\"T\\u0000\"}", "U+0000")]
    [InlineData("[1]", "it is a list, not a ticket")]
    [InlineData("{\"ticket_id\":\"T\"", "it is not JSON")]
    public async Task a_malformed_ticket_is_set_aside_alone(string ticket, string reason)
    {
        var text = $"{{\"ticket_id\":\"A\"}}\n{ticket}\n{{\"ticket_id\":\"B\"}}";
        var read = await ReadAsync(text);
        Assert.Equal(2, read.Register.Count);
        var aside = Assert.Single(read.SetAside);
        Assert.Equal(2, aside.Line);
        Assert.Contains(reason, aside.Reason, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InputException>(() => ReadAsync(text, strict: true));
    }
}
