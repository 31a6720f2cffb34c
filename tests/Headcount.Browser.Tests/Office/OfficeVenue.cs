using System.Text;
using Headcount.Data.Model;
using Headcount.Server.Access;
using Headcount.Server.Tickets.Import;
using Headcount.SystemTests.Serving;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Headcount.BrowserTests.Office;

/// <summary>A server just started for the first time, as somebody at the machine finds it.</summary>
public sealed class OfficeVenue : IAsyncDisposable
{
    public const string OwnerEmail = "ada@example.org";
    public const string OwnerPassword = "an owner's long sentence";

    private readonly string _folder = Directory.CreateTempSubdirectory("headcount-office-").FullName;

    public RunningServer Server { get; private set; } = null!;

    /// <summary>Where browsers find it: by a name, as passkeys want it.</summary>
    public string Address => $"http://localhost:{Server.Address.Port}";

    public string Outbox => Path.Combine(_folder, "outbox");

    public static async Task<OfficeVenue> OpenAsync()
    {
        var venue = new OfficeVenue();
        venue.Server = await RunningServer.StartAsync(dataFolder: venue._folder);
        return venue;
    }

    /// <summary>A browser of nobody's.</summary>
    public Task<IBrowserContext> BrowseAsync(Chromium chromium, int width = 1366, int height = 768, string locale = "en-GB") => chromium.OpenAsync(Address, width, height, locale: locale);

    /// <summary>A browser in which the owner has set the server up.</summary>
    public async Task<OfficeDesk> SetUpAsync(Chromium chromium, int width = 1366, int height = 768)
    {
        var desk = await OfficeDesk.OpenAsync(await BrowseAsync(chromium, width, height));
        await desk.SetUpAsync();
        return desk;
    }

    /// <summary>An event with gates, types and so many tickets <c>T0001</c> … of <c>Guest 1</c> …; every fifth is a VIP's.</summary>
    public async Task AddTicketsAsync(string slug, int tickets, string name = "Club night")
    {
        await Server.CreateEventAsync(slug, new
        {
            slug, name, zone = "Europe/Berlin", capacity = 1_000, ticket_types = new object[] { new { name = "VIP", @override = true }, new { name = "DAY" } }, gates = new[] { "North", "South" },
        });
        var organiser = Caller.OfAccount("o", "organiser@example.org", AccountRole.Organiser, new Dictionary<long, AccountRole>());
        var imports = Server.Services.GetRequiredService<TicketImports>();
        var list = "ticket_id,name,email,ticket_type\n" + string.Concat(Enumerable.Range(1, tickets).Select(i => $"T{i:0000},Guest {i},guest{i}@example.org,{(i % 5 == 0 ? "VIP" : "DAY")}\n"));
        using var held = await imports.OpenAsync(organiser, slug, _ => Task.FromResult(Encoding.UTF8.GetBytes(list)), TestContext.Current.CancellationToken);
        var plan = await imports.PlanAsync(organiser, slug, held.Sheet, ImportColumns.Recognise(held.Sheet.Heads), TestContext.Current.CancellationToken);
        await imports.ApplyAsync(organiser, slug, plan, _ => { }, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.StopAsync();
        await Server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
