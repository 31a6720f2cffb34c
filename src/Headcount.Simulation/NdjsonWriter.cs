using System.Buffers.Text;
using System.Text;
using Headcount.Core;

namespace Headcount.Simulation;

/// <summary>How much a written scan says.</summary>
/// <param name="Brief">Leaves out <c>device_id</c> and <c>scan_id</c>.</param>
/// <param name="LocalTimes">Writes times on the zone's clock without its offset.</param>
public readonly record struct ScanFormat(bool Brief = false, bool LocalTimes = false);

/// <summary>Writes a day as gates send it: one scan a line, in order of arrival, keys in the order of the scan's definition.</summary>
/// <remarks>Formats bytes by hand, from what is held, without text in between. Every name of a simulated day is plain ASCII, so none is escaped.</remarks>
public static class NdjsonWriter
{
    private const int BufferSize = 128 * 1024;
    private const int LongestLine = 512;

    /// <summary>Writes every scan of a day.</summary>
    public static void WriteScans(SimulatedDay day, Stream output, ScanFormat format = default)
    {
        ArgumentNullException.ThrowIfNull(day);
        ArgumentNullException.ThrowIfNull(output);
        var lines = new ScanLines(day, format);
        var buffer = new byte[BufferSize];
        var used = 0;
        foreach (ref readonly var row in day.Rows)
        {
            if (buffer.Length - used < LongestLine)
            {
                output.Write(buffer, 0, used);
                used = 0;
            }

            used += lines.Write(row, buffer.AsSpan(used));
        }

        output.Write(buffer, 0, used);
        output.Flush();
    }

    /// <summary>The bytes of a day's scans, piece by piece constant but for ticket, time and number.</summary>
    private sealed class ScanLines(SimulatedDay day, ScanFormat format)
    {
        private readonly int _digits = TicketRoll.Digits(day.Options.Attendees);
        private readonly MinuteTable _minutes = new(day, format.LocalTimes);

        private readonly byte[][] _entries = Middles(day, ScanType.Entry);
        private readonly byte[][] _exits = Middles(day, ScanType.Exit);

        private readonly byte[][] _ids =
            [.. day.Venue.Clocks.Select((_, device) => Utf8($"\",\"device_id\":\"{day.Venue.DeviceName(device)}\",\"scan_id\":\"{day.Venue.ScanPrefix(device)}"))];

        public int Write(in ScanRow row, Span<byte> line)
        {
            var used = Put("{\"ticket_id\":\"T"u8, line, 0);
            used += Digits(row.Ticket + 1, _digits, line[used..]);
            var middles = row.Type == ScanType.Entry ? _entries : _exits;
            used = Put(middles[row.Device / day.Venue.LanesPerGate], line, used);

            var stamp = day.Stamp(row);
            var minute = _minutes[stamp / Wave.Minute];
            used = Put(minute.Start, line, used);
            used += Digits(stamp % Wave.Minute / 1_000, 2, line[used..]);
            line[used++] = (byte)'.';
            used += Digits(stamp % 1_000, 3, line[used..]);
            used = Put(minute.Offset, line, used);
            if (!format.Brief)
            {
                used = Put(_ids[row.Device], line, used);
                used += Digits(row.Number, 6, line[used..]);
            }

            return Put("\"}\n"u8, line, used);
        }

        private static byte[][] Middles(SimulatedDay day, ScanType type) =>
            [.. day.Venue.Gates.Select(gate => Utf8($"\",\"gate\":\"{gate}\",\"scan_type\":\"{type.Code()}\",\"timestamp\":\""))];

        private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

        private static int Put(ReadOnlySpan<byte> bytes, Span<byte> line, int used)
        {
            bytes.CopyTo(line[used..]);
            return used + bytes.Length;
        }

        private static int Digits(int value, int least, Span<byte> line)
        {
            Utf8Formatter.TryFormat(value, line, out var written, new('D', (byte)least));
            return written;
        }
    }

    /// <summary>Each minute of the day as text, made when it is first needed.</summary>
    private sealed class MinuteTable(SimulatedDay day, bool localTimes)
    {
        private readonly (byte[] Start, byte[] Offset)[] _minutes = new (byte[], byte[])[25 * 60];

        public (byte[] Start, byte[] Offset) this[int minute]
        {
            get
            {
                ref var text = ref _minutes[minute];
                if (text.Start is null) text = Make(minute);
                return text;
            }
        }

        private (byte[] Start, byte[] Offset) Make(int minute)
        {
            var time = Encoding.UTF8.GetBytes(day.Options.Zone.Format(day.InstantOf(minute * Wave.Minute)));
            const int upToSeconds = 17, offset = 19;
            return (time[..upToSeconds], localTimes ? [] : time[offset..]);
        }
    }
}
