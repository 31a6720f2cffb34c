using System.Buffers.Binary;
using System.Text;

namespace Headcount.Core;

/// <summary>How a scan that comes now stands to those that came before it.</summary>
public enum RepeatKind : byte
{
    /// <summary>It is new.</summary>
    None,

    /// <summary>It came before: it gets the first answer again, and changes nothing.</summary>
    Repeat,

    /// <summary>Its <c>scan_id</c> came before from the same device, with another ticket, gate, direction or instant: the first stands, this one is set aside.</summary>
    Conflict,
}

/// <summary>What is known of a scan's earlier coming.</summary>
/// <param name="Kind">How it stands to it.</param>
/// <param name="Seq">The number of the first one's record; 0 where it is new.</param>
public readonly record struct RepeatMatch(RepeatKind Kind, long Seq);

/// <summary>Recognises scans that come again to a live log.</summary>
/// <remarks>
/// By device (the gate stands in for one) and <c>scan_id</c>, or without an id by device, ticket, gate, direction and instant; the two are separate. A fact that
/// follows a live refusal under the same id is new: the device let the person in after all. About 50 bytes a scan, for as long as the log lives. One thread at a time.
/// </remarks>
public sealed class ScanRepeats
{
    private readonly Dictionary<ScanKey, First> _firsts;
    private readonly Dictionary<ScanKey, int> _factsAfterRefusal = [];

    private readonly record struct First(int SeqAndMark, uint Content)
    {
        public int Seq => Math.Abs(SeqAndMark);

        public bool WasRefusedLive => SeqAndMark < 0;
    }

    /// <summary>An empty memory.</summary>
    /// <param name="expected">About how many scans will come.</param>
    public ScanRepeats(int expected = 0) => _firsts = new Dictionary<ScanKey, First>(expected);

    /// <summary>How many scans are known.</summary>
    public int Count => _firsts.Count + _factsAfterRefusal.Count;

    /// <summary>Looks for the first coming of a scan.</summary>
    /// <param name="scan">The scan as it came.</param>
    /// <param name="isFactLetThrough">Whether it is a fact that a device let through.</param>
    public RepeatMatch Find(Scan scan, bool isFactLetThrough)
    {
        var key = KeyOf(scan, out var content, out var hasId);
        if (!_firsts.TryGetValue(key, out var first)) return default;
        if (hasId && first.Content != content) return new RepeatMatch(RepeatKind.Conflict, first.Seq);
        if (!isFactLetThrough || !hasId || !first.WasRefusedLive) return new RepeatMatch(RepeatKind.Repeat, first.Seq);
        return _factsAfterRefusal.TryGetValue(key, out var fact) ? new RepeatMatch(RepeatKind.Repeat, fact) : default;
    }

    /// <summary>Remembers a scan by the record that the log has of it.</summary>
    public void Add(ScanRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var key = KeyOf(record.Scan, out var content, out var hasId);
        var seq = checked((int)record.Seq);
        var refusedLive = record is DecidedScan { Outcome: ScanOutcome.Rejected } && hasId;
        if (!_firsts.TryAdd(key, new First(refusedLive ? -seq : seq, content)) && record is RecordedFact) _factsAfterRefusal.TryAdd(key, seq);
    }

    private static ScanKey KeyOf(Scan scan, out uint content, out bool hasId)
    {
        Span<byte> buffer = stackalloc byte[MaxKeyBytes];
        var device = Put(scan.DeviceId is { Value: { Length: > 0 } id } ? id : scan.Gate.Value, buffer);
        var rest = buffer[device..];

        // Ticket, gate, direction and instant, parted by NUL, which no text holds: so no scan id is taken for them.
        var length = Put(scan.TicketId.Value, rest);
        rest[length++] = 0;
        length += Put(scan.Gate.Value, rest[length..]);
        rest[length++] = 0;
        rest[length++] = (byte)scan.Type;
        BinaryPrimitives.WriteInt64LittleEndian(rest[length..], scan.Timestamp.Microseconds);
        length += sizeof(long);

        hasId = scan.ScanId is { Value.Length: > 0 };
        if (!hasId)
        {
            content = 0;
            return ScanKey.Of(buffer[..device], rest[..length]);
        }

        content = (uint)ScanKey.Of(default, rest[..length]).Low;
        return ScanKey.Of(buffer[..device], rest[..Put(scan.ScanId!.Value.Value, rest)]);
    }

    // A character takes up to four bytes, and the texts of a scan are bounded.
    private const int MaxKeyBytes = 4 * (DeviceId.MaxLength + TicketId.MaxLength + GateName.MaxLength) + 2 + 1 + sizeof(long);

    private static int Put(string text, Span<byte> to) => Encoding.UTF8.GetBytes(text, to);
}
