using System.Globalization;
using System.Net.Http.Json;
using Headcount.Data.Model;
using Headcount.Server.Access;
using Microsoft.Extensions.DependencyInjection;

namespace Headcount.BrowserTests.Office;

/// <summary>An event of last night, and people who may do this and that.</summary>
public static class PastVenue
{
    public const string Password = "a steward's long sentence";

    // So that a test can cut them off, as a phone does that loses its network.
    private const string KeepsSockets = "window.sockets = []; window.WebSocket = class extends WebSocket { constructor(...all) { super(...all); window.sockets.push(this); } };";

    /// <summary>Cuts every connection that a page holds open.</summary>
    public static Task CutOffAsync(this OfficeDesk desk) => desk.Page.EvaluateAsync("() => { for (const socket of window.sockets.splice(0)) socket.close(); }");

    /// <summary>A festival with gates North and South, so many tickets with names for some, and a day behind it.</summary>
    public static async Task FillAsync(OfficeVenue venue, int tickets = 60, int inside = 40)
    {
        await venue.Server.CreateEventAsync("festival", new
        {
            slug = "festival", name = "Summer festival", zone = "Europe/Berlin", capacity = 50,
            ticket_types = new object[] { new { name = "VIP", @override = true }, new { name = "DAY" } }, gates = new[] { "North", "South" },
        });
        await venue.Server.ImportTicketsAsync("festival", Enumerable.Range(1, tickets).Select(n => new { ticket_id = Ticket(n), ticket_type = n % 5 == 0 ? "VIP" : "DAY", user_id = n % 2 == 0 ? $"guest-{n}" : null }));
        using var device = await venue.Server.CreateDeviceAsync("festival", "north-1", scopes: ["supervise"]);
        var now = TimeProvider.System.GetUtcNow();
        var scans = new List<object>();
        for (var n = 1; n <= inside; n++) scans.Add(Scan(n, n % 3 == 0 ? "South" : "North", "entry", now.AddMinutes(-240 + n * 120.0 / inside)));
        for (var n = 1; n <= inside / 5; n++)
        {
            scans.Add(Scan(n, "South", "exit", now.AddMinutes(-100 + n * 30.0 / inside)));
            if (n % 2 == 0) scans.Add(Scan(n, "North", "entry", now.AddMinutes(-60 + n * 30.0 / inside)));
        }

        scans.Add(Scan(1, "North", "exit", now.AddMinutes(-40)));
        scans.Add(new { ticket_id = "<b>=1+1</b>", gate = "North", scan_type = "entry", timestamp = now.AddMinutes(-30) });
        await SucceededAsync(await device.PostAsJsonAsync("/api/scans/batch", new { scans }));
        await device.PostAsJsonAsync("/api/scans", Scan(2, "North", "entry", now));
    }

    public static string Ticket(int number) => "T" + number.ToString("00000", CultureInfo.InvariantCulture);

    public static object Scan(int ticket, string gate, string type, DateTimeOffset at) => new { ticket_id = Ticket(ticket), gate, scan_type = type, timestamp = at };

    /// <summary>A browser in which somebody of a role has signed in.</summary>
    public static async Task<OfficeDesk> SignInAsync(this OfficeVenue venue, Chromium chromium, AccountRole role, int width = 1366, int height = 768, string? name = null)
    {
        var email = $"{name ?? role.ToString().ToLowerInvariant()}@example.org";
        await venue.Server.Services.GetRequiredService<AccountService>().CreateAsync(email, null, role, Password, TestContext.Current.CancellationToken, user => user.EmailConfirmedAt = TimeProvider.System.GetUtcNow());
        var context = await venue.BrowseAsync(chromium, width, height);
        await context.AddInitScriptAsync(KeepsSockets);
        var desk = await OfficeDesk.OpenAsync(context);
        await desk.Page.GotoAsync("/office");
        await desk.SignInAsync(email, Password);
        await desk.ShowsAsync("Events");
        return desk;
    }

    private static async Task SucceededAsync(HttpResponseMessage response) => Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
}
