using System.Text.Json;
using Headcount.Core;

namespace Headcount.SystemTests.Live;

/// <summary>Who comes back gets what they missed, or a fresh picture.</summary>
public sealed class ResumeTests
{
    [Fact]
    public async Task who_comes_back_gets_what_they_missed_and_no_picture()
    {
        await using var venue = await LiveVenue.OpenAsync();
        await using var other = await LiveWatcher.ConnectAsync(venue.Server);
        await venue.EnterAsync(1, 3);
        await other.UntilSeqAsync(3);
        await venue.ScanAsync("nobody's");
        await venue.ScanAsync("T1", ScanType.Exit);
        await other.UntilSeqAsync(5);

        await using var back = await LiveWatcher.ConnectAsync(venue.Server, "since=3&scans=1");
        var last = await back.UntilSeqAsync(5);
        Assert.Equal(("occupancy", 2), (last.Text("type"), last.Number("occupancy")));
        await back.UntilAsync("gate");
        await back.UntilAsync("ticket_types");
        var heard = back.Heard.Select(text => JsonSerializer.Deserialize<JsonElement>(text)).ToList();
        Assert.DoesNotContain(heard, message => message.Is("snapshot"));
        Assert.Equal("nobody's", heard.Single(message => message.Is("refusal")).Text("ticket_id"));
        Assert.Equal([4L, 5], heard.Where(message => message.Is("scans")).SelectMany(message => message.GetProperty("scans").EnumerateArray()).Select(scan => scan.Seq()));

        // From here on they are like everybody.
        await venue.EnterAsync(10, 12);
        Assert.Equal(5, (await back.UntilSeqAsync(8)).Number("occupancy"));
    }

    [Fact]
    public async Task who_is_too_far_behind_gets_a_fresh_picture_that_says_how_far()
    {
        await using var venue = await LiveVenue.OpenAsync();
        await venue.EnterAsync(1, 2);
        await venue.RecordAsync(3_000);
        await using var back = await LiveWatcher.ConnectAsync(venue.Server, "since=2");
        var first = (await back.NextAsync())!.Value;
        Assert.Equal(("snapshot", 3_000, 3_002), (first.Text("type"), first.Number("skipped"), first.Number("occupancy")));
    }

    [Fact]
    public async Task who_knows_more_than_there_is_gets_a_fresh_picture()
    {
        await using var venue = await LiveVenue.OpenAsync();
        await venue.EnterAsync(1, 2);
        await using var back = await LiveWatcher.ConnectAsync(venue.Server, "since=900");
        var first = (await back.NextAsync())!.Value;
        Assert.Equal(("snapshot", 0, 2), (first.Text("type"), first.Number("skipped"), first.Seq()));
    }

    [Fact]
    public async Task server_sent_events_carry_an_id_to_come_back_with()
    {
        await using var venue = await LiveVenue.OpenAsync();
        await using var other = await LiveWatcher.ConnectAsync(venue.Server);
        await venue.EnterAsync(1, 2);
        await other.UntilSeqAsync(2);
        var (id, message) = await FirstEventAsync(venue, null);
        Assert.Equal(("2", "snapshot", 2), (id, message.Text("type"), message.Number("occupancy")));

        await venue.ScanAsync("T1", ScanType.Exit);
        await other.UntilSeqAsync(3);
        (id, message) = await FirstEventAsync(venue, "2");
        Assert.Equal(("3", "occupancy", 1), (id, message.Text("type"), message.Number("occupancy")));
    }

    private static async Task<(string? Id, JsonElement Message)> FirstEventAsync(LiveVenue venue, string? lastEventId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/live");
        request.Headers.Add("Accept", "text/event-stream");
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        using var answer = await venue.Server.Owner.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, LiveWatcher.Cancellation);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(LiveWatcher.Cancellation));
        string? id = null;
        while (await lines.ReadLineAsync(LiveWatcher.Cancellation) is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal)) id = line[4..];
            if (id is not null && line.StartsWith("data: ", StringComparison.Ordinal)) return (id, JsonSerializer.Deserialize<JsonElement>(line[6..]));
        }

        throw new InvalidOperationException("The stream ended.");
    }
}
