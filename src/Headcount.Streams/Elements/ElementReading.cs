using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Headcount.Core;

namespace Headcount.Streams;

/// <summary>Understands the fields of an element: the one place where text becomes a scan, whatever the container was.</summary>
/// <remarks>It never changes, and all threads that parse share one; the spans of the result are those of the fields.</remarks>
internal sealed class ElementReading
{
    private readonly Zone _zone;
    private readonly ForeignLog? _foreign;
    private readonly byte[][]? _entryValues;
    private readonly byte[][]? _exitValues;
    private readonly byte[] _gate;
    private readonly string? _timeFormat;
    private readonly bool _alternate;
    private readonly bool _anonymous;
    private readonly bool _isVisit;

    public ElementReading(ReadOptions options)
    {
        var (zone, foreign) = (options.Zone, options.Foreign);
        MayGoFast = foreign is null && !options.GeneralPathOnly;
        _zone = zone;
        _foreign = foreign;
        _gate = Encoding.UTF8.GetBytes(foreign?.Gate ?? "");
        _timeFormat = foreign?.TimeFormat;
        _alternate = foreign?.Alternate ?? false;
        _anonymous = foreign?.Anonymous ?? false;
        _isVisit = foreign?.BothTimesInOneRow ?? false;
        if (foreign is null) return;
        // Where scans alternate, their order gives the direction: no value can.
        var exits = _alternate ? [] : foreign.Exit;
        if (foreign.Entry.Count == 0 && exits.Count == 0) return;
        _entryValues = [.. foreign.Entry.Select(Encoding.UTF8.GetBytes)];
        _exitValues = [.. exits.Select(Encoding.UTF8.GetBytes)];
    }

    /// <summary>The fields, and the names they go by in this input.</summary>
    public string ColumnOf(string field) => _foreign?.ColumnOf(field) ?? field;

    /// <summary>Whether elements are of our own making.</summary>
    public bool IsOurs => _foreign is null;

    /// <summary>Whether the fast path may read them.</summary>
    public bool MayGoFast { get; }

    public Zone Zone => _zone;

    /// <summary>Whether a field called outcome is what our logs write: in a log whose columns had to be named, it is only where it was named too.</summary>
    public bool KnowsOutcomes => _foreign is null || _foreign.Map.Count == 0 || _foreign.Map.ContainsKey("outcome");

    /// <summary>What a CSV header of this input must hold.</summary>
    public ExpectedColumns Expected => new(ColumnOf, [.. RequiredFields()]);

    // The fields without which no element of this input is a scan.
    private IEnumerable<string> RequiredFields()
    {
        if (!_anonymous) yield return "ticket_id";
        if (_gate.Length == 0) yield return "gate";
        if (_isVisit)
        {
            if (_foreign!.Map.ContainsKey("entered")) yield return "entered";
            if (_foreign.Map.ContainsKey("left")) yield return "left";
            yield break;
        }

        if (!_alternate || _entryValues is not null) yield return "scan_type";
        yield return "timestamp";
    }

    /// <summary>Understands an element.</summary>
    public void Understand(scoped in ElementFields fields, ref ScanElement element)
    {
        element.Kind = ElementKind.Scan;
        element.Flags = RowFlags.None;
        element.Seq = 0;
        if (!fields.Outcome.IsEmpty && KnowsOutcomes)
        {
            element.Seq = Number(fields.Seq);
            if (fields.Outcome.SequenceEqual("rejected"u8)) element.Flags |= RowFlags.Rejected;
            if (fields.Outcome.SequenceEqual("recorded"u8)) element.Flags |= RowFlags.Recorded;
            if (fields.Outcome.SequenceEqual("annulled"u8) || fields.Outcome.SequenceEqual("closed"u8))
            {
                UnderstandRecord(in fields, ref element);
                return;
            }
        }

        if (!TakeDirection(fields.Type, ref element)) return;
        var reason = TakeTexts(in fields, ref element) ?? (_isVisit ? TakeVisit(in fields, ref element) : TakeTime(in fields, ref element));
        if (reason is not null) Malformed(ref element, reason);
    }

