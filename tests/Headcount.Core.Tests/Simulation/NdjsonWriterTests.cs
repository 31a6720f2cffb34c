using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Headcount.Simulation;

namespace Headcount.Core.Tests.Simulation;

/// <summary>A day as bytes.</summary>
public sealed class NdjsonWriterTests
{
    private static readonly string[] AllKeys = ["ticket_id", "gate", "scan_type", "timestamp", "device_id", "scan_id"];

    public static readonly TheoryData<string, ScanFormat> Formats = new()
    {
        { "UTC", default },
        { "UTC", new ScanFormat(Brief: true) },
        { "+05:30", new ScanFormat(LocalTimes: true) },
        { "-03:00", new ScanFormat(Brief: true, LocalTimes: true) },
    };

    [Theory]
    [InlineData("scans", "e73c15123430a851dea4e0f27e6ab62a6b83049613a38be0b313331470dbc79c")]
    [InlineData("register", "ccaf9c08dc8dabc05681b64829c3235c5076665bdfc200872cfef517933099a7")]
    public void the_same_seed_gives_the_same_bytes_on_every_machine(string what, string sha256)
    {
        var day = SimulatedDay.Plan(new DayOptions { Attendees = 300, Gates = 3, Seed = 42 });
        var bytes = what == "scans" ? Scans(day) : Register(day);
        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    [Fact]
    public void another_seed_gives_another_day() =>
        Assert.NotEqual(Scans(SimulatedDay.Plan(new DayOptions { Seed = 1 })), Scans(SimulatedDay.Plan(new DayOptions { Seed = 2 })));

    [Theory, MemberData(nameof(Formats))]
    public void a_line_says_what_the_scan_says(string zoneId, ScanFormat format)
    {
        Assert.True(Zone.TryFind(zoneId, out var zone));
        var day = SimulatedDay.Plan(new DayOptions { Attendees = 2_000, Gates = 30, Zone = zone });
        var lines = Encoding.UTF8.GetString(Scans(day, format)).Split('\n');
        Assert.Equal("", lines[^1]);
        Assert.Equal(day.ScanCount, lines.Length - 1);
        foreach (var (line, simulated) in lines.Zip(day.Scans))
        {
            using var json = JsonDocument.Parse(line);
            Assert.Equal(AllKeys[..(format.Brief ? 4 : 6)], json.RootElement.EnumerateObject().Select(property => property.Name));
            Assert.Equal(Expected(simulated.Scan, zone, format), json.RootElement.EnumerateObject().Select(property => property.Value.GetString()));
        }
    }

    [Fact]
    public void a_brief_line_with_local_times_is_some_ninety_bytes_long()
    {
        var day = SimulatedDay.Plan(new DayOptions { Attendees = 2_000 });
        Assert.InRange(Scans(day, new ScanFormat(Brief: true, LocalTimes: true)).Length / day.ScanCount, 85, 95);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    public void the_register_is_an_array_with_one_ticket_a_line(int attendees)
    {
        var day = SimulatedDay.Plan(new DayOptions { Attendees = attendees });
        var text = Encoding.UTF8.GetString(Register(day));
        using var json = JsonDocument.Parse(text);
        Assert.Equal(
            day.Tickets.Select(ticket => (ticket.TicketId.Value, ticket.TicketType, ticket.UserId)),
            json.RootElement.EnumerateArray().Select(row =>
                (row.GetProperty("ticket_id").GetString()!, row.GetProperty("ticket_type").GetString(), row.GetProperty("user_id").GetString())));
        Assert.Equal(attendees == 0 ? 1 : attendees + 2, text.Count(letter => letter == '\n'));
    }

    private static string?[] Expected(Scan scan, Zone zone, ScanFormat format)
    {
        var time = zone.ToDateTimeOffset(scan.Timestamp);
        string?[] values =
        [
            scan.TicketId.Value, scan.Gate.Value, scan.Type.Code(), time.ToString(format.LocalTimes ? "yyyy-MM-ddTHH:mm:ss.fff" : "yyyy-MM-ddTHH:mm:ss.fffzzz"),
            scan.DeviceId?.Value, scan.ScanId?.Value,
        ];
        return format.Brief ? values[..4] : values;
    }

    private static byte[] Scans(SimulatedDay day, ScanFormat format = default)
    {
        using var output = new MemoryStream();
        NdjsonWriter.WriteScans(day, output, format);
        return output.ToArray();
    }

    private static byte[] Register(SimulatedDay day)
    {
        using var output = new MemoryStream();
        RegisterWriter.WriteRegister(day, output);
        return output.ToArray();
    }
}
