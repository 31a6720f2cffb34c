using System.Text;
using System.Text.RegularExpressions;
using Headcount.Core;
using Headcount.SystemTests.Repository;
using NSec.Cryptography;
using DeviceSeal = Headcount.Client.DeviceSeal;

namespace Headcount.SystemTests.Devices;

/// <summary>The vectors of the device protocol's page are what the code writes and reads.</summary>
public sealed partial class ProtocolVectorTests
{
    private static readonly string Page = Checkout.Read("docs/reference/device-protocol.md");

    [Fact]
    public void codes_are_those_of_the_page()
    {
        var (seed, pub) = (Hex().Match(Page[Page.IndexOf("whose seed is", StringComparison.Ordinal)..]).Groups[1].Value, Hex().Match(Page[Page.IndexOf("(public `", StringComparison.Ordinal)..]).Groups[1].Value);
        using var key = Key.Import(SignatureAlgorithm.Ed25519, Convert.FromHexString(seed), KeyBlobFormat.RawPrivateKey);
        Assert.Equal(pub, Convert.ToHexStringLower(key.PublicKey.Export(KeyBlobFormat.RawPublicKey)));
        var rows = Row().Matches(Page);
        Assert.Equal(3, rows.Count);
        foreach (Match row in rows)
        {
            var code = new TicketCode
            {
                KeyId = 2684420611, EventId = long.Parse(row.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), TicketId = new TicketId(row.Groups[2].Value),
                TicketType = row.Groups[3].Value is { Length: > 0 } type ? type : null, ValidFrom = Time(row.Groups[4].Value), ValidUntil = Time(row.Groups[5].Value),
            };
            Assert.Equal(row.Groups[6].Value, code.ToText(SignatureAlgorithm.Ed25519.Sign(key, code.ToSign())));
            Assert.True(TicketCode.TryRead(row.Groups[6].Value, out var read, out var content, out var signature));
            Assert.Equal(code, read);
            Assert.True(SignatureAlgorithm.Ed25519.Verify(key.PublicKey, content, signature));
        }

        // The forgeries that the page names.
        var first = rows[0].Groups[6].Value;
        Assert.False(TicketCode.TryRead(first[..^5] + "SLUB7", out _, out _, out _));
        Assert.True(TicketCode.TryRead(first[..^5] + "TLUBA", out _, out var forged, out var wrong));
        Assert.False(SignatureAlgorithm.Ed25519.Verify(key.PublicKey, forged, wrong));
    }

    [Fact]
    public void the_seal_is_that_of_the_page()
    {
        var (token, device) = (Value("token"), Value("device_id"));
        Assert.Equal(Value("key"), Convert.ToHexStringLower(DeviceSeal.KeyOf(token, device)));
        var content = "{\"end\":true}\n"u8.ToArray();
        var shown = DeviceSeal.Seal(token, device, content, Convert.FromHexString(Value("nonce")));
        Assert.Equal(Value("sealed"), Convert.ToHexStringLower(shown));
        Assert.Equal(content, DeviceSeal.Open(token, device, shown));
        Assert.Null(DeviceSeal.Open(token, "gate-a-2", shown));
        Assert.Null(DeviceSeal.Open(token + "x", device, shown));
        Assert.Null(DeviceSeal.Open(token, device, shown.AsSpan(..^1)));
        Assert.Null(DeviceSeal.Open(token, device, shown.AsSpan(..10)));
        Assert.NotEqual(DeviceSeal.Seal(token, device, content), DeviceSeal.Seal(token, device, content));
        shown[^20] ^= 1;
        Assert.Null(DeviceSeal.Open(token, device, shown));
    }

    [Fact]
    public void the_download_of_the_page_is_read_and_one_that_is_damaged_is_not()
    {
        var block = Page[Page.IndexOf("{\"protocol\":1,\"kind\":\"snapshot\"", StringComparison.Ordinal)..];
        var lines = block[..block.IndexOf("```", StringComparison.Ordinal)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var register = Read(lines);
        Assert.Equal((3, 181, 1), (register.Tickets.Count, register.Header!.Seq, register.ToAdmission().Actual));
        Assert.Equal(TicketStatus.Revoked, register.Tickets.Find(new TicketId("T00002"))!.Status);
        var third = register.Tickets.Find(new TicketId("T00003"))!;
        Assert.Equal(("DAY", true, "A", new Instant(1759222800000000)), (third.TicketType, third.SingleEntry, third.Gates.Single().Value, third.ValidFrom!.Value));
        Assert.True(register.IsExpiredAt(register.Header.TakenAt + TimeSpan.FromHours(25)));
        Assert.False(register.IsExpiredAt(register.Header.TakenAt + TimeSpan.FromHours(24)));

        Assert.Throws<FormatException>(() => Read([.. lines[..2], .. lines[3..]]));
        Assert.Throws<FormatException>(() => Read(lines[1..]));
        Assert.Throws<FormatException>(() => Read([lines[0].Replace("\"protocol\":1", "\"protocol\":2", StringComparison.Ordinal), .. lines[1..]]));
        Assert.Throws<FormatException>(() => Read([lines[0].Replace("snapshot", "changes", StringComparison.Ordinal), .. lines[1..]]));
        foreach (var broken in new[] { "[", "[\"x\",1]", "[\"t\"]", "[\"t\",1]", "7", "[\"p\",\"T\",\"x\"]", "{}" }) Assert.Throws<FormatException>(() => Read([lines[0], broken]));

        // Broken off: what was known by then is asked for again.
        var half = new DeviceRegister();
        foreach (var line in lines[..^1]) Assert.False(half.Take(Encoding.UTF8.GetBytes(line)));
        Assert.Null(half.Header);
        Assert.True(half.IsExpiredAt(register.Header.TakenAt));
        half.GiveUp();
        foreach (var line in lines) half.Take(Encoding.UTF8.GetBytes(line));
        Assert.Equal(181, half.Header!.Seq);
    }

    private static DeviceRegister Read(IEnumerable<string> lines)
    {
        var register = new DeviceRegister();
        foreach (var line in lines) register.Take(Encoding.UTF8.GetBytes(line));
        return register;
    }

    private static string Value(string name) => Regex.Match(Page, $@"^\| {name} \| `([^`]+)` \|$", RegexOptions.Multiline).Groups[1].Value;

    private static Instant? Time(string seconds) => seconds.Length == 0 ? null : new Instant(long.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture) * 1_000_000);

    [GeneratedRegex("`([0-9a-f]{64})`")]
    private static partial Regex Hex();

    [GeneratedRegex(@"^\| (\d+) \| `([^`]+)` \| (?:`([^`|]+)` )?\| (\d*) ?\| (\d*) ?\| `(HCT1\.[A-Z2-7]+)` \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
