using System.Net.Http.Json;
using System.Text.Json;
using Headcount.Core;
using Headcount.Engine;
using Headcount.Server;
using Microsoft.Extensions.DependencyInjection;

namespace Headcount.SystemTests.Serving;

/// <summary>An event of a running server whose gates are scanned at, straight into its mailbox: as fast as it goes, and without a door between.</summary>
internal sealed class OpenVenue(RunningServer server, EventMailbox mailbox)
{
    private int _scans;

    public RunningServer Server => server;

    public EventMailbox Mailbox => mailbox;

    public string Slug => mailbox.Settings.Slug;

    public static Instant Now => Instant.FromDateTimeOffset(TimeProvider.System.GetUtcNow());

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    /// <summary>Makes an event with tickets <c>T1</c> … and opens it.</summary>
    public static async Task<OpenVenue> CreateAsync(RunningServer server, string slug = "club", int capacity = 100, int tickets = 200)
    {
        await server.CreateEventAsync(slug, new { slug, name = slug, zone = "UTC", capacity, gates = new[] { "A", "B" }, ticket_types = new[] { new { name = "GENERAL" } } });
        if (tickets > 0) await server.ImportTicketsAsync(slug, Enumerable.Range(1, tickets).Select(i => new { ticket_id = $"T{i}", ticket_type = "GENERAL" }));
        return await FindAsync(server, slug);
    }

    /// <summary>Opens an event that is there.</summary>
    public static async Task<OpenVenue> FindAsync(RunningServer server, string slug = "club")
    {
        // Asking for it opens it.
        await server.Owner.GetFromJsonAsync<JsonElement>($"/api/occupancy/current?event={slug}", Ended);
        return new OpenVenue(server, server.Services.GetRequiredService<EventHost>().Open.Single(mailbox => mailbox.Settings.Slug == slug));
    }

    public Task<LogEntry> EnterAsync(string ticket, string gate = "A") => DecideAsync(ticket, ScanType.Entry, gate);

    public Task<LogEntry> LeaveAsync(string ticket, string gate = "A") => DecideAsync(ticket, ScanType.Exit, gate);

    public Task<LogEntry> ReportAsync(string ticket, ScanType type, Instant at) => SubmitAsync(new ScanRequest(ScanOf(ticket, type, "A", at)) { IsFact = true });

    /// <summary>So many entries in one batch, of tickets that nobody knows, as facts.</summary>
    public async Task ReportManyAsync(int count, string prefix)
    {
        var now = Now;
        foreach (var chunk in Enumerable.Range(1, count).Chunk(1_000))
        {
            var answers = await mailbox.SubmitAsync([.. chunk.Select(i => new ScanRequest(ScanOf($"{prefix}{i}", ScanType.Entry, "A", now)) { IsFact = true })]);
            Assert.All(answers, answer => Assert.Equal(AnswerKind.Logged, answer.Kind));
        }
    }

    private Task<LogEntry> DecideAsync(string ticket, ScanType type, string gate) => SubmitAsync(new ScanRequest(ScanOf(ticket, type, gate, Now)));

    private async Task<LogEntry> SubmitAsync(ScanRequest request)
    {
        var answer = await mailbox.SubmitAsync(request);
        Assert.Equal(AnswerKind.Logged, answer.Kind);
        return answer.Entry!;
    }

    private Scan ScanOf(string ticket, ScanType type, string gate, Instant at) =>
        new(new TicketId(ticket), new GateName(gate), type, at, new DeviceId("test-device"), new ScanId($"{at.Microseconds}-{Interlocked.Increment(ref _scans)}"));
}
