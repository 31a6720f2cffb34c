using Headcount.Core;

namespace Headcount.Cli.Output;

/// <summary>Writes JSON documents, a line each, as they are made: a list of a million rows takes no more memory than one of ten.</summary>
/// <remarks>Names stay readable: a document goes to a terminal, a pipe or a file, never into a web page. A class of our own, because the framework's writer costs a short-lived program more to load than to use.</remarks>
internal sealed class JsonOut(Stream stream, Zone zone) : IDisposable
{
    private const int FlushAt = 64 * 1024;

    private readonly Utf8Row _text = new(zone);

    // Whether something was written before in the object or the list that is open.
    private bool _follows;

    public void WriteDocument(Action<JsonOut> writeKeys)
    {
        _text.Raw("{"u8);
        _follows = false;
        writeKeys(this);
        _text.Raw("}\n"u8);
        Flush();
        stream.Flush();
    }

    public void Intake(Intake intake)
    {
        Number("scans", intake.Scans);
        Number("repeated", intake.Repeated);
        Number("malformed", intake.Malformed);
    }

    public void Skipped(Intake intake) => Number("skipped", intake.Skipped);

    public void Number(string key, long value)
    {
        Key(key);
        _text.Number(value);
    }

    public void Flag(string key, bool value)
    {
        Key(key);
        _text.Raw(value ? "true"u8 : "false"u8);
    }

    public void Text(string key, string? value)
    {
        Key(key);
        if (value is null)
            _text.Raw("null"u8);
        else
            _text.Text(value);
    }

    public void Time(string key, Instant? instant) => Text(key, instant is { } time ? zone.Format(time) : null);

    public void Counts(string key, IReadOnlyDictionary<string, long> counts)
    {
        BeginObject(key);
        foreach (var (name, count) in counts) Number(name, count);
        EndObject();
    }

    public void BeginObject(string key)
    {
        Key(key);
        Open("{"u8);
    }

    public void EndObject() => Close("}"u8);

    /// <summary>A list, row by row.</summary>
    public void List<T>(string key, IEnumerable<T> rows, Action<T> writeRow)
    {
        BeginRows(key);
        foreach (var row in rows)
        {
            Next();
            Open("{"u8);
            writeRow(row);
            EndObject();
            if (_text.Written.Length > FlushAt) Flush();
        }

        EndRows();
    }

    /// <summary>Begins a list of rows that are written already.</summary>
    public void BeginRows(string key)
    {
        Key(key);
        Open("["u8);
    }

    /// <summary>Rows, a comma between each two.</summary>
    public void Rows(ReadOnlySpan<byte> rows)
    {
        Next();
        Flush();
        stream.Write(rows);
    }

    public void EndRows() => Close("]"u8);

    public void Dispose() => stream.Dispose();

    private void Key(string key)
    {
        Next();
        _text.Text(key).Raw(":"u8);
    }

    private void Next()
    {
        if (_follows) _text.Raw(","u8);
        _follows = true;
    }

    private void Open(ReadOnlySpan<byte> bracket)
    {
        _text.Raw(bracket);
        _follows = false;
    }

    private void Close(ReadOnlySpan<byte> bracket)
    {
        _text.Raw(bracket);
        _follows = true;
    }

    private void Flush()
    {
        stream.Write(_text.Written);
        _text.Clear();
    }
}
