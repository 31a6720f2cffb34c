using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headcount.Core;

namespace Headcount.Streams;

/// <summary>Reads a scan that is written as nearly every gate writes it: ASCII, without escapes. Whatever is not goes the general way.</summary>
/// <remarks>
/// It says yes only to elements that <see cref="JsonScanParser"/> takes too, and then with the same result; a property test holds the two together.
/// It looks up to <see cref="Slack"/> bytes beyond the end that it is given, so its buffers are that much longer. One thread at a time.
/// </remarks>
internal sealed unsafe class FastScanParser(Zone zone)
{
    /// <summary>How far beyond the end of its input it may look.</summary>
    public const int Slack = 64;

    private const int Ticket = 1 << 0;
    private const int Gate = 1 << 1;
    private const int Type = 1 << 2;
    private const int Time = 1 << 3;
    private const int Device = 1 << 4;
    private const int ScanIdBit = 1 << 5;
    private const int Outcome = 1 << 6;
    private const int Required = Ticket | Gate | Type | Time;

    private readonly LineShape _shape = new();

    // Of no day yet: no date is written so.
    private ulong _dateHead = ulong.MaxValue;
    private ushort _dateTail;
    private long _dayStart;
    private long _dayOffset;
    private bool _dayHasOneOffset;

    /// <summary>Reads one scan that begins at <paramref name="at"/>.</summary>
    /// <returns>Where it ends (after its closing brace), or null where it must go the general way.</returns>
    public byte* Read(byte* at, byte* end, ref ScanElement element)
    {
        if (at >= end || *at != '{') return null;
        element.Device = default;
        element.ScanId = default;
        element.Seq = 0;
        element.Flags = RowFlags.None;
        var alike = ReadAlike(at, end, ref element);
        if (alike is not null) return alike;

        element.Flags = RowFlags.None;
        element.Device = default;
        element.ScanId = default;
        _shape.Begin(at);
        var seen = 0;
        long seq = 0;
        at++;
        while (true)
        {
            while (*at == ' ') at++;
            if (*at != '"') return null;
            var key = at + 1;
            var field = FieldOf(key, out var length);
            if (field == 0)
            {
                _shape.Forget();
                at = PassOver(key, end, ref seq);
                if (at is null) return null;
            }
            else
            {
                if ((seen & field) != 0) return null;
                seen |= field;
                at = Colon(key + length);
                if (at is null) return null;
                var value = at;
                at = field == Time ? ReadTime(at, end, ref element) : ReadField(at, end, field, ref element);
                if (at is null) return null;
                _shape.Add(field, value, at);
            }

            while (*at == ' ') at++;
            if (*at == ',')
            {
                at++;
                continue;
            }

            if (*at != '}' || at >= end || (seen & Required) != Required) return null;
            if ((seen & Outcome) != 0) element.Seq = seq;
            element.Kind = ElementKind.Scan;
            _shape.End(at, mayBeKnown: (seen & Outcome) == 0);
            return at + 1;
        }
    }

    // A scan written as the one before: the same keys in the same order, not a blank more or less.
    private byte* ReadAlike(byte* at, byte* end, ref ScanElement element)
    {
        for (var part = 0; part < _shape.Parts; part++)
        {
            at = _shape.After(part, at);
            if (at is null || at >= end) return null;
            var field = _shape.FieldOf(part);
            at = field switch
            {
                Type => ReadUsualType(at, ref element),
                Time => ReadTime(at - 1, end, ref element),
                _ => ReadText(at, end, field, ref element),
            };
            if (at is null) return null;
        }

        if (_shape.Parts == 0 || *at != '}' || at >= end) return null;
        element.Kind = ElementKind.Scan;
        return at + 1;
    }

    private static byte* ReadUsualType(byte* at, ref ScanElement element)
    {
        var word = Unsafe.ReadUnaligned<ulong>(at);
        if ((word & 0xFFFF_FFFF_FFFF) == 0x22_7972_746E_65) return at + 6;
        if ((word & 0xFF_FFFF_FFFF) != 0x22_7469_7865) return null;
        element.Flags |= RowFlags.Exit;
        return at + 5;
    }

    private static byte* ReadText(byte* at, byte* end, int field, ref ScanElement element)
    {
        var close = EndOfText(at, end);
        return close is not null && TakeField(field, new ReadOnlySpan<byte>(at, (int)(close - at)), ref element) ? close + 1 : null;
    }

