using Headcount.Core;
using Headcount.Engine;
using Headcount.SystemTests.Serving;
using Microsoft.Extensions.DependencyInjection;

namespace Headcount.SystemTests.Live;

/// <summary>A server with an event whose gates are at hand without HTTP, for as many scans as one likes.</summary>
internal sealed class LiveVenue : IAsyncDisposable
{
    private LiveVenue(RunningServer server, EventMailbox mailbox) => (Server, Mailbox) = (server, mailbox);

    public RunningServer Server { get; }

    public EventMailbox Mailbox { get; }

    public static async Task<LiveVenue> OpenAsync(int capacity = 20_000, int tickets = 100, string? folder = null)
    {
        var server = await RunningServer.StartAsync(dataFolder: folder);
        await server.CreateEventAsync("club", new
        {
            slug = "club", name = "Club night", zone = "Europe/Berlin", capacity, firm_capacity = capacity + 5,
            ticket_types = new object[] { new { name = "VIP", @override = true }, new { name = "GENERAL" } }, gates = new[] { "A", "B" },
        });
        await server.ImportTicketsAsync("club", Enumerable.Range(1, tickets).Select(n => new { ticket_id = "T" + n, ticket_type = n % 10 == 0 ? "VIP" : "GENERAL" }));
        var host = server.Services.GetRequiredService<EventHost>();
        return new LiveVenue(server, (await host.OpenAsync(1, LiveWatcher.Cancellation))!);
    }

    public static Instant Now => Instant.FromDateTimeOffset(TimeProvider.System.GetUtcNow());

    public ValueTask<ScanAnswer> ScanAsync(string ticket, ScanType type = ScanType.Entry, string gate = "A") =>
        Mailbox.SubmitAsync(new ScanRequest(new Scan(new TicketId(ticket), new GateName(gate), type, Now, new DeviceId("d1"))));

    public Task EnterAsync(int from, int to) => Task.WhenAll(Enumerable.Range(from, to - from + 1).Select(n => ScanAsync("T" + n).AsTask()));

    /// <summary>So many facts, of tickets nobody knows.</summary>
    public async Task RecordAsync(int count, string prefix = "F")
    {
        var facts = Enumerable.Range(1, count).Select(n => new ScanRequest(new Scan(new TicketId(prefix + n), new GateName("B"), ScanType.Entry, Now.Plus(TimeSpan.FromMinutes(-10)), new DeviceId("d2"))) { IsFact = true });
        foreach (var chunk in facts.Chunk(1_000)) await Mailbox.SubmitAsync(chunk);
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
