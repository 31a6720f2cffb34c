using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Headcount.Core;
using Headcount.Simulation;
using Headcount.SystemTests.Serving;

namespace Headcount.SystemTests.Faults;

/// <summary>Facts that come late, in any order, in pieces and again; and clocks that are wrong by a day.</summary>
public sealed class LateFactsTests
{
    private const int Venues = 40;

    private static readonly DateTimeOffset Start = TimeProvider.System.GetUtcNow().AddDays(-2);

    private static readonly Gen<(int Ticket, bool IsExit, int Gate, int Second)[]> Facts = Gen.Select(Gen.Int[1, 6], Gen.Bool, Gen.Int[0, 1], Gen.Int[0, 3_000]).Array[1, 50];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task facts_in_any_order_and_in_pieces_count_as_if_they_had_come_in_theirs()
    {
        await using var server = await RunningServer.StartAsync();
        var venues = 0;
        await Gen.Select(Facts, Gen.ULong).SampleAsync(async (facts, seed) =>
        {
            var slug = $"venue-{Interlocked.Increment(ref venues)}";
            await server.CreateEventAsync(slug, new { slug, name = slug, zone = "UTC", capacity = 3, gates = new[] { "A", "B" } });
            using var device = await server.CreateDeviceAsync(slug, $"{slug}-device", scopes: ["counts"]);

            // Two scans of one ticket at one instant have no order but that of their arrival.
            facts = [.. facts.DistinctBy(fact => (fact.Ticket, fact.Second))];
            await DeliverAsync(device, facts, new Chance(seed, 0));
            var ledger = new ScanLedger();
            foreach (var (ticket, isExit, gate, second) in facts.OrderBy(fact => fact.Second))
                ledger.Add(new Scan(new TicketId($"T{ticket}"), new GateName(Gate(gate)), isExit ? ScanType.Exit : ScanType.Entry, Instant.FromDateTimeOffset(Start.AddSeconds(second))));
            await AgreesAsync(device, "api/occupancy/current", ledger.Occupancy());
            foreach (var second in (int[])[facts[0].Second, facts[^1].Second, 1_500])
            {
                var at = Start.AddSeconds(second);
                await AgreesAsync(device, $"api/occupancy?at={Uri.EscapeDataString(at.ToString("O"))}", ledger.Occupancy(Instant.FromDateTimeOffset(at)));
            }
        }, iter: Venues, threads: 2);
    }

    [Theory]
    [InlineData(1, "clock_ahead")]
    [InlineData(-1, "clock_behind")]
    public async Task a_clock_that_is_wrong_by_a_day_changes_no_count(int days, string warning)
    {
        await using var server = await RunningServer.StartAsync();
        await server.CreateEventAsync();
        await server.ImportTicketsAsync("club", [new { ticket_id = "T1" }, new { ticket_id = "T2" }]);
        using var wrong = await server.CreateDeviceAsync("club", "wrong", scopes: ["counts"]);
        using var right = await server.CreateDeviceAsync("club", "right", scopes: ["counts"]);
        var entry = await ScanAsync(wrong, "T1", "entry", days);
        Assert.Equal((warning, 1), (entry.GetProperty("warnings")[0].GetString(), entry.GetProperty("current_occupancy").GetInt32()));
        Assert.Equal(1, await InsideAsync(right, "api/occupancy/current"));
        Assert.Equal(1, await InsideAsync(right, $"api/occupancy?at={Uri.EscapeDataString(TimeProvider.System.GetUtcNow().ToString("O"))}"));

        // Whoever was let in by the wrong clock is let out by the right one, and the other way round.
        Assert.Equal(0, (await ScanAsync(right, "T1", "exit", 0)).GetProperty("current_occupancy").GetInt32());
        Assert.Equal(1, (await ScanAsync(right, "T2", "entry", 0)).GetProperty("current_occupancy").GetInt32());
        Assert.Equal(0, (await ScanAsync(wrong, "T2", "exit", days)).GetProperty("current_occupancy").GetInt32());
        Assert.Equal(0, await InsideAsync(right, "api/occupancy/current"));
    }

