using System.Buffers.Binary;
using System.Text;

namespace Headcount.Core;

/// <summary>A ticket that proves itself: a text that a QR code holds, signed by the event's key, so that a gate without a network and without a register tells a forgery.</summary>
/// <remarks>
/// Written <c>HCT1.</c> and base 32 of: the key's number (4 bytes, big-endian), the event's number (varint), flags (1 byte: 1 = type, 2 = valid from, 4 = valid until), the ticket's id (varint length and
/// UTF-8), then what the flags name in that order (type as the id; times as varint seconds since 1970, UTC), and the Ed25519 signature (64 bytes) of <c>HCT1.</c> and all bytes before it.
/// Reading is pure and checks no signature: that takes a key, and on some platforms time. What was read is worth nothing before <see cref="Judge"/> was told that the signature is good.
/// </remarks>
public sealed record TicketCode
{
    /// <summary>What every code begins with; no plain ticket id does.</summary>
    public const string Prefix = "HCT1.";

    /// <summary>The longest a code may be, in characters.</summary>
    public const int MaxLength = 1_500;

    /// <summary>The length of a signature, in bytes.</summary>
    public const int SignatureLength = 64;

    private const int MaxTypeLength = 64;
    private const byte HasType = 1;
    private const byte HasFrom = 2;
    private const byte HasUntil = 4;

    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>The key that signed it.</summary>
    public required uint KeyId { get; init; }

    /// <summary>The event's number on the server that made it.</summary>
    public required long EventId { get; init; }

    /// <summary>The ticket.</summary>
    public required TicketId TicketId { get; init; }

    /// <summary>Its type when the code was made; null = none.</summary>
    public string? TicketType { get; init; }

    /// <summary>From when the code is good (inclusive), to the second; null = always.</summary>
    public Instant? ValidFrom { get; init; }

    /// <summary>Until when the code is good (exclusive), to the second; null = always.</summary>
    public Instant? ValidUntil { get; init; }

    /// <summary>Whether a text that stands for a ticket is a code and not a plain id; in letters of either case, as a scanner may give them.</summary>
    public static bool IsCode(ReadOnlySpan<char> text) => text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>What is signed.</summary>
    public byte[] ToSign()
    {
        var bytes = new List<byte>(160);
        bytes.AddRange(Encoding.ASCII.GetBytes(Prefix));
        Span<byte> key = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(key, KeyId);
        bytes.AddRange(key);
        Put(bytes, (ulong)EventId);
        bytes.Add((byte)((TicketType is null ? 0 : HasType) | (ValidFrom is null ? 0 : HasFrom) | (ValidUntil is null ? 0 : HasUntil)));
        Put(bytes, TicketId.Value);
        if (TicketType is { } type) Put(bytes, type);
        if (ValidFrom is { } from) Put(bytes, SecondsOf(from));
        if (ValidUntil is { } until) Put(bytes, SecondsOf(until));
        return [.. bytes];
    }