    // The field that a key names, and the length of the key with its closing quote.
    private static int FieldOf(byte* key, out int length)
    {
        var head = Unsafe.ReadUnaligned<ulong>(key);
        length = 0;
        if (head == Word("ticket_i"u8) && key[8] == 'd' && key[9] == '"') return Taken(10, Ticket, out length);
        if ((head & 0xFF_FFFF_FFFF) == (Word("gate\"   "u8) & 0xFF_FFFF_FFFF)) return Taken(5, Gate, out length);
        if (head == Word("scan_typ"u8) && key[8] == 'e' && key[9] == '"') return Taken(10, Type, out length);
        if (head == Word("timestam"u8) && key[8] == 'p' && key[9] == '"') return Taken(10, Time, out length);
        if (head == Word("device_i"u8) && key[8] == 'd' && key[9] == '"') return Taken(10, Device, out length);
        if (head == Word("scan_id\""u8)) return Taken(8, ScanIdBit, out length);
        if (head == Word("outcome\""u8)) return Taken(8, Outcome, out length);
        return 0;

        static int Taken(int size, int field, out int length)
        {
            length = size;
            return field;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Word(ReadOnlySpan<byte> text) => BinaryPrimitives.ReadUInt64LittleEndian(text);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static byte* Colon(byte* at)
    {
        while (*at == ' ') at++;
        if (*at != ':') return null;
        at++;
        while (*at == ' ') at++;
        return at;
    }

    // Text of printable ASCII without a backslash: its end (the closing quote), or null.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static byte* EndOfText(byte* at, byte* end)
    {
        for (; at < end; at += Vector128<byte>.Count)
        {
            // Below a blank as signed bytes: control characters, and all that is not ASCII.
            var bytes = Vector128.Load(at);
            var others = Vector128.LessThan(bytes.AsSByte(), Vector128.Create((sbyte)' ')).AsByte() | Vector128.Equals(bytes, Vector128.Create((byte)'\\'));
            var found = (others | Vector128.Equals(bytes, Vector128.Create((byte)'"'))).ExtractMostSignificantBits();
            if (found == 0) continue;
            at += BitOperations.TrailingZeroCount(found);
            return *at == '"' && at < end ? at : null;
        }

        return null;
    }

    private byte* ReadField(byte* at, byte* end, int field, ref ScanElement element)
    {
        if (*at != '"') return ReadBareField(at, end, field, ref element);
        return ReadText(at + 1, end, field, ref element);
    }

    private static bool TakeField(int field, ReadOnlySpan<byte> text, ref ScanElement element)
    {
        switch (field)
        {
            case Ticket:
                element.Ticket = text;
                return (uint)(text.Length - 1) < TicketId.MaxLength;
            case Gate:
                element.Gate = text;
                return (uint)(text.Length - 1) < GateName.MaxLength;
            case Type:
                if (!ElementReading.TryReadType(text, out var exit)) return false;
                if (exit) element.Flags |= RowFlags.Exit;
                return true;
            case Device:
                element.Device = text;
                return text.Length <= DeviceId.MaxLength;
            case ScanIdBit:
                element.ScanId = text;
                return text.Length <= ScanId.MaxLength;
            default:
                if (text.SequenceEqual("recorded"u8))
                    element.Flags |= RowFlags.Recorded;
                else if (text.SequenceEqual("rejected"u8))
                    element.Flags |= RowFlags.Rejected;
                else if (!text.SequenceEqual("accepted"u8))
                    return false;
                return true;
        }
    }

    // An integer is its digits; null is absent.
    private static byte* ReadBareField(byte* at, byte* end, int field, ref ScanElement element)
    {
        if (*at == 'n')
        {
            var isNull = end - at > 4 && Unsafe.ReadUnaligned<uint>(at) == 0x6C6C_756E;
            return isNull && field is Device or ScanIdBit ? at + 4 : null;
        }

        var close = EndOfInteger(at, end);
        return close is not null && TakeField(field, new ReadOnlySpan<byte>(at, (int)(close - at)), ref element) ? close : null;
    }

    private static byte* EndOfInteger(byte* at, byte* end)
    {
        var start = at;
        while (at < end && (uint)(*at - '0') <= 9) at++;
        if (at == start || (*start == '0' && at - start > 1)) return null;
        return *at is (byte)',' or (byte)'}' or (byte)' ' ? at : null;
    }

    // A key that is not a scan's: only plain values, and of those only the number of a log's record matters.
    private static byte* PassOver(byte* key, byte* end, ref long seq)
    {
        var close = EndOfText(key, end);
        if (close is null) return null;
        var name = new ReadOnlySpan<byte>(key, (int)(close - key));
        if (name.SequenceEqual("annuls"u8)) return null;
        var isSeq = name.SequenceEqual("seq"u8);
        var at = Colon(close + 1);
        if (at is null) return null;
        if (*at == '"')
        {
            close = isSeq ? null : EndOfText(at + 1, end);
            return close is null ? null : close + 1;
        }

        if (*at == 'n') return end - at > 4 && Unsafe.ReadUnaligned<uint>(at) == 0x6C6C_756E && !isSeq ? at + 4 : null;
        close = EndOfInteger(at, end);
        if (close is not null && isSeq) seq = ElementReading.Number(new ReadOnlySpan<byte>(at, (int)(close - at)));
        return close;
    }

    // "2025-09-30T11:30:00", a fraction, and Z or +02:00 or nothing; the day is worked out once for all its scans.
    private byte* ReadTime(byte* at, byte* end, ref ScanElement element)
    {
        if (*at != '"' || end - at < 21) return null;
        var text = at + 1;
        if (text[10] is not ((byte)'T' or (byte)' ')) return null;
        if (Unsafe.ReadUnaligned<ulong>(text) != _dateHead || Unsafe.ReadUnaligned<ushort>(text + 8) != _dateTail)
        {
            if (!TakeDay(text)) return null;
        }

        // HH:MM:SS: digits and colons in their places, no digit above nine.
        var clock = Unsafe.ReadUnaligned<ulong>(text + 11);
        if ((clock & 0xF0F0_FFF0_F0FF_F0F0) != 0x3030_3A30_303A_3030) return null;
        if (((clock + 0x0606_0006_0600_0606) & 0xF0F0_00F0_F000_F0F0) != 0x3030_0030_3000_3030) return null;
        var hour = (text[11] - '0') * 10 + text[12] - '0';
        var minute = (text[14] - '0') * 10 + text[15] - '0';
        var second = (text[17] - '0') * 10 + text[18] - '0';
        if (hour > 23 || minute > 59 || second > 59) return null;
        var local = _dayStart + ((hour * 60 + minute) * 60 + second) * 1_000_000L;

        var rest = text + 19;
        if (*rest == '.' && rest[4] == '"' && IsThreeDigits(rest + 1))
        {
            local += ((rest[1] - '0') * 100 + (rest[2] - '0') * 10 + rest[3] - '0') * 1000;
            rest += 4;
        }
        else if (*rest == '.')
        {
            var scale = 1_000_000;
            var digits = ++rest;
            for (; rest < end && (uint)(*rest - '0') <= 9; rest++)
            {
                scale /= 10;
                local += (*rest - '0') * scale;
            }

            if (rest == digits) return null;
        }

        if (*rest == '"')
        {
            element.Instant = _dayHasOneOffset ? local - _dayOffset : zone.FromLocal(local).Microseconds;
        }
        else
        {
            var close = EndOfText(rest, end);
            if (close is null) return null;
            if (close - rest == 1 && *rest is (byte)'Z' or (byte)'z')
                element.Instant = local;
            else if (Timestamp.TryParseOffset(new ReadOnlySpan<byte>(rest, (int)(close - rest)), out var offset))
                element.Instant = local - offset;
            else
                return null;
            rest = close;
        }

        return element.Instant >= Instant.Min.Microseconds && element.Instant <= Instant.Max.Microseconds ? rest + 1 : null;
    }

    private static bool IsThreeDigits(byte* text) => (uint)(text[0] - '0') <= 9 && (uint)(text[1] - '0') <= 9 && (uint)(text[2] - '0') <= 9;

    private bool TakeDay(byte* text)
    {
        if (!Timestamp.TryParseDate(new ReadOnlySpan<byte>(text, 10), out var day)) return false;
        _dateHead = Unsafe.ReadUnaligned<ulong>(text);
        _dateTail = Unsafe.ReadUnaligned<ushort>(text + 8);
        _dayStart = day * 86_400_000_000L;

        // Where no clock changes within two days of this one, all its local times have one offset.
        _dayOffset = zone.OffsetMicroseconds(_dayStart - 2 * 86_400_000_000L);
        _dayHasOneOffset = true;
        for (var hour = -48; hour <= 72 && _dayHasOneOffset; hour += 12)
            _dayHasOneOffset = zone.OffsetMicroseconds(_dayStart + hour * 3_600_000_000L) == _dayOffset;
        return true;
    }
}
