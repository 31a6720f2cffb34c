using System.Globalization;
using System.Text;
using Headcount.Streams;

namespace Headcount.Core.Tests.Streaming;

/// <summary>Inputs as bytes, and what was read of them in words, so that two readings can be compared.</summary>
internal static class Given
{
    /// <summary>Four scans: one with all optional fields, one that repeats it, one with characters beyond ASCII, one without an offset.</summary>
    public static readonly string[] Scans =
    [
        """{"ticket_id":"T1","gate":"A","scan_type":"entry","timestamp":"2025-09-30T10:00:00Z","device_id":"d1","scan_id":"s1"}""",
        """{"ticket_id":"T2","gate":"Tür, \"Nord\"","scan_type":"IN","timestamp":"2025-09-30T10:01:00.5+02:00"}""",
        """{"ticket_id":"T1","gate":"A","scan_type":"entry","timestamp":"2025-09-30T10:00:00Z","device_id":"d1","scan_id":"s1"}""",
        """{"ticket_id":"T1","gate":"B","scan_type":"check_out","timestamp":"2025-09-30 10:05"}""",
    ];

    /// <summary>Any of some values.</summary>
    public static Gen<T> AnyOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>A scan with a field changed, added, or (null) left out; a value is JSON.</summary>
    public static string Scan(string? field = null, string? value = null)
    {
        var fields = new List<KeyValuePair<string, string?>>
        {
            new("ticket_id", "\"T1\""), new("gate", "\"A\""), new("scan_type", "\"entry\""), new("timestamp", "\"2025-09-30T10:00:00Z\""),
        };
        var at = fields.FindIndex(pair => pair.Key == field);
        if (field is not null && at < 0) fields.Add(new(field, value));
        if (at >= 0) fields[at] = new(field!, value);
        return "{" + string.Join(",", fields.Where(pair => pair.Value is not null).Select(pair => $"\"{pair.Key}\":{pair.Value}")) + "}";
    }

    public static Task<Read> ReadAsync(string text, ReadOptions? options = null) => ReadAsync(Bytes(text), options);

    public static Task<Read> ReadAsync(byte[] bytes, ReadOptions? options = null, int slice = int.MaxValue) =>
        ReadAsync(new SlicedStream(bytes, slice), options);

    public static async Task<Read> ReadAsync(Stream stream, ReadOptions? options = null)
    {
        var reader = new ScanReader((options ?? new ReadOptions()) with { StandardInput = stream, ShownSetAside = 1000 });
        var ledger = await reader.ReadAsync(["-"]);
        return new Read(ledger, reader.SetAside, reader.SetAsideCount);
    }
}

/// <summary>What was read of an input.</summary>
internal sealed record Read(ScanLedger Ledger, IReadOnlyList<SetAside> SetAside, long SetAsideCount)
{
    public Intake Intake => Ledger.Intake;

    public IEnumerable<long> Lines => SetAside.Select(aside => aside.Line);

    /// <summary>The scans, with their places where they matter.</summary>
    public string Words(bool withPositions = true)
    {
        var words = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{Intake} {SetAsideCount}\n");
        foreach (var (position, scan) in Ledger.InArrivalOrder())
        {
            if (withPositions) words.Append(CultureInfo.InvariantCulture, $"{position} ");
            words.Append(CultureInfo.InvariantCulture, $"{scan.TicketId} {scan.Gate} {scan.Type} {scan.Timestamp.Microseconds} {scan.DeviceId} {scan.Outcome} {scan.Seq}\n");
        }

        return words.ToString();
    }

    /// <summary>The same, with what was set aside.</summary>
    public string AllWords() => Words() + string.Join('\n', SetAside);
}

/// <summary>Bytes that come in slices, as from a slow pipe.</summary>
internal sealed class SlicedStream(byte[] bytes, int slice = int.MaxValue) : Stream
{
    private int _at;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _at; set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var count = Math.Min(Math.Min(buffer.Length, slice), bytes.Length - _at);
        bytes.AsSpan(_at, count).CopyTo(buffer);
        _at += count;
        return count;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Task.FromResult(Read(buffer.AsSpan(offset, count)));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