    /// <summary>The code as it is shown.</summary>
    /// <param name="signature">The signature of <see cref="ToSign"/>.</param>
    public string ToText(ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureLength) throw new ArgumentException($"A signature has {SignatureLength} bytes.", nameof(signature));
        return Prefix + Base32.Of([.. ToSign().AsSpan(Prefix.Length), .. signature]);
    }

    /// <summary>Reads a code.</summary>
    /// <param name="text">The text as it was scanned.</param>
    /// <param name="code">What it says, nothing of it proven.</param>
    /// <param name="content">What the signature is of.</param>
    /// <param name="signature">The signature.</param>
    /// <returns>False where it is no code, or one that nobody wrote so.</returns>
    public static bool TryRead(ReadOnlySpan<char> text, out TicketCode? code, out byte[] content, out byte[] signature)
    {
        (code, content, signature) = (null, [], []);
        if (!IsCode(text) || text.Length > MaxLength || !Base32.TryRead(text[Prefix.Length..], out var bytes) || bytes.Length <= SignatureLength) return false;
        var body = bytes.AsSpan(..^SignatureLength);
        if (!TryReadBody(body, out code)) return false;
        signature = bytes[^SignatureLength..];
        content = [.. Encoding.ASCII.GetBytes(Prefix), .. body];

        // One code for one ticket: what could have been written shorter was not written by us.
        return code!.ToSign().AsSpan().SequenceEqual(content);
    }

    /// <summary>What a code is worth at an event's gate, once its signature was looked at.</summary>
    /// <param name="eventId">The event.</param>
    /// <param name="isGenuine">Whether the event has the key, and the signature is good.</param>
    /// <param name="isKeyRevoked">Whether that key was revoked.</param>
    /// <returns>What it adds to the ticket's terms; null = it is forged or of another event, and no ticket at all.</returns>
    public CodeTerms? Judge(long eventId, bool isGenuine, bool isKeyRevoked) =>
        !isGenuine || EventId != eventId ? null : new CodeTerms { ValidFrom = ValidFrom, ValidUntil = ValidUntil, IsRevoked = isKeyRevoked };

    private static bool TryReadBody(ReadOnlySpan<byte> bytes, out TicketCode? code)
    {
        code = null;
        if (bytes.Length < 4) return false;
        var key = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        bytes = bytes[4..];
        if (!TryTake(ref bytes, out ulong eventId) || eventId > long.MaxValue || bytes.IsEmpty) return false;
        var flags = bytes[0];
        bytes = bytes[1..];
        if ((flags & ~(HasType | HasFrom | HasUntil)) != 0 || !TryTake(ref bytes, Core.TicketId.MaxLength, out var ticket)) return false;
        string? type = null;
        Instant? from = null, until = null;
        if ((flags & HasType) != 0 && !TryTake(ref bytes, MaxTypeLength, out type)) return false;
        if ((flags & HasFrom) != 0 && !TryTake(ref bytes, out from)) return false;
        if ((flags & HasUntil) != 0 && !TryTake(ref bytes, out until)) return false;
        if (!bytes.IsEmpty) return false;
        code = new TicketCode { KeyId = key, EventId = (long)eventId, TicketId = new TicketId(ticket!), TicketType = type, ValidFrom = from, ValidUntil = until };
        return true;
    }

    private static ulong SecondsOf(Instant instant) => (ulong)Math.Max(0, Instant.FloorDivide(instant.Microseconds, 1_000_000));

    private static void Put(List<byte> bytes, string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        Put(bytes, (ulong)utf8.Length);
        bytes.AddRange(utf8);
    }

    private static void Put(List<byte> bytes, ulong number)
    {
        for (; number >= 0x80; number >>= 7) bytes.Add((byte)(number | 0x80));
        bytes.Add((byte)number);
    }

    private static bool TryTake(ref ReadOnlySpan<byte> bytes, out ulong number)
    {
        number = 0;
        for (var shift = 0; shift < 63 && !bytes.IsEmpty; shift += 7)
        {
            var one = bytes[0];
            bytes = bytes[1..];
            number |= (ulong)(one & 0x7F) << shift;
            if (one < 0x80) return true;
        }

        return false;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> bytes, out Instant? instant)
    {
        instant = null;
        if (!TryTake(ref bytes, out ulong seconds) || seconds > (ulong)(Instant.Max.Microseconds / 1_000_000)) return false;
        instant = new Instant((long)seconds * 1_000_000);
        return true;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> bytes, int maxCharacters, out string? text)
    {
        text = null;
        if (!TryTake(ref bytes, out ulong length) || length == 0 || length > (ulong)Math.Min(bytes.Length, maxCharacters * 4)) return false;
        try
        {
            text = Utf8.GetString(bytes[..(int)length]);
        }
        catch (DecoderFallbackException)
        {
            return false;
        }

        bytes = bytes[(int)length..];
        return !text.Contains('\0', StringComparison.Ordinal) && text.EnumerateRunes().Count() <= maxCharacters;
    }
}
