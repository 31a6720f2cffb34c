using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Headcount.Benchmarks.Serving;

/// <summary>Headcount, started as people start it, with its venue made through its own door.</summary>
internal sealed partial class HeadcountService : Service
{
    private static readonly string[] DeviceScopes = ["scan", "counts"];
    private static readonly Dictionary<string, string> TalksOfItsEngine = new() { ["Logging__LogLevel__Headcount"] = "Information" };
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);

    private readonly LogRecount _recount;
    private readonly string _folder;
    private readonly string? _database;
    private readonly HttpClient _owner;

    private HeadcountService(string name, ChildProgram program, Uri address, string folder, string? database, HttpClient owner, Venue venue)
        : base(name, program, address)
    {
        (_folder, _database, _owner, Venue) = (folder, database, owner, venue);
        _recount = new LogRecount(venue);
    }

    public Venue Venue { get; }

    /// <summary>Speaks as the owner.</summary>
    public HttpClient Owner => _owner;

    /// <summary>Its log file.</summary>
    private static string OutputOf(string folder) => folder + ".log";

    /// <summary>Starts a server on an empty database and makes the venue.</summary>
    /// <param name="name">What the table calls it.</param>
    /// <param name="folder">Its data.</param>
    /// <param name="database">PostgreSQL's address; null = SQLite.</param>
    /// <param name="venue">The venue.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="command">Another program that is Headcount's server, and is given address and folder; null = <c>./headcount serve</c>.</param>
    public static async Task<HeadcountService> StartAsync(string name, string folder, string? database, Venue venue, CancellationToken cancellation, IReadOnlyList<string>? command = null)
    {
        var service = await StartOnWhatIsThereAsync(name, folder, database, venue, cancellation, command);
        try
        {
            var settings = new
            {
                slug = Venue.Slug, name = "Benchmark", zone = "UTC", capacity = venue.Capacity, gates = Venue.Gates,
                ticket_types = new object[] { new { name = "VIP", @override = true }, new { name = "GENERAL" } },
            };
            using (var made = await service.Owner.PostAsJsonAsync("/api/events", settings, cancellation)) await SucceededAsync(made, cancellation);
            await service.ImportAsync(venue.Register(), cancellation);
            var devices = new List<DeviceToken>();
            foreach (var (id, gate) in Venue.Devices)
            {
                using var response = await service.Owner.PostAsJsonAsync($"/api/events/{Venue.Slug}/devices", new { device_id = id, gate, scopes = DeviceScopes }, cancellation);
                await SucceededAsync(response, cancellation);
                devices.Add(new DeviceToken(id, gate, (await response.Content.ReadFromJsonAsync<JsonElement>(cancellation)).GetProperty("token").GetString()!));
            }

            return new HeadcountService(name, service.Program, service.Address, folder, database, service.Owner, venue) { Devices = devices };
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a server on what an earlier one left.</summary>
    public static async Task<HeadcountService> StartOnWhatIsThereAsync(string name, string folder, string? database, Venue venue, CancellationToken cancellation, IReadOnlyList<string>? command = null)
    {
        Directory.CreateDirectory(folder);
        var address = new Uri($"http://127.0.0.1:{ChildProgram.FreePort()}");
        string[] onDatabase = database is null ? [] : ["--db", database];
        var url = address.ToString().TrimEnd('/');
        var program = command is null
            ? ChildProgram.Start(name, ["./headcount", "serve", "--urls", url, "--data", folder, .. onDatabase], OutputOf(folder), TalksOfItsEngine)
            : ChildProgram.Start(name, [.. command, url, folder], OutputOf(folder), Constant.LauncherSettings);
        try
        {
            using var client = ClientOf(address);
            await program.WaitUntilReadyAsync(client, "/health/live", cancellation);
            var token = (await File.ReadAllTextAsync(Path.Combine(folder, "owner-token"), cancellation)).Trim();
            return new HeadcountService(name, program, address, folder, database, ClientOf(address, token), venue);
        }
        catch
        {
            await program.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops it and starts it again; returns the new one, and how long it took from its start to its first right number.</summary>
    public async Task<(HeadcountService Service, TimeSpan Took)> RestartAsync(CancellationToken cancellation)
    {
        await DisposeAsync();
        var began = TimeProvider.System.GetTimestamp();
        var again = await StartOnWhatIsThereAsync(Name, _folder, _database, Venue, cancellation);
        await again.CurrentAsync(cancellation);
        return (again, TimeProvider.System.GetElapsedTime(began));
    }

    /// <summary>How long the engine says that it read the log; null = it does not say.</summary>
    public TimeSpan? ReadingTook() => File.ReadLines(OutputOf(_folder)).Select(line => OpenedLine().Match(line)).LastOrDefault(match => match.Success) is { } match
        ? TimeSpan.FromMilliseconds(double.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture))
        : null;

    /// <summary>What it says of now.</summary>
    public async Task<JsonElement> CurrentAsync(CancellationToken cancellation) => await GetAsync($"/api/occupancy/current?event={Venue.Slug}", cancellation);

    /// <summary>What it answers to a question.</summary>
    public async Task<JsonElement> GetAsync(string path, CancellationToken cancellation)
    {
        using var response = await Owner.GetAsync(new Uri(path, UriKind.Relative), cancellation);
        await SucceededAsync(response, cancellation);
        return await response.Content.ReadFromJsonAsync<JsonElement>(cancellation);
    }

    /// <summary>Takes a register in.</summary>
    public async Task ImportAsync(string ndjson, CancellationToken cancellation)
    {
        using var content = new StringContent(ndjson, new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-ndjson"));
        using var response = await Owner.PostAsync(new Uri($"/api/events/{Venue.Slug}/tickets", UriKind.Relative), content, cancellation);
        await SucceededAsync(response, cancellation);
    }

    /// <summary>Reads the log on from where it was read to, counts again, and compares.</summary>
    public override async Task<IReadOnlyList<string>> CheckAsync(Answered answered, CancellationToken cancellation)
    {
        await SettleAsync(cancellation);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/scans?event={Venue.Slug}&since_seq={_recount.Seq}");
        request.Headers.Accept.ParseAdd("application/x-ndjson");
        using var response = await Owner.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        await SucceededAsync(response, cancellation);
        var wrong = await _recount.ReadAsync(await response.Content.ReadAsStreamAsync(cancellation), answered, cancellation);
        return [.. wrong.Concat(_recount.Compare(await CurrentAsync(cancellation))).Select(sentence => $"{Name}: {sentence}")];
    }

    // What wrk did not wait for is decided all the same.
    private async Task SettleAsync(CancellationToken cancellation)
    {
        var (before, now) = (-1L, (await CurrentAsync(cancellation)).GetProperty("seq").GetInt64());
        while (now != before)
        {
            await Task.Delay(Quiet, cancellation);
            (before, now) = (now, (await CurrentAsync(cancellation)).GetProperty("seq").GetInt64());
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _owner.Dispose();
    }

    /// <summary>Throws with what was answered where that was not 2xx.</summary>
    public static async Task SucceededAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException($"{response.RequestMessage?.RequestUri} answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellation)}");
    }

    [GeneratedRegex(@"records and .* tickets read in (\d+) ms")]
    private static partial Regex OpenedLine();
}