    [Fact]
    public async Task a_fact_from_tomorrow_counts_from_now_and_one_from_yesterday_undoes_nothing()
    {
        await using var server = await RunningServer.StartAsync();
        await server.CreateEventAsync();
        using var device = await server.CreateDeviceAsync("club", "d", scopes: ["counts"]);
        var tomorrow = await ScanAsync(device, "T1", "entry", 1, "accepted");
        Assert.Equal(("recorded", 1), (tomorrow.GetProperty("status").GetString(), tomorrow.GetProperty("current_occupancy").GetInt32()));
        Assert.Equal(1, await InsideAsync(device, $"api/occupancy?at={Uri.EscapeDataString(TimeProvider.System.GetUtcNow().ToString("O"))}"));
        Assert.Equal(1, (await ScanAsync(device, "T1", "exit", -1, "accepted")).GetProperty("current_occupancy").GetInt32());
        Assert.Equal(0, (await ScanAsync(device, "T1", "exit", 0, "accepted")).GetProperty("current_occupancy").GetInt32());
    }

    private static string Gate(int gate) => gate == 0 ? "A" : "B";

    // In pieces of any size, by each of the doors, some twice.
    private static async Task DeliverAsync(HttpClient device, (int Ticket, bool IsExit, int Gate, int Second)[] facts, Chance chance)
    {
        var lines = facts.Select((fact, n) => JsonSerializer.Serialize(new
        {
            ticket_id = $"T{fact.Ticket}", gate = Gate(fact.Gate), scan_type = fact.IsExit ? "exit" : "entry", timestamp = Start.AddSeconds(fact.Second), scan_id = $"s{n}", decided = "accepted",
        })).ToList();
        lines.AddRange(lines.Where(_ => chance.Below(4) == 0).ToList());
        for (var i = lines.Count - 1; i > 0; i--)
        {
            var other = chance.Below(i + 1);
            (lines[i], lines[other]) = (lines[other], lines[i]);
        }

        for (var sent = 0; sent < lines.Count;)
        {
            var piece = lines.Skip(sent).Take(chance.Between(1, 10)).ToArray();
            sent += piece.Length;
            using var response = chance.Below(3) switch
            {
                0 when piece.Length == 1 => await device.PostAsync("api/scans", Body(piece[0], "application/json"), Cancellation),
                1 => await device.PostAsync("api/scans/batch", Body($"{{\"scans\":[{string.Join(',', piece)}]}}", "application/json"), Cancellation),
                _ => await device.PostAsync("api/scans/batch", Body(string.Join('\n', piece), "application/x-ndjson"), Cancellation),
            };
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancellation));
        }
    }

    private static StringContent Body(string text, string type) => new(text, Encoding.UTF8, type);

    private static async Task AgreesAsync(HttpClient device, string path, OccupancyReport expected)
    {
        var told = await device.GetFromJsonAsync<JsonElement>(path, Cancellation);
        Assert.Equal(
            (path, expected.Occupancy, expected.Entries, expected.Exits, expected.FirstEntries),
            (path, told.GetProperty("occupancy").GetInt64(), told.GetProperty("entries").GetInt64(), told.GetProperty("exits").GetInt64(), told.GetProperty("first_entries").GetInt64()));
        if (told.TryGetProperty("by_gate", out var gates)) Assert.Equal(expected.ByGate.OrderBy(gate => gate.Key), gates.EnumerateObject().ToDictionary(gate => gate.Name, gate => gate.Value.GetInt64()).OrderBy(gate => gate.Key));
    }

    private static async Task<JsonElement> ScanAsync(HttpClient device, string ticket, string type, int days, string? decided = null)
    {
        using var response = await device.PostAsJsonAsync("api/scans", new { ticket_id = ticket, gate = "A", scan_type = type, timestamp = TimeProvider.System.GetUtcNow().AddDays(days), decided }, Cancellation);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancellation));
        return await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
    }

    private static async Task<long> InsideAsync(HttpClient device, string path) => (await device.GetFromJsonAsync<JsonElement>(path, Cancellation)).GetProperty("occupancy").GetInt64();
}
