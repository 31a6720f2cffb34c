using System.Text;
using CsCheck;
using Headcount.Core;
using Headcount.Streams;
using Xunit;

namespace Headcount.Core.Tests.Streams;

public sealed class FastTicketTests
{
    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static readonly Gen<string> Name = OneOf("ticket_id", "ticket_type", "user_id", "status", "valid_from", "gates", "single_entry", "ticket\\u005fid", "other", "");
    private static readonly Gen<string> Value = OneOf(
        "\"T1\"", "\"VIP\"", "\"valid\"", "\"revoked\"", "\"unpaid\"", "\"paid\"", "\"\"", "12", "1.5", "null", "true", "[\"A\"]", "\"2025-09-30T10:00\"", "\"é\"", "\"a\\nb\"", "\"\\u0000\"", "\"" + new string('x', 65) + "\"", "\"" + new string('y', 129) + "\"");
    private static readonly Gen<string> Blank = OneOf("", "", " ", "  ", "\t");

    private static readonly Gen<string> Element =
        from fields in Gen.Select(Name, Value, Blank, Blank, (name, value, before, after) => $"{before}\"{name}\"{after}:{before}{value}").Array[0, 5]
        from end in OneOf("}", "}", "}", " }", "},", "", "} x")
        select $"{{\"ticket_id\":\"T{fields.Length}\"" + string.Concat(fields.Select(field => "," + field)) + end;

    [Fact]
    public void the_fast_path_and_the_general_one_read_the_same_tickets() =>
        Element.Array[1, 4].Sample(elements => Read(elements, mayGoFast: true) == Read(elements, mayGoFast: false), iter: 5_000);

    // Everything that was read, and everything that was refused, as one text.
    private static string Read(string[] elements, bool mayGoFast)
    {
        var register = new Register();
        var block = new Block { Place = new InputPlace("test") };
        block.Length = Encoding.UTF8.GetBytes(string.Join('\n', elements), block.Buffer);
        block.Kind = BlockKind.Json;
        var wrong = new TicketParser(register, Zone.Utc, mayGoFast).Read(block).ToList();
        var tickets = register.Select(ticket => $"{ticket.TicketId}/{ticket.TicketType}/{ticket.UserId}/{ticket.Status}/{ticket.ValidFrom}/{string.Join(';', ticket.Gates)}/{ticket.SingleEntry}");
        return string.Join('\n', [.. tickets, .. wrong.Select(one => $"{one.Line}: {one.Reason}")]);
    }
}
