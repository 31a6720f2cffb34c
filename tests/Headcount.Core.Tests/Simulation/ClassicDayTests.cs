using System.Text.Json;

namespace Headcount.Core.Tests.Simulation;

/// <summary>The sample day that every example uses: samples/README.md says what its numbers are.</summary>
public sealed class ClassicDayTests
{
    private static readonly string Samples = FindSamples();
    private static readonly Scan[] Scans = [.. File.ReadLines(Path.Combine(Samples, "classic-day.ndjson")).Select(ReadScan)];
    private static readonly Register Register = new(ReadTickets());

    [Fact]
    public void six_are_inside_at_half_past_eleven()
    {
        var report = Scans.OccupancyAt(At("11:30"), Register);
        Assert.Equal(6, report.Occupancy);
        Assert.Equal((8, 2, 7), (report.Entries, report.Exits, report.FirstEntries));
        Assert.Equal([("A", 4), ("B", 2)], report.ByGate.Select(gate => (gate.Key, (int)gate.Value)));
        Assert.Equal([("GENERAL", 4), ("VIP", 2)], report.ByTicketType.Select(type => (type.Key, (int)type.Value)));
    }

    [Fact]
    public void one_is_inside_in_the_end_and_eight_were_at_the_peak()
    {
        var report = Scans.Occupancy(Register);
        Assert.Equal((25, 0), (report.Intake.Scans, report.Intake.Repeated));
        Assert.Equal(1, report.Occupancy);
        Assert.Equal((12, 11, 9), (report.Entries, report.Exits, report.FirstEntries));
        Assert.Equal(new Peak(8, At("12:55:50")), Scans.Timeline(TimeSpan.FromMinutes(15)).Peak);
    }

    [Fact]
    public void T003_is_the_one_duplicate_entry_and_there_is_one_of_each_other_kind()
    {
        var anomalies = Scans.Anomalies(Register).Anomalies;
        Assert.Equal(
            [(5, AnomalyKind.DuplicateEntry, "T003"), (8, AnomalyKind.RapidReentry, "T002"), (25, AnomalyKind.ExitWithoutEntry, "T003")],
            anomalies.Select(anomaly => ((int)anomaly.Position, anomaly.Kind, anomaly.TicketId.Value)));
        Assert.Equal(TimeSpan.FromSeconds(200), anomalies[1].Elapsed);
    }

    [Fact]
    public void the_register_has_ten_named_people_three_of_them_VIP()
    {
        var tickets = ReadTickets().ToArray();
        Assert.Equal(Enumerable.Range(1, 10).Select(number => $"T{number:000}"), tickets.Select(ticket => ticket.TicketId.Value));
        Assert.Equal(3, tickets.Count(ticket => ticket.TicketType == "VIP"));
        Assert.Equal(7, tickets.Count(ticket => ticket.TicketType == "GENERAL"));
        Assert.Equal(["T010"], tickets.Select(ticket => ticket.TicketId).Except(Scans.Select(scan => scan.TicketId)).Select(id => id.Value));
    }

    [Fact]
    public void the_scans_are_in_order_of_time() => Assert.Equal(Scans.OrderBy(scan => scan.Timestamp), Scans);

    private static Instant At(string time) => Timestamp.TryParse($"2025-09-30T{time}", Zone.Utc, out var instant) ? instant : throw new FormatException(time);

    private static Scan ReadScan(string line)
    {
        using var json = JsonDocument.Parse(line);
        string Text(string key) => json.RootElement.GetProperty(key).GetString()!;
        Assert.True(Timestamp.TryParse(Text("timestamp"), Zone.Utc, out var instant));
        var type = Text("scan_type") switch { "entry" => ScanType.Entry, "exit" => ScanType.Exit, var other => throw new FormatException(other) };
        return new Scan(new TicketId(Text("ticket_id")), new GateName(Text("gate")), type, instant);
    }

    private static IEnumerable<Ticket> ReadTickets()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Samples, "classic-tickets.json")));
        foreach (var row in json.RootElement.EnumerateArray())
        {
            yield return new Ticket(new TicketId(row.GetProperty("ticket_id").GetString()!))
            {
                TicketType = row.GetProperty("ticket_type").GetString(),
                UserId = row.GetProperty("user_id").GetString(),
            };
        }
    }

    private static string FindSamples()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Headcount.slnx"))) return Path.Combine(folder.FullName, "samples");
        }

        throw new InvalidOperationException($"No Headcount.slnx in {AppContext.BaseDirectory} or above it: run the tests from where ./test builds them.");
    }
}
