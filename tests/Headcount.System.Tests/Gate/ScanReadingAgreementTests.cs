using System.Text;
using System.Text.Json;
using Headcount.Core;
using Headcount.Data.Model;
using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Gate;
using Headcount.Streams;

namespace Headcount.SystemTests.Gate;

/// <summary>One meaning of a scan: what the door makes of a body is what the readers of streams make of it.</summary>
public sealed class ScanReadingAgreementTests
{
    private static readonly Caller Account = new() { Name = "a", Role = AccountRole.Steward, UserId = "a" };

    private static readonly string[] Keys = ["ticket_id", "gate", "scan_type", "timestamp", "device_id", "scan_id", "outcome", "seq", "annuls", "note", "Gate", "ticket\\u005fid", ""];

    private static readonly string[] Values =
    [
        "\"T1\"", "\"A\"", "\"entry\"", "\"EXIT\"", "\"check_in\"", "\"Out\"", "\"2025-09-30T18:00:00Z\"", "\"2025-09-30 18:00\"", "\"2025-03-30T01:30:00.1234567+02:00\"", "\"2025-09-30T18:00:60Z\"",
        "\"\"", "null", "true", "17", "-3", "1.5", "1e3", "[]", "{\"a\":[1,{\"b\":\"\\u0000\"}]}", "{\"ticket_id\":\"x\"}", "\"\\u0041\\n\"", "\"\\ud83d\\ude00\"", "\"\\ud83d\"", "\"a\\u0000b\"",
        "\"rejected\"", "\"recorded\"", "\"annulled\"", "\"closed\"", "\"é𝕋\"", "\"" + new string('x', 64) + "\"", "\"" + new string('é', 65) + "\"", "\"" + new string('z', 129) + "\"",
    ];

    // Mostly scans as gates send them, with some fields that are anything.
    private static readonly Gen<string> Bodies =
        from usual in Gen.Bool.Array[4]
        from others in Gen.Select(Gen.Int[0, Keys.Length - 1], Gen.Int[0, Values.Length - 1]).Array[0, 4]
        from blanks in Gen.OneOf(Gen.Const(""), Gen.Const(" "), Gen.Const("\n\t"))
        let fields = new[] { "\"ticket_id\":\"T1\"", "\"gate\":\"A\"", "\"scan_type\":\"entry\"", "\"timestamp\":\"2025-09-30T18:00:00\"" }
            .Where((_, i) => usual[i] || others.Length < 2).Concat(others.Select(other => $"\"{Keys[other.Item1]}\":{Values[other.Item2]}"))
        select $"{blanks}{{{string.Join("," + blanks, fields)}}}{blanks}";

    private static readonly Gen<byte[]> Damaged =
        from body in Bodies
        from cuts in Gen.Select(Gen.Int[0, 400], Gen.Byte, Gen.Int[0, 2]).Array[0, 2]
        select cuts.Aggregate(Encoding.UTF8.GetBytes(body), (bytes, cut) => Damage(bytes, cut.Item1 % Math.Max(1, bytes.Length), cut.Item2, cut.Item3));

    private static byte[] Damage(byte[] bytes, int at, byte value, int how) => how switch
    {
        0 => [.. bytes[..at], value, .. bytes[Math.Min(bytes.Length, at + 1)..]],
        1 => [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + 1)..]],
        _ => [.. bytes[..at], value, .. bytes[at..]],
    };

    [Fact]
    public void the_door_and_the_readers_of_streams_agree_on_every_body() =>
        Damaged.Sample(body => Assert.Equal(AsStreamsReadIt(body), AsTheDoorReadsIt(body)), iter: 20_000);

    [Fact]
    public void the_door_takes_most_of_what_is_generated_or_this_would_prove_little()
    {
        var (taken, all) = (0, 0);
        Damaged.Sample(body =>
        {
            Interlocked.Increment(ref all);
            if (AsTheDoorReadsIt(body) != "malformed") Interlocked.Increment(ref taken);
        }, iter: 2_000);
        Assert.InRange(taken, all / 10, all * 9 / 10);
    }

    private static string AsTheDoorReadsIt(byte[] body)
    {
        if (ScanReading.Read(body, Account, isFact: true, out var request) is not null) return "malformed";
        return Told(request.Scan, request.WasRefused);
    }

    private static string AsStreamsReadIt(byte[] body)
    {
        var element = default(ScanElement);
        new JsonScanParser(new ElementReading(new ReadOptions())).Read(body, ref element);
        if (element.Kind != ElementKind.Scan) return "malformed";
        var scan = new Scan(new TicketId(Text(element.Ticket)), new GateName(Text(element.Gate)), element.Flags.HasFlag(RowFlags.Exit) ? ScanType.Exit : ScanType.Entry, new Instant(element.Instant),
            element.Device.IsEmpty ? null : new DeviceId(Text(element.Device)), element.ScanId.IsEmpty ? null : new ScanId(Text(element.ScanId)));
        return Told(scan, element.Flags.HasFlag(RowFlags.Rejected));
    }

    private static string Told(Scan scan, bool wasRefused) =>
        JsonSerializer.Serialize(new[] { scan.TicketId.Value, scan.Gate.Value, scan.Type.Code(), scan.Timestamp.ToString(), scan.DeviceId?.Value, scan.ScanId?.Value, wasRefused.ToString() });

    private static string Text(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text);
}
