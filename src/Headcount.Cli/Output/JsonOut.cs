using System.Text.Encodings.Web;
using System.Text.Json;
using Headcount.Core;

namespace Headcount.Cli.Output;

/// <summary>Writes JSON documents, a line each, as they are made: a list of a million rows takes no more memory than one of ten.</summary>
internal sealed class JsonOut : IDisposable
{
    private const int FlushAt = 64 * 1024;

    private readonly Stream _stream;
    private readonly Zone _zone;

    public JsonOut(Stream stream, Zone zone)
    {
        _stream = stream;
        _zone = zone;

        // The document goes to a terminal, a pipe or a file, never into a web page: names stay readable.
        Writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
    }

    public Utf8JsonWriter Writer { get; }

    public void WriteDocument(Action<JsonOut> writeKeys)
    {
        Writer.WriteStartObject();
        writeKeys(this);
        Writer.WriteEndObject();
        Writer.Flush();
        Writer.Reset();
        _stream.WriteByte((byte)'\n');
        _stream.Flush();
    }

    public void Intake(Intake intake)
    {
        Writer.WriteNumber("scans", intake.Scans);
        Writer.WriteNumber("repeated", intake.Repeated);
        Writer.WriteNumber("malformed", intake.Malformed);
    }

    public void Skipped(Intake intake) => Writer.WriteNumber("skipped", intake.Skipped);

    public void Number(string key, long value) => Writer.WriteNumber(key, value);

    public void Time(string key, Instant? instant)
    {
        if (instant is { } time)
            Writer.WriteString(key, _zone.Format(time));
        else
            Writer.WriteNull(key);
    }

    public void Counts(string key, IReadOnlyDictionary<string, long> counts)
    {
        Writer.WriteStartObject(key);
        foreach (var (name, count) in counts) Writer.WriteNumber(name, count);
        Writer.WriteEndObject();
    }

    /// <summary>A list, row by row.</summary>
    public void List<T>(string key, IEnumerable<T> rows, Action<T> writeRow)
    {
        Writer.WriteStartArray(key);
        foreach (var row in rows)
        {
            Writer.WriteStartObject();
            writeRow(row);
            Writer.WriteEndObject();
            if (Writer.BytesPending > FlushAt) Writer.Flush();
        }

        Writer.WriteEndArray();
    }

    /// <summary>Begins a list of rows that are written already.</summary>
    public void BeginRows(string key) => Writer.WriteStartArray(key);

    /// <summary>Rows, a comma between each two.</summary>
    public void Rows(ReadOnlySpan<byte> rows)
    {
        Writer.WriteRawValue(rows, skipInputValidation: true);
        Writer.Flush();
    }

    public void EndRows() => Writer.WriteEndArray();

    public void Dispose()
    {
        Writer.Dispose();
        _stream.Dispose();
    }
}
