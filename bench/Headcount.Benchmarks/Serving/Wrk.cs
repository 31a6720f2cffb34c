using System.Globalization;

namespace Headcount.Benchmarks.Serving;

/// <summary>What a run of wrk found.</summary>
/// <param name="PerSecond">Answers a second.</param>
/// <param name="Median">Half the answers came within this.</param>
/// <param name="P99">All but one in a hundred came within this.</param>
/// <param name="Answered">How they were answered.</param>
/// <param name="Errors">Connections that broke, and answers that did not come.</param>
internal readonly record struct WrkRun(double PerSecond, TimeSpan Median, TimeSpan P99, Answered Answered, long Errors);

/// <summary>Runs wrk with <c>scans.lua</c>.</summary>
internal static class Wrk
{
    private const string Script = "bench/baselines/scans.lua";

    // So many fit the two cores of a small machine, which the service shares.
    private const int Threads = 2;

    /// <summary>Sends scans to a service as fast as it answers them.</summary>
    public static async Task<WrkRun> RunAsync(Service service, Venue venue, string run, int connections, int seconds, string folder, CancellationToken cancellation)
    {
        var tokens = Path.Combine(folder, "tokens.txt");
        await File.WriteAllLinesAsync(tokens, service.Devices.Select(device => $"{device.Token} {device.Gate}"), cancellation);
        var output = await ChildProgram.RunAsync(
            "wrk",
            ["wrk", $"-t{Threads}", $"-c{connections}", $"-d{seconds}s", "--latency", "--timeout", "10s", "-s", Script, service.Address.ToString(), "--", tokens, $"{venue.Tickets}", $"{Threads}", run, service.Positions],
            Path.Combine(folder, "wrk.log"), cancellation);
        File.Delete(tokens);
        var line = output.Split('\n').FirstOrDefault(line => line.StartsWith("result ", StringComparison.Ordinal)) ?? throw new InvalidOperationException($"wrk printed no result:\n{output}");
        var fields = line.Split(' ');
        service.Positions = fields[8];
        var (answers, duration, refused) = (Number(fields[1]), TimeSpan.FromMicroseconds(Number(fields[2])), Number(fields[3]));
        return new WrkRun(
            answers / duration.TotalSeconds, TimeSpan.FromMicroseconds(Number(fields[6])), TimeSpan.FromMicroseconds(Number(fields[7])),
            new Answered(answers - refused, refused, connections), Number(fields[4]) + Number(fields[5]));
    }

    private static long Number(string field) => long.Parse(field, CultureInfo.InvariantCulture);
}
