using System.Net.Http.Json;
using Headcount.Core;
using Headcount.Streams;
using Headcount.SystemTests.Manage;
using Headcount.SystemTests.Serving;

namespace Headcount.SystemTests.Counts;

/// <summary>A server with a day behind it: facts out of order, duplicates, an exit without an entry, an annulment, a closing, an unknown ticket.</summary>
internal sealed class Day : IAsyncDisposable
{
    private Day(RunningServer server) => Server = server;

    public RunningServer Server { get; }

    public HttpClient Owner => Server.Owner;

    public static async Task<Day> StartAsync(int rounds = 1)
    {
        var day = new Day(await RunningServer.StartAsync());
        await day.Server.CreateEventAsync("club", new
        {
            slug = "club", name = "Club", zone = "Europe/London", capacity = 200, gates = new[] { "A", "B", "C" }, ticket_types = new object[] { new { name = "VIP", @override = true }, new { name = "DAY" } },
        });
        await day.Server.ImportTicketsAsync("club", Enumerable.Range(0, 60).Select(i => new { ticket_id = $"T{i:D2}", ticket_type = i % 5 == 0 ? "VIP" : "DAY" }));
        using var device = await day.Server.CreateDeviceAsync("club", "upload", scopes: ["counts"]);
        for (var round = 0; round < rounds; round++) await SendAsync(device, round);
        await day.Owner.PostJsonAsync("/api/scans/5/annul", new { reason = "the turnstile did not turn" });
        await day.Owner.PostJsonAsync("/api/events/club/close-day", new { at = "2025-09-30T23:30" });
        return day;
    }

    private static async Task SendAsync(HttpClient device, int round)
    {
        var scans = new List<object>();
        for (var i = 0; i < 200; i++)
        {
            // Every instant is a function of i, not in order; tickets come and go, some twice.
            var minute = i * 37 % 200;
            var ticket = i % 41 == 40 ? "STRANGER" : $"T{(i * 7 + round) % 60:D2}";
            scans.Add(new
            {
                ticket_id = ticket, gate = "ABC"[(i / 3) % 3].ToString(), scan_type = (i * 13 + minute) % 3 == 0 ? "exit" : "entry", scan_id = $"{round}-{i}",
                timestamp = new Instant(1_759_252_800_000_000).Plus(TimeSpan.FromMinutes(minute) + TimeSpan.FromSeconds(i % 60) + TimeSpan.FromMilliseconds(round)).ToString(),
            });
        }

        using var response = await device.PostAsJsonAsync("/api/scans/batch", new { scans }, Http.Cancellation);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Http.Cancellation));
    }

    /// <summary>The log as the command line reads it from the server.</summary>
    public async Task<ScanLedger> LedgerAsync()
    {
        var lines = new MemoryStream(await LogAsync());
        return await new ScanReader(new ReadOptions { StandardInput = lines, Zone = London }).ReadAsync(["-"], Http.Cancellation);
    }

    /// <summary>The register as the command line reads it from the server.</summary>
    public async Task<Register> RegisterAsync()
    {
        var lines = new MemoryStream(await Owner.GetByteArrayAsync("/api/events/club/tickets", Http.Cancellation));
        return (await RegisterReader.ReadAsync("-", new ReadOptions { StandardInput = lines, Zone = London }, Http.Cancellation)).Register;
    }

    public static Zone London => Zone.TryFind("Europe/London", out var zone) ? zone : throw new InvalidOperationException("no zone data");

    public static Instant Time(string text) => Timestamp.TryParse(text, London, out var instant) ? instant : throw new ArgumentException(text);

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private async Task<byte[]> LogAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/scans");
        request.Headers.Accept.ParseAdd("application/x-ndjson");
        using var response = await Owner.SendAsync(request, Http.Cancellation);
        return await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(Http.Cancellation);
    }
}
