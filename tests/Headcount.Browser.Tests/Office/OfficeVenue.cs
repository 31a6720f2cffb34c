using Headcount.SystemTests.Serving;
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

    public async ValueTask DisposeAsync()
    {
        await Server.StopAsync();
        await Server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
