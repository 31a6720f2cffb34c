using System.Globalization;
using System.Net.Http.Json;
using Headcount.Server.Access.SignIn;
using Headcount.SystemTests.Serving;
using Microsoft.Extensions.DependencyInjection;

namespace Headcount.BrowserTests;

/// <summary>A server with one event, its tickets, and a device that scans.</summary>
public sealed class Venue : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("headcount-browser-").FullName;
    private HttpClient _device = null!;

    public RunningServer Server { get; private set; } = null!;

    public static async Task<Venue> OpenAsync(int capacity = 100, int? firm = null, string name = "Club night", string[]? gates = null)
    {
        var venue = new Venue();
        venue.Server = await RunningServer.StartAsync(dataFolder: venue._folder);
        await venue.Server.CreateEventAsync("club", new
        {
            slug = "club", name, zone = "Europe/Berlin", capacity, firm_capacity = firm,
            ticket_types = new object[] { new { name = "VIP", @override = true }, new { name = "GENERAL" }, new { name = "CREW" } },
            gates = gates ?? ["North", "South", "Stage door"],
        });
        await venue.Server.ImportTicketsAsync("club", Enumerable.Range(1, 6_000).Select(n => new { ticket_id = Ticket(n), ticket_type = n % 20 == 0 ? "VIP" : n % 33 == 0 ? "CREW" : "GENERAL" }));
        venue._device = await venue.Server.CreateDeviceAsync("club", "d1");
        return venue;
    }

    public static string Ticket(int number) => "T" + number.ToString("00000", CultureInfo.InvariantCulture);

    /// <summary>A scan, decided now.</summary>
    public async Task<HttpResponseMessage> ScanAsync(string ticket, string gate = "North", string type = "entry") =>
        await _device.PostAsJsonAsync("/api/scans", new { ticket_id = ticket, gate, scan_type = type, timestamp = TimeProvider.System.GetUtcNow() });

    public Task<HttpResponseMessage> EnterAsync(int number, string gate = "North") => ScanAsync(Ticket(number), gate);

    public async Task EnterAllAsync(int from, int to, string gate = "North")
    {
        for (var number = from; number <= to; number++) Assert.True((await EnterAsync(number, gate)).IsSuccessStatusCode);
    }

    /// <summary>Facts of earlier: each ticket came in so many minutes ago.</summary>
    public async Task RecordAsync(IEnumerable<(int Ticket, string Gate, string Type, double MinutesAgo)> facts)
    {
        var now = TimeProvider.System.GetUtcNow();
        var scans = facts.Select(fact => new { ticket_id = Ticket(fact.Ticket), gate = fact.Gate, scan_type = fact.Type, timestamp = now.AddMinutes(-fact.MinutesAgo) });
        var answer = await _device.PostAsJsonAsync("/api/scans/batch", new { scans });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>An evening: so many came in over the last hours, in a wave, and some of them left.</summary>
    public Task RecordEveningAsync(int inside)
    {
        var facts = new List<(int, string, string, double)>();
        for (var n = 1; n <= inside; n++)
        {
            var share = (double)n / inside;
            var minutes = 20 + 280 * (0.5 + Math.Asin(1 - 2 * share) / Math.PI);
            facts.Add((n, n % 5 == 0 ? "Stage door" : n % 3 == 0 ? "South" : "North", "entry", minutes));
        }

        for (var n = 1; n <= inside / 8; n++)
        {
            facts.Add((n * 5, "South", "exit", 130 - n * 60.0 / inside));
            facts.Add((n * 5, "South", "entry", 60 - n * 60.0 / inside));
        }

        return RecordAsync(facts);
    }

    /// <summary>A path that signs a browser in as the owner.</summary>
    public string SignInPath() => Server.Services.GetRequiredService<SignInLinks>().Create();

    /// <summary>The server goes away.</summary>
    public async Task StopAsync()
    {
        await Server.StopAsync();
        await Server.DisposeAsync();
    }

    /// <summary>And comes back where it was, with what it had.</summary>
    public async Task StartAgainAsync()
    {
        var address = Server.Address.ToString().TrimEnd('/');
        Server = await RunningServer.StartAsync(options => options with { Urls = address }, _folder);
    }

    public async ValueTask DisposeAsync()
    {
        _device.Dispose();
        await Server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