    private void UnderstandRecord(scoped in ElementFields fields, ref ScanElement element)
    {
        if (fields.Outcome.SequenceEqual("annulled"u8))
        {
            element.Kind = ElementKind.Annulment;
            element.Annuls = Number(fields.Annuls);
            if (element.Annuls == 0) Malformed(ref element, "it annuls nothing: annuls is not the number of a record");
            return;
        }

        element.Kind = ElementKind.Closing;
        if (TakeTime(in fields, ref element) is { } reason) Malformed(ref element, reason);
    }

    // False where the element is skipped or malformed already.
    private bool TakeDirection(ReadOnlySpan<byte> type, ref ScanElement element)
    {
        if (_entryValues is not null)
        {
            if (IsAny(type, _exitValues!))
                element.Flags |= RowFlags.Exit;
            else if (!IsAny(type, _entryValues))
                element.Kind = ElementKind.Skipped;
            return element.Kind != ElementKind.Skipped;
        }

        if (_isVisit || _alternate) return true;
        if (TryReadType(type, out var exit))
        {
            if (exit) element.Flags |= RowFlags.Exit;
            return true;
        }

        // What is missing is said in the order of the fields, so that the first thing wrong is the first thing named.
        element.Kind = ElementKind.Malformed;
        element.Reason = WrongType(ColumnOf("scan_type"), type);
        return false;
    }

    /// <summary>What is wrong with a text that names no direction.</summary>
    internal static string WrongType(string name, ReadOnlySpan<byte> type) => type.IsEmpty ? $"{name} is missing" : $"{name} '{Excerpt(type)}' is neither entry nor exit";

    private string? TakeTexts(scoped in ElementFields fields, ref ScanElement element)
    {
        element.Ticket = _anonymous ? default : fields.Ticket;
        element.Gate = fields.Gate.IsEmpty ? _gate : fields.Gate;
        element.Device = fields.Device;
        element.ScanId = fields.ScanId;
        return (_anonymous ? null : Check("ticket_id", element.Ticket, TicketId.MaxLength, required: true))
            ?? Check("gate", element.Gate, GateName.MaxLength, required: true)
            ?? Check("device_id", element.Device, DeviceId.MaxLength, required: false)
            ?? Check("scan_id", element.ScanId, ScanId.MaxLength, required: false);
    }

    private string? Check(string field, ReadOnlySpan<byte> text, int max, bool required) => IsInBounds(text, max, required) ? null : OutOfBounds(ColumnOf(field), text, max);

    /// <summary>Whether a text is as long as it may be.</summary>
    internal static bool IsInBounds(ReadOnlySpan<byte> text, int max, bool required) => text.IsEmpty ? !required : text.Length <= max || Characters(text) <= max;

    /// <summary>What is wrong with a text that is not.</summary>
    internal static string OutOfBounds(string name, ReadOnlySpan<byte> text, int max) =>
        text.IsEmpty ? $"{name} is missing" : $"{name} has {Characters(text)} characters; at most {max} are allowed";

    private string? TakeTime(scoped in ElementFields fields, ref ScanElement element) =>
        ReadTime("timestamp", fields.Timestamp, out element.Instant);

    // An empty time is one that has not come yet (or was never seen); one of the two must be there.
    private string? TakeVisit(scoped in ElementFields fields, ref ScanElement element)
    {
        if (fields.Entered.IsEmpty && fields.Left.IsEmpty) return $"neither {ColumnOf("entered")} nor {ColumnOf("left")} holds a time";
        if (fields.Entered.IsEmpty)
        {
            element.Flags |= RowFlags.Exit;
            element.Kind = ElementKind.VisitEnd;
            return ReadTime("left", fields.Left, out element.Instant);
        }

        if (ReadTime("entered", fields.Entered, out element.Instant) is { } reason) return reason;
        if (fields.Left.IsEmpty) return null;
        element.Kind = ElementKind.Visit;
        return ReadTime("left", fields.Left, out element.LeftInstant);
    }

