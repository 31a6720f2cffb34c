using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Headcount.Client;
using Headcount.Cli.Playback;
using Headcount.Core;

namespace Headcount.Cli.Sending;

/// <summary>Moves a day's scans to now: the first one is made at the start, the others as much later as the speed says.</summary>
internal sealed class DayShift(Instant start, Speed speed)
{
    private Instant? _first;

    /// <summary>When a scan is made now.</summary>
    public Instant Due(Scan scan)
    {
        var first = _first ??= scan.Timestamp;
        return start + speed.ShiftedTime(scan.Timestamp - first);
    }

    /// <summary>The scan as it is sent. What was one scan twice in the input is one scan twice now; two plays of a day are two days.</summary>
    public NewScan Move(Scan scan) => new()
    {
        TicketId = scan.TicketId.Value,
        Gate = scan.Gate.Value,
        ScanType = scan.Type == ScanType.Entry ? ScanDirection.Entry : ScanDirection.Exit,
        Timestamp = Due(scan).ToDateTimeOffset(),
        DeviceId = scan.DeviceId?.Value,
        ScanId = NameOf(scan),
    };

    /// <summary>The scan as a fact, its own time and names kept.</summary>
    public static NewScan AsFact(Scan scan) => new()
    {
        TicketId = scan.TicketId.Value,
        Gate = scan.Gate.Value,
        ScanType = scan.Type == ScanType.Entry ? ScanDirection.Entry : ScanDirection.Exit,
        Timestamp = scan.Timestamp.ToDateTimeOffset(),
        DeviceId = scan.DeviceId?.Value,
        ScanId = scan.ScanId?.Value,
        Decided = scan.Outcome == ScanOutcome.Rejected ? DeviceDecision.Rejected : DeviceDecision.Accepted,
    };

    private string NameOf(Scan scan)
    {
        var likeness = scan.ScanId is { } id
            ? $"{scan.DeviceId?.Value ?? scan.Gate.Value}\0{id.Value}"
            : string.Create(CultureInfo.InvariantCulture, $"{scan.DeviceId?.Value}\0{scan.TicketId.Value}\0{scan.Gate.Value}\0{scan.Type}\0{scan.Timestamp.Microseconds}");
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(likeness));
        return string.Create(CultureInfo.InvariantCulture, $"replay-{start.Microseconds:x}-{BinaryPrimitives.ReadUInt64BigEndian(hash):x16}");
    }
}
