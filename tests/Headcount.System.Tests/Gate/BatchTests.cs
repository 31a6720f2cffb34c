using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Headcount.SystemTests.Gate;

/// <summary><c>POST /api/scans/batch</c>: what devices decided offline.</summary>
public abstract class BatchContract(SharedServer shared)
{
    private static object Fact(string ticket, int minutesAgo, string? id = null, string type = "entry", string? gate = "A") =>
        new { ticket_id = ticket, gate, scan_type = type, timestamp = Requests.Ago(TimeSpan.FromMinutes(minutesAgo)), scan_id = id };

    private static (long Recorded, long Repeated, long Rejected, long Invalid) CountsOf(Reply reply)
    {
        Assert.True(reply.Status == 200, reply.Text);
        return (Count("recorded"), Count("repeated"), Count("rejected"), Count("invalid"));
        long Count(string name) => reply.Json.GetProperty(name).GetInt64();
    }

    private static JsonElement[] ResultsOf(Reply reply) => [.. reply.Json.GetProperty("results").EnumerateArray()];

    [Fact]
    public async Task facts_are_recorded_and_only_what_is_not_plain_is_listed()
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        var reply = await gate.PostAsync("/api/scans/batch", new { scans = new[] { Fact("T1", 20, "a"), Fact("nobody", 19, "b"), Fact("T1", 10, "c", "exit") } });
        Assert.Equal((3, 0, 0, 0), CountsOf(reply));
        Assert.Equal(["recorded", "repeated", "rejected", "invalid", "results"], reply.Json.EnumerateObject().Select(property => property.Name));
        var listed = Assert.Single(ResultsOf(reply));
        Assert.Equal("""{"index":1,"scan_id":"b","status":"recorded","seq":2,"warnings":["unknown_ticket"]}""", listed.GetRawText());
        Assert.Equal("1", (await venue.Server.Owner.AskAsync($"/api/occupancy/current?event={venue.Slug}"))["occupancy"]);
    }

    [Fact]
    public async Task every_element_is_listed_where_that_is_asked_for()
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        var reply = await gate.PostAsync("/api/scans/batch?results=all", new { scans = new[] { Fact("T1", 20, "a"), Fact("T2", 20) } });
        Assert.Equal(["""{"index":0,"scan_id":"a","status":"recorded","seq":1,"warnings":[]}""", """{"index":1,"scan_id":null,"status":"recorded","seq":2,"warnings":[]}"""], ResultsOf(reply).Select(result => result.GetRawText()));
    }

    [Fact]
    public async Task one_that_is_wrong_costs_no_other()
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        var good = JsonSerializer.Serialize(Fact("T1", 20, "a"));
        var last = JsonSerializer.Serialize(Fact("T2", 20, "z"));
        var body = $$"""{"scans":[{{good}}, {"ticket_id":"x","scan_id":"bad"}, 17, {"broken": }, {"ticket_id":"\u0000"}, "text", {{last}}], "sent_by":"me"}""";
        var reply = await gate.PostTextAsync("/api/scans/batch", body);
        Assert.Equal((2, 0, 0, 5), CountsOf(reply));
        Assert.Equal([1, 2, 3, 4, 5], ResultsOf(reply).Select(result => result.GetProperty("index").GetInt32()));
        Assert.All(ResultsOf(reply), result => Assert.NotEmpty(result.GetProperty("error").GetString()!));
        Assert.Equal("bad", ResultsOf(reply)[0].GetProperty("scan_id").GetString());
        Assert.Equal(2, (await venue.LogAsync()).Length);
    }

    [Theory]
    [InlineData("""{"scans":[FACT],"scans":[FACT]}""")]
    [InlineData("""{"scans":[],"from":"a phone","scans":[FACT]}""")]
    [InlineData("""{"scans":7,"scans":[FACT]}""")]
    [InlineData("""{"\ud800":1,"scans":[FACT],"scans":[FACT]}""")]
    public async Task a_second_list_is_refused_whole(string body)
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        var reply = await gate.PostTextAsync("/api/scans/batch", body.Replace("FACT", JsonSerializer.Serialize(Fact("T1", 20, "a")), StringComparison.Ordinal));
        Assert.Contains("more than one list", reply.IsProblem(400, "unreadable")["error"], StringComparison.Ordinal);
        Assert.Empty(await venue.LogAsync());
    }

    [Theory]
    [InlineData("/api/scans", "application/json")]
    [InlineData("/api/scans/batch", "application/json")]
    [InlineData("/api/scans/batch", "application/x-ndjson")]
    public async Task a_compressed_body_is_refused_and_told_what_is_taken(string path, string type)
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        using var content = new ByteArrayContent([0x1F, 0x8B, 8, 0, 0, 0, 0, 0]) { Headers = { ContentType = new(type), ContentEncoding = { "gzip" } } };
        using var response = await gate.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
        Assert.Equal((415, "identity"), ((int)response.StatusCode, response.Headers.GetValues("Accept-Encoding").Single()));
        Assert.Contains("Content-Encoding: gzip", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Empty(await venue.LogAsync());
    }

    [Fact]
    public async Task sending_the_whole_again_changes_nothing_and_completes_what_was_missing()
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        var facts = Enumerable.Range(1, 9).Select(n => Fact($"T{n}", 20, $"s{n}")).ToArray();
        Assert.Equal((5, 0, 0, 0), CountsOf(await gate.PostAsync("/api/scans/batch", new { scans = facts[..5] })));
        var again = await gate.PostAsync("/api/scans/batch", new { scans = facts });
        Assert.Equal((4, 5, 0, 0), CountsOf(again));
        Assert.All(ResultsOf(again), result => Assert.Equal("repeated", result.GetProperty("status").GetString()));
        Assert.Equal([1, 2, 3, 4, 5], ResultsOf(again).Select(result => result.GetProperty("seq").GetInt32()));
    }

    [Fact]
    public async Task the_same_scan_id_for_another_scan_is_set_aside()
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        var reply = await gate.PostAsync("/api/scans/batch", new { scans = new[] { Fact("T1", 20, "a"), Fact("T2", 20, "a") } });
        Assert.Equal((1, 0, 0, 1), CountsOf(reply));
        Assert.Equal(1, ResultsOf(reply)[0].GetProperty("seq").GetInt32());
    }

    [Fact]
    public async Task what_the_device_refused_is_kept_and_counts_for_nobody()
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        var body = new { scans = new object[] { new { ticket_id = "T1", gate = "A", scan_type = "entry", timestamp = Requests.Ago(TimeSpan.FromMinutes(9)), decided = "rejected", reason = "unpaid" } } };
        var reply = await gate.PostAsync("/api/scans/batch", body);
        Assert.Equal((0, 0, 1, 0), CountsOf(reply));
        Assert.Equal("rejected", ResultsOf(reply)[0].GetProperty("status").GetString());
        var record = (await venue.LogAsync())[0];
        Assert.Equal(("rejected", "unpaid"), (record.GetProperty("outcome").GetString(), record.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task a_fact_that_was_refused_live_is_recorded_and_says_so()
    {
        var venue = await shared.OpenAsync(capacity: 0);
        using var gate = await venue.DeviceAsync();
        var time = Requests.Now;
        Assert.Equal(403, (await gate.ScanAsync("T1", id: "s", timestamp: time)).Status);
        var reply = await gate.PostAsync("/api/scans/batch", new { scans = new[] { new { ticket_id = "T1", gate = "A", scan_type = "entry", timestamp = time, scan_id = "s" } } });
        Assert.Equal((1, 0, 0, 0), CountsOf(reply));
        Assert.Contains("contradicts_refusal", ResultsOf(reply)[0].GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()));
    }

    [Fact]
    public async Task ticket_and_time_are_enough_for_a_device_that_has_a_gate_and_a_direction()
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync("in", "A", "entry");
        var reply = await gate.PostAsync("/api/scans/batch", new { scans = new[] { new { ticket_id = "T1", timestamp = Requests.Ago(TimeSpan.FromHours(1)) } } });
        Assert.Equal((1, 0, 0, 0), CountsOf(reply));
    }

    [Fact]
    public async Task lines_are_taken_in_chunks_any_number_of_them()
    {
        var venue = await shared.OpenAsync(capacity: 100_000);
        using var gate = await venue.DeviceAsync();
        var lines = new StringBuilder("\uFEFF");
        var time = Requests.Ago(TimeSpan.FromHours(1));
        for (var i = 0; i < 25_000; i++)
        {
            lines.Append(CultureInfo.InvariantCulture, $$"""{"ticket_id":"X{{i}}","gate":"A","scan_type":"entry","timestamp":"{{time}}","scan_id":"{{i}}"}""").Append(i % 3 == 0 ? "\r\n" : "\n");
            if (i == 12_345) lines.Append("\n   \nnot a scan\n");
        }

        var reply = await gate.PostTextAsync("/api/scans/batch", lines.ToString().TrimEnd(), "application/x-ndjson");
        Assert.Equal((25_000, 0, 0, 1), CountsOf(reply));
        Assert.Equal(12_346, ResultsOf(reply).Single(result => result.GetProperty("status").GetString() == "invalid").GetProperty("index").GetInt32());
        Assert.Equal("25000", (await venue.Server.Owner.AskAsync($"/api/occupancy/current?event={venue.Slug}"))["occupancy"]);
    }

    [Fact]
    public async Task a_line_that_is_too_long_is_passed_over()
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        var body = $"{JsonSerializer.Serialize(Fact("T1", 5))}\n{{\"ticket_id\":\"{new string('x', 3_000_000)}\"}}\n{JsonSerializer.Serialize(Fact("T2", 5))}\n{{\"gate\":\"{new string('y', 2_000_000)}";
        var reply = await gate.PostTextAsync("/api/scans/batch", body, "application/x-ndjson");
        Assert.Equal((2, 0, 0, 2), CountsOf(reply));
        Assert.Equal([1, 3], ResultsOf(reply).Select(result => result.GetProperty("index").GetInt32()));
    }

    [Fact]
    public async Task a_list_of_more_than_ten_thousand_or_sixteen_mebibytes_is_413()
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        (await gate.PostTextAsync("/api/scans/batch", "{\"scans\":[" + string.Join(',', Enumerable.Repeat("1", 10_001)) + "]}")).IsProblem(413, "too_large");
        (await gate.PostTextAsync("/api/scans/batch", "{\"scans\":[" + new string(' ', 16 * 1024 * 1024) + "]}")).IsProblem(413, "too_large");
        Assert.Equal((0, 0, 0, 10_000), CountsOf(await gate.PostTextAsync("/api/scans/batch", "{\"scans\":[" + string.Join(',', Enumerable.Repeat("1", 10_000)) + "]}")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("17")]
    public async Task what_is_no_batch_is_400(string body)
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        (await gate.PostTextAsync("/api/scans/batch", body)).IsProblem(400, "unreadable");
    }

    [Fact]
    public async Task what_was_sent_before_the_line_broke_stays()
    {
        var venue = await shared.OpenAsync(capacity: 100_000);
        using var gate = await venue.DeviceAsync();
        var token = gate.DefaultRequestHeaders.Authorization!.Parameter;
        var time = Requests.Ago(TimeSpan.FromHours(1));
        var lines = string.Concat(Enumerable.Range(0, 2_000).Select(i => $$"""{"ticket_id":"X{{i}}","gate":"A","scan_type":"entry","timestamp":"{{time}}"}""" + "\n"));
        using (var socket = new TcpClient("127.0.0.1", venue.Server.Address.Port))
        {
            var stream = socket.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /api/scans/batch HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nContent-Type: application/x-ndjson\r\nContent-Length: {lines.Length * 2}\r\n\r\n{lines}"), TestContext.Current.CancellationToken);

            // Both chunks are there: now the line breaks.
            while ((await venue.LogAsync("since_seq=1999")).Length == 0) await Task.Yield();
        }

        var reply = await gate.PostTextAsync("/api/scans/batch", lines, "application/x-ndjson");
        Assert.Equal((0, 2_000, 0, 0), CountsOf(reply));
    }
}

public sealed class BatchTests(SharedServer shared) : BatchContract(shared), IClassFixture<SharedServer>;

public sealed class PostgresBatchTests(SharedPostgresServer shared) : BatchContract(shared), IClassFixture<SharedPostgresServer>;