    private string? ReadTime(string field, ReadOnlySpan<byte> text, out long instant)
    {
        var parsed = TryReadTime(text, out var time);
        instant = time.Microseconds;
        if (parsed) return null;
        return _timeFormat is null || text.IsEmpty ? WrongTime(ColumnOf(field), text) : $"{ColumnOf(field)} '{Excerpt(text)}' is not written as {_timeFormat}";
    }

    /// <summary>What is wrong with a text that is no time.</summary>
    internal static string WrongTime(string name, ReadOnlySpan<byte> text) => text.IsEmpty ? $"{name} is missing" : $"{name} '{Excerpt(text)}' is no ISO 8601 date and time";

    private bool TryReadTime(ReadOnlySpan<byte> text, out Instant instant)
    {
        if (_timeFormat is null) return Timestamp.TryParse(text, _zone, out instant);
        instant = default;
        if (text.Length > 256) return false;
        var chars = Encoding.UTF8.GetString(text);

        // What carries an offset is an instant; what carries none is local, even where the format would take one.
        const DateTimeStyles styles = DateTimeStyles.AdjustToUniversal | DateTimeStyles.NoCurrentDateDefault;
        if (!DateTime.TryParseExact(chars, _timeFormat, CultureInfo.InvariantCulture, styles, out var time)) return false;
        var microseconds = (time.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
        instant = time.Kind == DateTimeKind.Utc ? new Instant(microseconds) : _zone.FromLocal(microseconds);
        return instant >= Instant.Min && instant <= Instant.Max;
    }

    /// <summary>The words for a direction, in any letter case.</summary>
    internal static bool TryReadType(ReadOnlySpan<byte> text, out bool exit)
    {
        exit = false;
        switch (text.Length)
        {
            case 2:
                return Ascii.EqualsIgnoreCase(text, "in"u8);
            case 3:
                return exit = Ascii.EqualsIgnoreCase(text, "out"u8);
            case 4:
                return exit = Ascii.EqualsIgnoreCase(text, "exit"u8);
            case 5:
                return Ascii.EqualsIgnoreCase(text, "entry"u8);
            case 8:
                return Ascii.EqualsIgnoreCase(text, "check_in"u8);
            case 9:
                return exit = Ascii.EqualsIgnoreCase(text, "check_out"u8);
            default:
                return false;
        }
    }

    /// <summary>How many Unicode scalar values a valid text has.</summary>
    internal static int Characters(ReadOnlySpan<byte> text)
    {
        var characters = 0;
        foreach (var unit in text) characters += (unit & 0xC0) == 0x80 ? 0 : 1;
        return characters;
    }

    /// <summary>A whole number of a log; 0 where it is none.</summary>
    internal static long Number(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out long number, out var used) && used == text.Length && number > 0 ? number : 0;

    /// <summary>The beginning of a text, fit for a message.</summary>
    internal static string Excerpt(ReadOnlySpan<byte> text)
    {
        const int most = 40;
        var excerpt = new StringBuilder();
        foreach (var rune in Encoding.UTF8.GetString(text.Length > most * 4 ? text[..(most * 4)] : text).EnumerateRunes())
        {
            if (excerpt.Length >= most) return excerpt.Append('…').ToString();
            excerpt.Append(Rune.IsControl(rune) ? "\uFFFD" : rune.ToString());
        }

        return excerpt.ToString();
    }

    private static void Malformed(ref ScanElement element, string reason)
    {
        element.Kind = ElementKind.Malformed;
        element.Reason = reason;
    }

    private static bool IsAny(ReadOnlySpan<byte> text, byte[][] values)
    {
        foreach (var value in values)
        {
            if (text.SequenceEqual(value)) return true;
        }

        return false;
    }
}
