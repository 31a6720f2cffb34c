using System.Text;

namespace Headcount.SystemTests.Gate;

/// <summary>Bodies that are no scans: the right status, every wrong field at once, nothing kept.</summary>
public sealed class BadInputTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Good = "\"ticket_id\":\"T1\",\"gate\":\"A\",\"scan_type\":\"entry\",\"timestamp\":\"2025-09-30T18:00:00Z\"";

    [Fact]
    public async Task every_field_wrong_is_told_at_once()
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        var reply = await gate.PostAsync("/api/scans", new
        {
            ticket_id = new string('x', 129), gate = true, scan_type = "sideways", timestamp = "yesterday", device_id = 1.5, scan_id = new { }, decided = "maybe", @override = 7,
        });
        Assert.Equal(["decided", "device_id", "gate", "override", "scan_id", "scan_type", "ticket_id", "timestamp"], reply.IsProblem(422, "malformed").WrongFields);
        Assert.Equal(["gate", "scan_type", "ticket_id", "timestamp"], (await gate.PostTextAsync("/api/scans", "{}")).IsProblem(422, "malformed").WrongFields);
        Assert.Empty(await venue.LogAsync());
    }

    [Theory]
    [InlineData("""{"ticket_id":null,"gate":"A","scan_type":"entry","timestamp":"2025-09-30T18:00:00Z"}""", "ticket_id")]
    [InlineData("""{"ticket_id":"","gate":"A","scan_type":"entry","timestamp":"2025-09-30T18:00:00Z"}""", "ticket_id")]
    [InlineData("""{"ticket_id":1e3,"gate":"A","scan_type":"entry","timestamp":"2025-09-30T18:00:00Z"}""", "ticket_id")]
    [InlineData("""{"ticket_id":["T1"],"gate":"A","scan_type":"entry","timestamp":"2025-09-30T18:00:00Z"}""", "ticket_id")]
    [InlineData("""{"ticket_id":"a","ticket_id":"a","gate":"A","scan_type":"entry","timestamp":"2025-09-30T18:00:00Z"}""", "ticket_id")]
    [InlineData("""{"ticket_id":"a","gate":"A","scan_type":"entry","timestamp":"2025-09-30T18:00:60Z"}""", "timestamp")]
    [InlineData("""{"ticket_id":"a","gate":"A","scan_type":"entry","timestamp":1759255200}""", "timestamp")]
    [InlineData("""{"ticket_id":"a","gate":"A","scan_type":"entry","timestamp":"2025-02-29T18:00"}""", "timestamp")]
    [InlineData("""{"ticket_id":"a\u0000b","gate":"A","scan_type":"entry","timestamp":"2025-09-30T18:00:00Z"}""", "ticket_id")]
    [InlineData("""{"ticket_id":"a","gate":"\ud800","scan_type":"entry","timestamp":"2025-09-30T18:00:00Z"}""", "gate")]
    [InlineData("""{"ticket_id":"a","gate":"A","scan_type":"entry","timestamp":"2025-09-30T18:00:00Z","note":"\udc00"}""", "body")]
    [InlineData("""{"ticket_id":"a","gate":"A","scan_type":"entry","timestamp":"2025-09-30T18:00:00Z","n":{"deep":["\u0000"]}}""", "body")]
    [InlineData("[]", "body")]
    [InlineData("\"T1\"", "body")]
    [InlineData("null", "body")]
    public async Task a_malformed_scan_is_422_and_names_the_field(string body, string field)
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        Assert.Equal([field], (await gate.PostTextAsync("/api/scans", body)).IsProblem(422, "malformed").WrongFields);
        Assert.Empty(await venue.LogAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("hello")]
    [InlineData("{\"ticket_id\":\"a\"")]
    [InlineData("{\"ticket_id\":\"a\",}")]
    [InlineData("{'ticket_id':'a'}")]
    [InlineData("{} {}")]
    public async Task what_is_not_json_is_400(string body)
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        (await gate.PostTextAsync("/api/scans", body)).IsProblem(400, "unreadable");
        (await gate.PostTextAsync("/api/scans/1/annul", body)).IsProblem(400, "unreadable");
    }

    [Fact]
    public async Task what_is_not_utf8_is_400()
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        foreach (var bad in new byte[][] { [0xFF], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0x00] })
            (await gate.PostBytesAsync("/api/scans", [.. "{\"ticket_id\":\""u8, .. bad, .. "\"}"u8])).IsProblem(400, "unreadable");
        Assert.Empty(await venue.LogAsync());
    }

    [Theory]
    [InlineData(10_000_000, true)]
    [InlineData(10_000_000, false)]
    [InlineData(65_537, true)]
    [InlineData(65_537, false)]
    public async Task a_long_body_is_413_whether_it_says_so_or_not(int length, bool saysSo)
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        var body = Encoding.ASCII.GetBytes("{" + Good + "}" + new string(' ', length - Good.Length - 2));
        HttpContent content = saysSo ? new ByteArrayContent(body) : new StreamContent(new Unsized(body));
        (await gate.SendAsync(HttpMethod.Post, "/api/scans", content)).IsProblem(413, "too_large");
        Assert.Empty(await venue.LogAsync());
    }

    [Fact]
    public async Task a_body_that_just_fits_is_taken()
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        var body = "{" + Good + ",\"x\":\"" + new string('y', 65_536 - Good.Length - 9) + "\"}";
        Assert.Equal(65_536, body.Length);
        Assert.Equal(200, (await gate.PostTextAsync("/api/scans", body)).Status);
    }

    [Theory]
    [InlineData("application/xml")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("image/png")]
    public async Task another_kind_of_body_is_415(string type)
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        (await gate.PostTextAsync("/api/scans", "{" + Good + "}", type)).IsProblem(415, "unsupported_media_type");
        (await gate.PostTextAsync("/api/scans/batch", "{\"scans\":[]}", type)).IsProblem(415, "unsupported_media_type");
    }

    [Fact]
    public async Task an_unknown_event_is_404_and_an_unknown_gate_is_a_refusal()
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        (await venue.Server.Owner.ScanAsync("T1", query: "?event=nowhere")).IsProblem(404, "not_found");
        var reply = await gate.ScanAsync("T1", "Z");
        Assert.Equal((403, "unknown_gate", "Unknown gate"), (reply.Status, reply["reason"], reply["error"]));
    }

    [Theory]
    [InlineData("'; DROP TABLE scan_log; --")]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\" OR 1=1")]
    [InlineData("%00%2e%2e/../x")]
    [InlineData("a/b?c#d&e=f+g")]
    [InlineData("${jndi:ldap://x}")]
    [InlineData("a\nb\tc\u0001")]
    [InlineData("𝕋😀é")]
    [InlineData(" blank ")]
    [InlineData("\\u0041")]
    public async Task sql_html_and_what_else_people_type_is_text_in_every_field(string text)
    {
        var venue = await shared.OpenAsync();
        using var device = await venue.DeviceAsync(scopes: ["supervise", "counts"]);
        await venue.ImportAsync(new { ticket_id = text, ticket_type = "GENERAL" });
        var reply = await device.ScanAsync(text, text, "exit", id: text, more: new { device_id = text });
        Assert.Equal((200, text, text), (reply.Status, reply["ticket_id"], reply["scan_id"]));
        Assert.DoesNotContain("<script", reply.Text, StringComparison.Ordinal);
        var annulled = await device.PostAsync("/api/scans/1/annul", new { reason = text });
        Assert.Equal(200, annulled.Status);

        var log = await venue.LogAsync("gate=" + Uri.EscapeDataString(text));
        Assert.Equal([text, text, text], [log[0].GetProperty("ticket_id").GetString(), log[0].GetProperty("gate").GetString(), log[0].GetProperty("scan_id").GetString()]);
        Assert.Equal(text, log[1].GetProperty("reason").GetString());
        var id = Uri.EscapeDataString(text);
        Assert.Equal(text, (await device.AskAsync("/api/tickets?ticket_id=" + id))["ticket_id"]);
        Assert.Equal(text, (await device.AskAsync("/api/tickets/" + id))["ticket_id"]);
        Assert.Equal(2, (await device.AskAsync($"/api/tickets/{id}/scans")).Json.GetArrayLength());
        Assert.Equal(text, (await device.AskAsync($"/api/tickets/{id}/validate"))["ticket_id"]);
    }

    [Fact]
    public async Task nothing_of_the_inside_is_told()
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        foreach (var reply in new[] { await gate.PostTextAsync("/api/scans", "{\"ticket_id\":[}"), await gate.AskAsync("/api/scans?from=x"), await gate.AskAsync("/nowhere"), await gate.PostTextAsync("/api/scans/batch", "x") })
        {
            foreach (var word in new[] { "Exception", "Headcount.", "System.", "   at ", ".cs", "sqlite", venue.Server.DataFolder }) Assert.DoesNotContain(word, reply.Text, StringComparison.OrdinalIgnoreCase);
            Assert.False(reply.Headers.Contains("Server"));
        }
    }

    private sealed class Unsized(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        public override bool CanSeek => false;
    }
}
