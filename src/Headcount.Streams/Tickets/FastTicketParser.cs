using System.Runtime.CompilerServices;
using Headcount.Core;

namespace Headcount.Streams;

/// <summary>Reads a ticket that is written as most registers write it: an id, a type, a user, a status, in ASCII. Whatever is not goes the general way.</summary>
/// <remarks>It says yes only to elements that <see cref="TicketParser"/> takes the general way too, and then with the same result. It looks <see cref="FastScanParser.Slack"/> bytes beyond the end.</remarks>
internal static unsafe class FastTicketParser
{
    private const int Ticket = 1 << 0;
    private const int Type = 1 << 1;
    private const int User = 1 << 2;
    private const int Status = 1 << 3;

    /// <summary>Reads one ticket and puts it into the register; false where it must go the general way.</summary>
    public static bool Read(byte* at, byte* end, Register register)
    {
        if (at >= end || *at++ != '{') return false;
        ReadOnlySpan<byte> ticket = default, type = default, user = default;
        var status = TicketStatus.Valid;
        var seen = 0;
        while (true)
        {
            while (*at == ' ') at++;
            if (*at != '"') return false;
            var field = FieldOf(at + 1, out var length);
            if (field == 0 || (seen & field) != 0) return false;
            seen |= field;
            at = FastScanParser.Colon(at + 1 + length);
            if (at is null || *at != '"') return false;
            var close = FastScanParser.EndOfText(++at, end);
            if (close is null) return false;
            var text = new ReadOnlySpan<byte>(at, (int)(close - at));
            switch (field)
            {
                case Ticket: ticket = text; break;
                case Type: type = text; break;
                case User: user = text; break;
                default:
                    if (!TryStatus(text, out status)) return false;
                    break;
            }

            at = close + 1;
            while (*at == ' ') at++;
            if (*at == ',')
            {
                at++;
                continue;
            }

            if (*at != '}' || at + 1 != end) return false;
            if ((uint)(ticket.Length - 1) >= TicketId.MaxLength || type.Length > TicketReading.MaxTypeLength || user.Length > TicketReading.MaxUserLength || register.TypesAreFull) return false;
            register.Set(ticket, type, user, status, null);
            return true;
        }
    }

    private static bool TryStatus(ReadOnlySpan<byte> text, out TicketStatus status)
    {
        status = text.SequenceEqual("revoked"u8) ? TicketStatus.Revoked : text.SequenceEqual("unpaid"u8) ? TicketStatus.Unpaid : TicketStatus.Valid;
        return status != TicketStatus.Valid || text.SequenceEqual("valid"u8);
    }

    // The field that a key names, and the length of the key with its closing quote.
    private static int FieldOf(byte* key, out int length)
    {
        length = 10;
        var head = Unsafe.ReadUnaligned<ulong>(key);
        if (head == FastScanParser.Word("ticket_i"u8) && key[8] == 'd' && key[9] == '"') return Ticket;
        length = 12;
        if (head == FastScanParser.Word("ticket_t"u8) && key[8] == 'y' && key[9] == 'p' && key[10] == 'e' && key[11] == '"') return Type;
        length = 8;
        if (head == FastScanParser.Word("user_id\""u8)) return User;
        length = 7;
        return (head & 0xFF_FFFF_FFFF_FFFF) == (FastScanParser.Word("status\" "u8) & 0xFF_FFFF_FFFF_FFFF) ? Status : 0;
    }
}
