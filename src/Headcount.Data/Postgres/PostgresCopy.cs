using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Headcount.Core;
using Headcount.Data.Log;
using Headcount.Engine;

namespace Headcount.Data.Postgres;

/// <summary>Records of the log as the bytes that PostgreSQL's <c>COPY … (FORMAT BINARY)</c> takes: all of a commit in one piece, made before anything is sent. One thread at a time.</summary>
/// <remarks>As laid down in https://www.postgresql.org/docs/current/sql-copy.html: each row begins with its number of columns, each column with its length, −1 for null.</remarks>
internal sealed class PostgresCopy
{
    public const string Command = $"COPY scan_log (event_id, {LogRow.Columns}) FROM STDIN (FORMAT BINARY)";

    // A number with its length: the most that anything but a text takes.
    private const int NumberBytes = 4 + sizeof(long);

    private readonly ArrayBufferWriter<byte> _buffer = new(64 * 1024);

    // The signature; no flags, no extension.
    private static ReadOnlySpan<byte> Header => [(byte)'P', (byte)'G', (byte)'C', (byte)'O', (byte)'P', (byte)'Y', (byte)'\n', 0xFF, (byte)'\r', (byte)'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>How much memory it holds.</summary>
    public int Capacity => _buffer.Capacity;

    /// <summary>The bytes of records, until the next ones are written.</summary>
    /// <exception cref="ArgumentException">A record cannot be kept.</exception>
    public ReadOnlyMemory<byte> Write(long eventId, IReadOnlyList<LogEntry> entries)
    {
        _buffer.ResetWrittenCount();
        _buffer.Write(Header);
        for (var i = 0; i < entries.Count; i++) Write(eventId, LogRow.Of(entries[i]));
        WriteShort(-1);
        return _buffer.WrittenMemory;
    }

    // In the order of LogRow.Columns.
    private void Write(long eventId, in LogRow row)
    {
        WriteShort(LogRow.ColumnCount + 1);
        Write(eventId);
        Write(row.Seq);
        Write(row.Outcome);
        Write(row.IsFact);
        Write(row.TicketId);
        Write(row.TicketType);
        Write(row.Gate);
        Write(row.ScanType);
        Write(row.CountedAt);
        Write(row.ScanTime);
        Write((Instant?)row.ReceivedAt);
        Write(row.DeviceId);
        Write(row.ScanId);
        Write(row.Reason);
        Write(row.Warnings);
        Write(row.OverrideBy);
        Write(row.OverrideReason);
        Write(row.Annuls);
        Write(row.NotedBy);
        Write(row.Note);
        Write(row.Occupancy);
        Write(row.Capacity);
    }

    private void Write(Instant? instant) => Write(PostgresLogSql.Raw(instant));

    private void Write(long? value)
    {
        if (value is { } number)
            Write(number);
        else
            WriteLength(-1);
    }

    private void Write(long value)
    {
        var room = _buffer.GetSpan(NumberBytes);
        BinaryPrimitives.WriteInt32BigEndian(room, sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(room[4..], value);
        _buffer.Advance(NumberBytes);
    }

    private void Write(bool value)
    {
        WriteLength(1);
        _buffer.GetSpan(1)[0] = value ? (byte)1 : (byte)0;
        _buffer.Advance(1);
    }

    private void Write(string? value)
    {
        if (value is null)
        {
            WriteLength(-1);
            return;
        }

        var room = _buffer.GetSpan(4 + Encoding.UTF8.GetMaxByteCount(value.Length));
        var length = Encoding.UTF8.GetBytes(value, room[4..]);
        BinaryPrimitives.WriteInt32BigEndian(room, length);
        _buffer.Advance(4 + length);
    }

    private void WriteLength(int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(_buffer.GetSpan(4), length);
        _buffer.Advance(4);
    }

    private void WriteShort(short value)
    {
        BinaryPrimitives.WriteInt16BigEndian(_buffer.GetSpan(2), value);
        _buffer.Advance(2);
    }
}
