namespace Headcount.Simulation;

/// <summary>A device's clock: how far it is off, and how fast it runs away.</summary>
internal readonly record struct DeviceClock(int OffsetMilliseconds, int PartsPerMillion)
{
    private static readonly int SetAt = Wave.Clock(600);

    /// <summary>What the clock shows at a true time, both in milliseconds since midnight.</summary>
    public int Read(int time) => time + OffsetMilliseconds + (int)((long)(time - SetAt) * PartsPerMillion / Chance.Million);
}

/// <summary>A stretch without a link to the server; in true milliseconds since midnight.</summary>
internal readonly record struct Outage(int Start, int End)
{
    /// <summary>How much faster than they were made a device sends the scans it kept.</summary>
    private const int CatchUp = 50;

    public bool Covers(int time) => time >= Start && time < End;

    public int DeliveryOf(int time) => End + (time - Start) / CatchUp;
}

/// <summary>The venue's gates: how much they are used, what stands at them, and what is wrong with that today.</summary>
internal sealed class Venue
{
    private const int MostLanes = 8;
    private const int GuestsPerLane = 1_500;

    private readonly int[] _shares;

    public Venue(DayOptions options, Chance chance, Chance faults)
    {
        Gates = [.. Enumerable.Range(0, options.Gates).Select(NameOf)];
        LanesPerGate = Math.Clamp(options.Attendees / options.Gates / GuestsPerLane + 1, 1, MostLanes);
        _shares = Chance.Cumulate([.. Gates.Select((_, gate) => ShareOf(gate, chance))]);
        Clocks = SetClocks(LanesPerGate * options.Gates, options.Faults.InAMillion(Fault.ClockDrift), faults);
        Outages = DrawOutages(options.Gates, options.Faults.InAMillion(Fault.Offline), faults);
    }

    public string[] Gates { get; }

    public int LanesPerGate { get; }

    public DeviceClock[] Clocks { get; }

    public Outage[] Outages { get; }

    /// <summary>Some gate, the busy ones more often.</summary>
    public int DrawGate(Chance chance) => chance.Pick(_shares);

    public int DeviceAt(int gate, Chance chance) => gate * LanesPerGate + chance.Below(LanesPerGate);

    public string DeviceName(int device) => $"gate-{LaneName(device, "-")}";

    /// <summary>What a device puts before the number of a scan.</summary>
    public string ScanPrefix(int device) => $"{LaneName(device, "")}-";

    private string LaneName(int device, string between) =>
        $"{Gates[device / LanesPerGate].ToLowerInvariant()}{between}{device % LanesPerGate + 1}";

    private static string NameOf(int gate) => $"{(char)('A' + gate % 26)}{(gate < 26 ? "" : $"{gate / 26}")}";

    // The main gate stands where people come from; the further round, the quieter.
    private static int ShareOf(int gate, Chance chance) => 600 / (Math.Min(gate, 9) + 2) + chance.Below(60);

    private static DeviceClock[] SetClocks(int devices, int wrongInAMillion, Chance faults)
    {
        var clocks = new DeviceClock[devices];
        if (wrongInAMillion == 0) return clocks;
        var surely = faults.Below(devices);
        for (var device = 0; device < devices; device++)
        {
            var wrong = faults.Hits(wrongInAMillion) || device == surely;
            var offset = wrong ? faults.Between(60_000, 300_000) : faults.Below(1_500);
            var rate = wrong ? faults.Between(40, 200) : faults.Below(30);
            var sign = faults.Below(2) * 2 - 1;
            clocks[device] = new DeviceClock(offset * sign, rate * sign);
        }

        return clocks;
    }

    private static Outage[] DrawOutages(int gates, int downInAMillion, Chance faults)
    {
        var outages = new Outage[gates];
        if (downInAMillion == 0) return outages;

        // At least the main gate's neighbour or itself: an outage where nobody passes would not be seen.
        var surely = faults.Below(Math.Min(gates, 2));
        for (var gate = 0; gate < gates; gate++)
        {
            var start = Wave.Clock(1000) + faults.Below(Wave.Clock(1030));
            var length = faults.Between(6 * Wave.Minute, 40 * Wave.Minute);
            if (faults.Hits(downInAMillion) || gate == surely) outages[gate] = new Outage(start, start + length);
        }

        return outages;
    }
}
