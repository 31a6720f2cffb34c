using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Headcount.Core;
using Headcount.Streams;

namespace Headcount.Benchmarks.Serving;

/// <summary>A million scans of a hundred thousand tickets: how fast they come in by the batch, what they take in memory, and how soon a server that starts has read them.</summary>
internal static class LoadedPart
{
    private const double AimBatchSeconds = 5;
    private const double AimReadingSeconds = 3;
    private const long AimMemory = 400_000_000;

    public static async Task RunAsync(Workplace place)
    {
        var parts = await PartsAsync(place);
        foreach (var service in await place.StartHeadcountsAsync("loaded")) await RunAsync(place, service, parts);
        await place.StopAllAsync();
    }

    private static async Task RunAsync(Workplace place, HeadcountService service, IReadOnlyList<string> parts)
    {
        await service.ImportAsync(await File.ReadAllTextAsync(place.Plan.Register, place.Cancellation), place.Cancellation);
        using var device = await DeviceAsync(service, place.Cancellation);
        var (seconds, counts) = (new List<double>(), default(BatchCounts));
        foreach (var part in parts)
        {
            await Console.Error.WriteAsync('.');
            var began = TimeProvider.System.GetTimestamp();
            counts += await SendAsync(device, part, place.Cancellation);
            seconds.Add(TimeProvider.System.GetElapsedTime(began).TotalSeconds);
            if (part == parts[0] || part == parts[^1]) await CompareAsync(place, service, parts.TakeWhile(other => other != part).Append(part), counts);
        }

        place.Findings.Add(new Finding(
            $"a batch of {Finding.Number(place.Plan.BatchScans)} facts: median of {parts.Count}, slowest", service.Name,
            $"{Finding.Seconds(Latencies.Median(seconds))}, {Finding.Seconds(seconds.Max())}", $"< {Finding.Seconds(AimBatchSeconds)}", seconds.Max() < AimBatchSeconds));
        await MemoryAsync(place, service);
    }

    private static async Task MemoryAsync(Workplace place, HeadcountService service)
    {
        var scans = $"{Finding.Number(place.Plan.BatchScans * (double)place.Plan.Batches)} scans";
        AddMemory(place, $"memory: {scans} taken in (most, at the end)", service);
        var before = (await service.CurrentAsync(place.Cancellation)).GetProperty("occupancy").GetInt64();
        var (again, took) = await service.RestartAsync(place.Cancellation);
        place.Keep(again);
        var after = (await again.CurrentAsync(place.Cancellation)).GetProperty("occupancy").GetInt64();
        if (after != before) place.Wrong.Add($"{service.Name}: {before} inside before it was stopped, {after} after it was started again");
        if (again.ReadingTook() is { } reading)
            place.Findings.Add(new Finding($"start: {scans} read from the log", service.Name, Finding.Seconds(reading.TotalSeconds), $"< {Finding.Seconds(AimReadingSeconds)}", reading.TotalSeconds < AimReadingSeconds));
        place.Findings.Add(new Finding("start: from the command to the first right number", service.Name, Finding.Seconds(took.TotalSeconds)));
        AddMemory(place, $"memory: {scans} read from the log (most, at the end)", again);
    }

    private static void AddMemory(Workplace place, string question, HeadcountService service)
    {
        var most = service.Program.Memory("VmHWM");
        place.Findings.Add(new Finding(question, service.Name, $"{Finding.Megabytes(most)}, {Finding.Megabytes(service.Program.Memory("VmRSS"))}", $"< {Finding.Megabytes(AimMemory)}", most < AimMemory));
    }

    // The day in files of a batch each, in order.
    private static async Task<IReadOnlyList<string>> PartsAsync(Workplace place)
    {
        var parts = new List<string>();
        await foreach (var lines in LinesAsync(place.Plan.Day).Chunk(place.Plan.BatchScans).Take(place.Plan.Batches))
        {
            parts.Add(Path.Combine(place.Folder, $"batch-{parts.Count}.ndjson"));
            await File.WriteAllLinesAsync(parts[^1], lines, place.Cancellation);
        }

        return parts;
    }

    private static IAsyncEnumerable<string> LinesAsync(string file) => File.ReadLinesAsync(file);

    // It is bound to no gate: it brings what the devices of all gates saw while they were offline.
    private static async Task<HttpClient> DeviceAsync(HeadcountService service, CancellationToken cancellation)
    {
        using var response = await service.Owner.PostAsJsonAsync($"/api/events/{Venue.Slug}/devices", new { device_id = "offline-gates" }, cancellation);
        await HeadcountService.SucceededAsync(response, cancellation);
        var token = (await response.Content.ReadFromJsonAsync<JsonElement>(cancellation)).GetProperty("token").GetString();
        var client = new HttpClient { BaseAddress = service.Address, Timeout = TimeSpan.FromMinutes(5) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    private static async Task<BatchCounts> SendAsync(HttpClient device, string file, CancellationToken cancellation)
    {
        using var content = new StreamContent(File.OpenRead(file));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        using var response = await device.PostAsync(new Uri("/api/scans/batch", UriKind.Relative), content, cancellation);
        await HeadcountService.SucceededAsync(response, cancellation);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(cancellation);
        return new BatchCounts(answer.GetProperty("recorded").GetInt64(), answer.GetProperty("repeated").GetInt64(), answer.GetProperty("rejected").GetInt64() + answer.GetProperty("invalid").GetInt64());
    }

    /// <summary>The same files counted by the library.</summary>
    private static async Task CompareAsync(Workplace place, HeadcountService service, IEnumerable<string> files, BatchCounts counts)
    {
        var ledger = await new ScanReader().ReadAsync([.. files], place.Cancellation);
        var report = ledger.Occupancy();
        var current = await service.CurrentAsync(place.Cancellation);
        (string Figure, long Expected, long Said)[] figures =
        [
            ("recorded", report.Intake.Scans, counts.Recorded), ("repeated", report.Intake.Repeated, counts.Repeated), ("set aside", report.Intake.Malformed, counts.SetAside),
            .. new[] { ("occupancy", report.Occupancy), ("entries", report.Entries), ("exits", report.Exits), ("first_entries", report.FirstEntries) }
                .Select(figure => (figure.Item1, figure.Item2, current.GetProperty(figure.Item1).GetInt64())),
        ];
        place.Wrong.AddRange(figures.Where(figure => figure.Said != figure.Expected).Select(figure => $"{service.Name}: {figure.Figure} is {figure.Expected} by the library, and {figure.Said} says the server"));
    }

    private readonly record struct BatchCounts(long Recorded, long Repeated, long SetAside)
    {
        public static BatchCounts operator +(BatchCounts one, BatchCounts other) => new(one.Recorded + other.Recorded, one.Repeated + other.Repeated, one.SetAside + other.SetAside);
    }
}
