using System.Runtime.InteropServices;
using Headcount.Core;

namespace Headcount.Simulation;

/// <summary>What really happened where a scan says what it says.</summary>
public enum ScanTruth : byte
{
    /// <summary>The holder of the ticket passed the gate, and this is the scan of it.</summary>
    Passage,

    /// <summary>A second person passed on a ticket that is already inside, or left after having done so.</summary>
    Passback,

    /// <summary>The holder, just scanned, was scanned again; nobody passed.</summary>
    DoubleSwipe,

    /// <summary>The scan before, delivered once more; nobody passed.</summary>
    Repeat,

    /// <summary>A ticket that was never sold was tried; nobody passed.</summary>
    Forged,

    /// <summary>Somebody passed, and the scan never came: only among <see cref="SimulatedDay.Lost"/>.</summary>
    Lost,
}

/// <summary>A scan as it comes to the server, and the truth about it.</summary>
/// <param name="Scan">What the device says.</param>
/// <param name="MadeAt">When it was made, in truth: <see cref="Scan.Timestamp"/> is what the device's clock showed then.</param>
/// <param name="ArrivesAt">When the server gets it; for a lost one, when it was made.</param>
/// <param name="Truth">What really happened.</param>
public readonly record struct SimulatedScan(Scan Scan, Instant MadeAt, Instant ArrivesAt, ScanTruth Truth);

/// <summary>A scan in 24 bytes: days of many millions are held in memory. Times are in milliseconds since midnight.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct ScanRow
{
    public int Ticket;
    public int Time;
    public int Arrival;
    public int Number;
    public ushort Device;
    public ScanType Type;
    public ScanTruth Truth;
}
