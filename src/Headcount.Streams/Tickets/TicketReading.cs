using System.Text;
using Headcount.Core;

namespace Headcount.Streams;

/// <summary>Understands the fields of a ticket, whatever the container was, and puts it into the register.</summary>
/// <param name="register">Where the tickets go.</param>
/// <param name="zone">The zone of times without an offset.</param>
/// <param name="give">Who gets the tickets instead, told apart by what is said of them and what is not; null = the register.</param>
internal sealed class TicketReading(Register register, Zone zone, Action<GivenTicket>? give = null)
{
    // The numbers of the fields, in the order of their names.
    public const int Ticket = 0;
    public const int Type = 1;
    public const int User = 2;
    public const int Status = 3;
    public const int ValidFrom = 4;
    public const int ValidUntil = 5;
    public const int Gates = 6;
    public const int SingleEntry = 7;

    /// <summary>The longest a ticket type's name may be, in characters.</summary>
    public const int MaxTypeLength = 64;

    /// <summary>The longest a user's id may be, in characters.</summary>
    public const int MaxUserLength = 128;

    private byte[] _bytes = new byte[1024];
    private int _used;
    private (int Start, int Length) _ticket;
    private (int Start, int Length) _type;
    private (int Start, int Length) _user;
    private TicketStatus? _status;
    private Instant? _from;
    private Instant? _until;
    private List<GateName>? _gates;
    private bool _gatesGiven;
    private bool? _singleEntry;

    public void Clear()
    {
        _used = 0;
        _ticket = _type = _user = default;
        _status = null;
        _from = _until = null;
        _gates = null;
        _gatesGiven = false;
        _singleEntry = null;
    }

    /// <summary>Takes a field that is not empty; or says what is wrong with it.</summary>
    public string? TakeText(int field, ReadOnlySpan<byte> text, bool isCsv)
    {
        switch (field)
        {
            case Ticket:
                return Keep(text, "ticket_id", TicketId.MaxLength, out _ticket);
            case Type:
                return Keep(text, "ticket_type", MaxTypeLength, out _type);
            case User:
                return Keep(text, "user_id", MaxUserLength, out _user);
            case Status:
                return TakeStatus(text);
            case ValidFrom:
                return TakeTime("valid_from", text, out _from);
            case ValidUntil:
                return TakeTime("valid_until", text, out _until);
            case Gates when isCsv:
                foreach (var part in text.Split((byte)';'))
                {
                    if (!text[part].IsEmpty && TakeGate(text[part]) is { } reason) return reason;
                }

                return null;
            default:
                return TakeSingleEntry(text);
        }
    }

    public void TakeSingleEntry(bool value) => _singleEntry = value;

    /// <summary>Gates are given, be it none.</summary>
    public void StartGates() => _gatesGiven = true;

    public string? TakeGate(ReadOnlySpan<byte> gate)
    {
        _gatesGiven = true;
        if (ElementReading.Characters(gate) is 0 or > GateName.MaxLength) return $"gates holds a name that is empty or longer than {GateName.MaxLength} characters";
        (_gates ??= []).Add(new GateName(Encoding.UTF8.GetString(gate)));
        return null;
    }

    /// <summary>Puts the ticket into the register; or says what it lacks.</summary>
    public string? Finish()
    {
        if (_ticket.Length == 0) return "ticket_id is missing";
        if (give is not null)
        {
            give(Given());
            return null;
        }

        var singleEntry = _singleEntry ?? false;
        var limits = _from is null && _until is null && _gates is null && !singleEntry ? null : new Register.Limits(_from, _until, _gates ?? [], singleEntry);
        if (_type.Length > 0 && register.TypesAreFull && register.FindType(Kept(_type)) < 0) return $"the register holds {Register.MaxTypes} ticket types already, and no more fit";
        register.Set(Kept(_ticket), Kept(_type), Kept(_user), _status ?? TicketStatus.Valid, limits);
        return null;
    }

    private GivenTicket Given() => new(new TicketId(Encoding.UTF8.GetString(Kept(_ticket))))
    {
        TicketType = _type.Length == 0 ? null : Encoding.UTF8.GetString(Kept(_type)),
        UserId = _user.Length == 0 ? null : Encoding.UTF8.GetString(Kept(_user)),
        Status = _status,
        ValidFrom = _from,
        ValidUntil = _until,
        Gates = _gatesGiven ? _gates ?? [] : null,
        SingleEntry = _singleEntry,
    };

    private string? Keep(ReadOnlySpan<byte> text, string field, int max, out (int, int) place)
    {
        place = (_used, text.Length);
        var length = ElementReading.Characters(text);
        if (length > max) return $"{field} has {length} characters; at most {max} are allowed";
        if (_used + text.Length > _bytes.Length) Array.Resize(ref _bytes, (_used + text.Length) * 2);
        text.CopyTo(_bytes.AsSpan(_used));
        _used += text.Length;
        return null;
    }

    private ReadOnlySpan<byte> Kept((int Start, int Length) place) => _bytes.AsSpan(place.Start, place.Length);

    private string? TakeStatus(ReadOnlySpan<byte> text)
    {
        _status = text.SequenceEqual("valid"u8) ? TicketStatus.Valid : text.SequenceEqual("revoked"u8) ? TicketStatus.Revoked : TicketStatus.Unpaid;
        return _status != TicketStatus.Unpaid || text.SequenceEqual("unpaid"u8) ? null : $"status '{ElementReading.Excerpt(text)}' is none of valid, revoked, unpaid";
    }

    private string? TakeTime(string field, ReadOnlySpan<byte> text, out Instant? instant)
    {
        var parsed = Timestamp.TryParse(text, zone, out var time);
        instant = parsed ? time : null;
        return parsed ? null : $"{field} '{ElementReading.Excerpt(text)}' is no ISO 8601 date and time";
    }

    private string? TakeSingleEntry(ReadOnlySpan<byte> text)
    {
        if (Ascii.EqualsIgnoreCase(text, "true"u8) || text.SequenceEqual("1"u8))
            _singleEntry = true;
        else if (Ascii.EqualsIgnoreCase(text, "false"u8) || text.SequenceEqual("0"u8))
            _singleEntry = false;
        else
            return $"single_entry '{ElementReading.Excerpt(text)}' is neither true nor false";
        return null;
    }
}
