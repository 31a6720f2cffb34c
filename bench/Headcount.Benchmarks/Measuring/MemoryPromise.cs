using System.Globalization;

namespace Headcount.Benchmarks.Measuring;

/// <summary>The promise of memory: at most 64 bytes a scan and 300 a ticket.</summary>
internal static class MemoryPromise
{
    private const int BytesPerScan = 64;
    private const int BytesPerTicket = 300;

    /// <summary>Asks a big day its questions and prints what each took. Returns 1 where one took more than was promised.</summary>
    public static int Check(string data, long scans, long tickets)
    {
        var promised = scans * BytesPerScan + tickets * BytesPerTicket;
        var small = ProcessMeter.Measure(["./headcount", "occupancy", "samples/classic-day.ndjson", "--json"], "/dev/null").PeakBytes;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{scans:N0} scans of {tickets:N0} tickets: at most {Mega(promised)} MB promised; the program by itself takes {Mega(small)} MB."));
        Console.WriteLine("| input | question | seconds | peak MB | bytes a scan, all in | with 300 a ticket, bytes a scan |");
        Console.WriteLine("|---|---|--:|--:|--:|--:|");

        var isKept = true;
        foreach (var input in new[] { "memory-brief.ndjson", "memory-full.ndjson" })
        {
            string[][] questions = [["occupancy"], ["occupancy", "--tickets", Path.Combine(data, "memory-tickets.json")], ["anomalies"]];
            foreach (var question in questions)
            {
                var run = ProcessMeter.Measure(["./headcount", question[0], Path.Combine(data, input), .. question[1..], "--json"], "/dev/null");
                isKept &= run.PeakBytes <= promised;
                var asked = question.Length == 1 ? question[0] : $"{question[0]} --tickets";
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"| {input} | {asked} | {run.Wall:0.00} | {Mega(run.PeakBytes)} | {run.PeakBytes / (double)scans:0.0} | {(run.PeakBytes - small - tickets * BytesPerTicket) / (double)scans:0.0} |"));
            }
        }

        Console.WriteLine(isKept ? "The promise is kept." : "MORE THAN PROMISED.");
        return isKept ? 0 : 1;
    }

    private static string Mega(long bytes) => (bytes / 1e6).ToString("0", CultureInfo.InvariantCulture);
}
