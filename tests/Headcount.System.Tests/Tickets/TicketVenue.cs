using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Languages;
using Headcount.Server.Tickets;
using Headcount.Server.Tickets.Import;
using Headcount.SystemTests.Serving;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Headcount.SystemTests.Tickets;

/// <summary>A server with one event, asked by its own services, as the pages ask them.</summary>
internal sealed class TicketVenue(RunningServer server) : IAsyncDisposable
{
    public static readonly Caller Organiser = Caller.OfAccount("o", "organiser@example.org", AccountRole.Organiser, new Dictionary<long, AccountRole>());
    public static readonly Caller Supervisor = Caller.OfAccount("s", "supervisor@example.org", AccountRole.Supervisor, new Dictionary<long, AccountRole>());

    public RunningServer Server => server;

    public TicketList List => Part<TicketList>();

    public TicketService Service => Part<TicketService>();

    public TicketRecords Records => Part<TicketRecords>();

    public TicketImports Imports => Part<TicketImports>();

    public People People => Part<People>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<TicketVenue> OpenAsync(string? database = null, TimeProvider? clock = null)
    {
        Language.Speak(Language.English);
        var server = await RunningServer.StartAsync(options => options with { Database = database, Adjust = clock is null ? null : builder => builder.Services.AddSingleton(clock) });
        await server.CreateEventAsync();
        return new TicketVenue(server);
    }

    public T Part<T>()
        where T : notnull => server.Services.GetRequiredService<T>();

    /// <summary>Takes a list in whose columns are recognised.</summary>
    public async Task<(ImportPlan Plan, ImportOutcome Outcome)> ImportAsync(byte[] file, string slug = "club")
    {
        using var held = await Imports.OpenAsync(Organiser, slug, _ => Task.FromResult(file), Cancel);
        var plan = await Imports.PlanAsync(Organiser, slug, held.Sheet, ImportColumns.Recognise(held.Sheet.Heads), Cancel);
        return (plan, await Imports.ApplyAsync(Organiser, slug, plan, _ => { }, Cancel));
    }

    public Task<(ImportPlan Plan, ImportOutcome Outcome)> ImportAsync(string csv, string slug = "club") => ImportAsync(System.Text.Encoding.UTF8.GetBytes(csv), slug);

    public async Task<TicketDraft> DraftAsync(string ticketId)
    {
        var record = await Records.FindAsync(Organiser, "club", ticketId, Cancel);
        return TicketDraft.Of(record.Row!, record.Holder, Zone.Utc);
    }

    public async Task<IReadOnlyList<string>> IdsAsync(TicketFilter filter, Caller? caller = null) =>
        [.. (await List.FindAsync(caller ?? Supervisor, "club", filter, null, 100, Cancel)).Lines.Select(line => line.Ticket.TicketId)];

    public HeadcountDb Read() => Part<IDbReader>().Open();

    public async Task<EventMailbox> MailboxAsync(string slug = "club")
    {
        await using var db = Read();
        var id = await db.Events.Where(row => row.Slug == slug).Select(row => row.EventId).SingleAsync(Cancel);
        return (await Part<EventHost>().OpenAsync(id, Cancel))!;
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
