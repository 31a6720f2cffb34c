using Headcount.Core;

namespace Headcount.Simulation;

/// <summary>One made-up day at a venue: its register, its scans in the order in which they arrive, and what really happened.</summary>
/// <remarks>Planned once and then unchanging: it can be read on any thread, and again. Some 30 bytes are held for each scan.</remarks>
public sealed class SimulatedDay
{
    private const long MicrosecondsPerMillisecond = 1_000;
    private const long MicrosecondsPerDay = 86_400_000_000;

    private readonly ScanRow[] _rows;
    private readonly ScanRow[] _lost;
    private readonly (int[] Ins, int[] Outs) _bodies;
    private readonly DeviceId[] _devices;
    private readonly string[] _scanPrefixes;
    private readonly GateName[] _gates;

    private SimulatedDay(DayOptions options, DayPlan plan)
    {
        Options = options;
        Venue = plan.Venue;
        _rows = plan.Rows;
        _lost = plan.Lost;
        _bodies = plan.Bodies;
        _gates = [.. Venue.Gates.Select(name => new GateName(name))];
        _devices = [.. Venue.Clocks.Select((_, device) => new DeviceId(Venue.DeviceName(device)))];
        _scanPrefixes = [.. Venue.Clocks.Select((_, device) => Venue.ScanPrefix(device))];

        // Reckoned from noon: where clocks change in the night, the day's hours are still on the clock that people look at.
        var noon = (options.Day.DayNumber - new DateOnly(1970, 1, 1).DayNumber) * MicrosecondsPerDay + MicrosecondsPerDay / 2;
        Midnight = options.Zone.FromLocal(noon).Microseconds - MicrosecondsPerDay / 2;
        Tickets = new TicketRoll(plan.Types);
    }

    /// <summary>Plans a day.</summary>
    /// <exception cref="ArgumentException">An option is out of its range (<see cref="DayOptions.FindProblem"/>).</exception>
    public static SimulatedDay Plan(DayOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.FindProblem() is { } problem) throw new ArgumentException(problem, nameof(options));
        return new SimulatedDay(options, DayPlan.Make(options));
    }

    /// <summary>What it was planned from.</summary>
    public DayOptions Options { get; }

    /// <summary>The register: every ticket that was sold. The tickets are made as they are asked for.</summary>
    public IReadOnlyList<Ticket> Tickets { get; }

    /// <summary>The venue's gates.</summary>
    public IReadOnlyList<GateName> Gates => _gates;

    /// <summary>How many scans arrive.</summary>
    public int ScanCount => _rows.Length;

    /// <summary>Every scan that arrives, in order of arrival.</summary>
    public IEnumerable<SimulatedScan> Scans => _rows.Select(Describe);

    /// <summary>The scans that never arrived, in order of time: what the people at the gates saw, and the log does not.</summary>
    public IEnumerable<SimulatedScan> Lost => _lost.Select(Describe);

    /// <summary>How many people are really inside at an instant: bodies, whatever was scanned.</summary>
    public int TruthAt(Instant at)
    {
        var elapsed = at.Microseconds - Midnight;
        var time = (int)Math.Clamp(elapsed < 0 ? -1 : elapsed / MicrosecondsPerMillisecond, -1, int.MaxValue - 1);
        return CountUpTo(_bodies.Ins, time) - CountUpTo(_bodies.Outs, time);
    }

    internal Venue Venue { get; }

    /// <summary>The instant that milliseconds of the day are counted from.</summary>
    internal long Midnight { get; }

    internal ReadOnlySpan<ScanRow> Rows => _rows;

    internal Instant InstantOf(int time) => new(Midnight + time * MicrosecondsPerMillisecond);

    /// <summary>What the device's clock showed when a scan was made.</summary>
    internal int Stamp(in ScanRow row) => Venue.Clocks[row.Device].Read(row.Time);

    private SimulatedScan Describe(ScanRow row)
    {
        var isLost = row.Truth == ScanTruth.Lost;
        var scan = new Scan(
            TicketRoll.IdOf(row.Ticket, Options.Attendees),
            _gates[row.Device / Venue.LanesPerGate],
            row.Type,
            InstantOf(Stamp(row)),
            _devices[row.Device],
            isLost ? null : new ScanId($"{_scanPrefixes[row.Device]}{row.Number:D6}"));
        return new SimulatedScan(scan, InstantOf(row.Time), InstantOf(row.Arrival), row.Truth);
    }

    private static int CountUpTo(int[] times, int time)
    {
        var (low, high) = (0, times.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (times[middle] <= time) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
