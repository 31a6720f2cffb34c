using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Headcount.Benchmarks.Serving;

namespace Headcount.Benchmarks.Office;

/// <summary>How long every page of the office takes until something is seen, in a real Chromium, with 100,000 tickets and 1,000,000 scans on SQLite.</summary>
internal static class OfficeBenchmark
{
    public const int Tickets = 100_000;
    public const int ScansOfATicket = 10;

    private static readonly string[] Scopes = ["scan"];
    private static readonly string[] Gates = ["North", "South", "East", "West"];

    /// <summary>Runs it and prints a table.</summary>
    /// <returns>0; 1 where a page could not be shown.</returns>
    public static async Task<int> RunAsync(int runs, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("headcount-office-").FullName;
        var data = Path.Combine(folder, "data");
        Directory.CreateDirectory(data);
        var address = new Uri($"http://localhost:{ChildProgram.FreePort()}");
        await using var program = ChildProgram.Start("headcount", ["./headcount", "serve", "--urls", address.ToString().TrimEnd('/'), "--data", data], Path.Combine(folder, "server.log"));
        try
        {
            using var owner = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(20) };
            await program.WaitUntilReadyAsync(owner, "/health/live", cancellation);
            owner.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(Path.Combine(data, "owner-token"), cancellation)).Trim());
            await using var browser = await OfficeBrowser.OpenAsync(address);
            await browser.SetUpAsync();
            await SendAsync(owner, "/api/events", new
            {
                slug = "festival", name = "Festival", zone = "Europe/Berlin", capacity = 80_000, gates = Gates,
                ticket_types = new object[] { new { name = "VIP", @override = true }, new { name = "DAY" }, new { name = "CREW" } },
            }, cancellation);
            var list = Path.Combine(folder, "tickets.csv");
            await WriteTicketsAsync(list, cancellation);
            var import = await browser.ImportAsync("/office/events/festival/tickets/import", list);
            await SendScansAsync(owner, folder, cancellation);
            var figures = await owner.GetFromJsonAsync<JsonElement>("/api/occupancy/current?event=festival", cancellation);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Tickets:N0} tickets with names, imported in the browser: planned in {import.Planned.TotalSeconds:F1} s, written in {import.Written.TotalSeconds:F1} s. {figures.GetProperty("seq").GetInt64():N0} scans, {figures.GetProperty("occupancy").GetInt64():N0} inside."));
            Console.WriteLine();
            return await browser.MeasureAsync(await browser.PagesAsync("/office/events/festival"), runs) ? 0 : 1;
        }
        finally
        {
            await program.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task WriteTicketsAsync(string file, CancellationToken cancellation)
    {
        await using var writer = new StreamWriter(file);
        await writer.WriteLineAsync("ticket_id,name,email,ticket_type");
        for (var i = 0; i < Tickets; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            await writer.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"T{i:000000},First{i % 977} Last{i * 7 % 9_973},guest{i}@example.org,{(i % 50 == 0 ? "VIP" : i % 33 == 0 ? "CREW" : "DAY")}"));
        }
    }

    // Everybody in and out again, over the last day; two in five have not left yet.
    private static async Task SendScansAsync(HttpClient owner, string folder, CancellationToken cancellation)
    {
        var token = (await SendAsync(owner, "/api/events/festival/devices", new { device_id = "bench", scopes = Scopes }, cancellation)).GetProperty("token").GetString()!;
        var file = Path.Combine(folder, "scans.ndjson");
        var begin = TimeProvider.System.GetUtcNow().AddHours(-24);
        await using (var writer = new StreamWriter(file))
        {
            for (var round = 0; round < ScansOfATicket; round++)
            {
                for (var i = 0; i < Tickets; i++)
                {
                    var isEntry = round % 2 == 0 || (round == ScansOfATicket - 1 && i % 5 < 2);
                    var at = begin.AddSeconds(round * 8_000 + i % 7_900);
                    await writer.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{{\"ticket_id\":\"T{i:000000}\",\"gate\":\"{(i % 4) switch { 0 => "North", 1 => "South", 2 => "East", _ => "West" }}\",\"scan_type\":\"{(isEntry ? "entry" : "exit")}\",\"timestamp\":\"{at:yyyy-MM-ddTHH:mm:ssZ}\",\"scan_id\":\"{round}-{i}\"}}"));
                }
            }
        }

        await using var stream = File.OpenRead(file);
        using var content = new StreamContent(stream) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-ndjson") } };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/scans/batch") { Content = content, Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var response = await owner.SendAsync(request, cancellation);
        await HeadcountService.SucceededAsync(response, cancellation);
    }

    private static async Task<JsonElement> SendAsync(HttpClient owner, string path, object body, CancellationToken cancellation)
    {
        using var response = await owner.PostAsJsonAsync(path, body, cancellation);
        await HeadcountService.SucceededAsync(response, cancellation);
        return await response.Content.ReadFromJsonAsync<JsonElement>(cancellation);
    }
}
