using System.Globalization;
using System.Text;
using System.Text.Json;
using Headcount.Client;
using Headcount.Core;
using Headcount.Simulation;

namespace Headcount.Server.Demo;

/// <summary>A simulated day, from seven in the morning to midnight, played in twenty minutes from an instant on.</summary>
/// <param name="Start">When it began to play.</param>
/// <param name="Seed">What its chance is made from.</param>
internal sealed record DemoDay(Instant Start, ulong Seed)
{
    /// <summary>How much faster than life it plays.</summary>
    public const double Haste = 42;

    // The crew, who come before the doors open, are let in at once: whoever looks sees something move.
    private static readonly TimeSpan FirstArrival = TimeSpan.FromHours(7);
    private static readonly TimeSpan Doors = TimeSpan.FromHours(9.95);
    private static readonly TimeSpan Midnight = TimeSpan.FromHours(24);
    private static readonly TimeSpan Overture = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Dark = TimeSpan.FromSeconds(15);

    // Later than this after it was made, a scan was kept by a gate without a link.
    private static readonly TimeSpan LinkIsDown = TimeSpan.FromSeconds(90);

    /// <summary>When the next day begins.</summary>
    public Instant End => At(Midnight) + Dark;

    /// <summary>The register of every day: the tickets do not change with the seed's chance of the crowd's ways.</summary>
    public static SimulatedDay Plan(ulong seed) => SimulatedDay.Plan(new DayOptions
    {
        Attendees = DemoVenue.CrowdTickets, Gates = 4, Seed = seed, Faults = FaultRates.Usual.With(Fault.MissedEntries, 0).With(Fault.Offline, 0.3m),
    });

    /// <summary>What the day's gates send, each gate in order of time.</summary>
    public IEnumerable<IGrouping<string, DemoScan>> ByGate()
    {
        var day = Plan(Seed);
        var midnight = day.Options.Zone.StartOfDay(day.Scans.First().MadeAt);
        return day.Scans.Select(scan => Retime(scan, midnight)).GroupBy(scan => scan.Scan.Gate!, StringComparer.Ordinal);
    }

    private DemoScan Retime(SimulatedScan scan, Instant midnight)
    {
        var due = At(scan.ArrivesAt - midnight);
        var made = At(scan.MadeAt - midnight);
        var off = (scan.Scan.Timestamp - scan.MadeAt) / Haste;
        var isForged = scan.Truth == ScanTruth.Forged;
        var isFact = scan.ArrivesAt - scan.MadeAt > LinkIsDown;
        return new DemoScan(due, isFact, new NewScan
        {
            TicketId = isForged ? $"FORGED-{scan.Scan.TicketId.Value}" : scan.Scan.TicketId.Value,
            Gate = scan.Scan.Gate.Value,
            ScanType = scan.Scan.Type == ScanType.Entry ? ScanDirection.Entry : ScanDirection.Exit,
            Timestamp = (made + off).ToDateTimeOffset(),

            // A device counts on from day to day; here every day has names of its own.
            ScanId = string.Create(CultureInfo.InvariantCulture, $"{Start.Microseconds / 1_000_000:x}-{scan.Scan.ScanId?.Value}"),
            Decided = !isFact ? null : isForged ? DeviceDecision.Rejected : DeviceDecision.Accepted,
            Reason = isFact && isForged ? RefusalReasons.UnknownTicket : null,
        });
    }

    private Instant At(TimeSpan clock) => clock < Doors
        ? Start + (clock - FirstArrival) / ((Doors - FirstArrival) / Overture)
        : Start + Overture + (clock - Doors) / Haste;
}

/// <summary>A scan of the day, and when it is sent.</summary>
/// <param name="Due">When.</param>
/// <param name="IsFact">Whether its gate had no link and let people in by itself.</param>
/// <param name="Scan">What is sent.</param>
internal readonly record struct DemoScan(Instant Due, bool IsFact, NewScan Scan);

/// <summary>The day that plays, kept so that a server that is started again goes on with it.</summary>
internal sealed class DemoDayFile(string folder)
{
    private readonly string _path = Path.Combine(folder, "demo-day.json");

    public DemoDay? Read()
    {
        try
        {
            return JsonSerializer.Deserialize<DemoDay>(File.ReadAllBytes(_path));
        }
        catch (Exception problem) when (problem is IOException or JsonException or NotSupportedException)
        {
            return null;
        }
    }

    public void Write(DemoDay day) => PrivateFile.Write(_path, Encoding.UTF8.GetBytes(JsonSerializer.Serialize(day) + "\n"));
}
