namespace Headcount.Core;

/// <summary>A public key of an event, by which its codes are checked.</summary>
/// <param name="KeyId">Its number.</param>
/// <param name="PublicKey">32 bytes of Ed25519.</param>
/// <param name="IsRevoked">Whether nothing that it signed is believed any more.</param>
public sealed record TicketKey(uint KeyId, ReadOnlyMemory<byte> PublicKey, bool IsRevoked);

/// <summary>What a device was told, to decide by while it cannot ask: rules, gates, types, keys, the register, and who is inside.</summary>
/// <remarks>
/// <para>It is filled line by line with what the server sends (<c>docs/reference/device-protocol.md</c>), a snapshot or changes. A snapshot takes the place of what was known with its last line, and not before.
/// Changes take effect line by line, and the version and the record they were of only with the last line, so that the device asks for the same again when they broke off.</para>
/// <para>It reads no clock and does no I/O. One thread at a time owns it.</para>
/// </remarks>
public sealed class DeviceRegister
{
    /// <summary>The version of the protocol that this reads.</summary>
    public const int Protocol = 1;

    /// <summary>How old what a device was told may be before it decides nothing by it any more.</summary>
    public static readonly TimeSpan MostAge = TimeSpan.FromHours(24);

    private readonly RegisterLines _lines = new();
    private Dictionary<TicketId, TicketPresence> _presence = [];
    private (Register Tickets, Dictionary<TicketId, TicketPresence> Presence)? _snapshot;
    private RegisterHeader? _reading;
    private long _tickets;
    private long _presences;

    /// <summary>What the last complete download began with; null = there was none.</summary>
    public RegisterHeader? Header { get; private set; }

    /// <summary>The tickets.</summary>
    public Register Tickets { get; private set; } = new();

    /// <summary>Every ticket that was ever let through.</summary>
    public IReadOnlyCollection<TicketPresence> Presence => _presence.Values;

    /// <summary>Whether a download has begun and its last line has not come.</summary>
    public bool IsReading => _reading is not null;

    /// <summary>Whether what is known is too old to decide by.</summary>
    /// <param name="now">The time, by the server's clock as far as the device knows it.</param>
    public bool IsExpiredAt(Instant now) => Header is not { } header || now - header.TakenAt > MostAge;

    /// <summary>Takes the next line of a download: one JSON value.</summary>
    /// <returns>Whether it was the last.</returns>
    /// <exception cref="FormatException">It is not what is expected here; the message says why. The download has to be made again.</exception>
    public bool Take(ReadOnlySpan<byte> line)
    {
        if (_reading is null)
        {
            Begin(_lines.ReadHeader(line));
            return false;
        }

        switch (_lines.Read(line, out var ticket, out var presence, out var end))
        {
            case RegisterLine.Ticket:
                (_snapshot?.Tickets ?? Tickets).Set(ticket!);
                _tickets++;
                return false;
            case RegisterLine.Presence:
                (_snapshot?.Presence ?? _presence)[presence!.TicketId] = presence;
                _presences++;
                return false;
            default:
                End(end);
                return true;
        }
    }

    /// <summary>Takes the ticket of a code in, where the device was told of tickets that are not valid alone: then a good code is all that proves one. Call it when the signature was found good, before deciding.</summary>
    public void Adopt(TicketCode code)
    {
        ArgumentNullException.ThrowIfNull(code);
        if (Header is { IsOfCodes: true } && Tickets.TermsOf(code.TicketId) is null) Tickets.Set(new Ticket(code.TicketId) { TicketType = code.TicketType });
    }

    /// <summary>Forgets a download that broke off; the next line is the first of another.</summary>
    public void GiveUp() => (_reading, _snapshot) = (null, null);

    /// <summary>The venue as the device knows it, to decide by: with <see cref="OfflineRules"/> in place of its rules, and the device's own scans applied after these records.</summary>
    public Admission ToAdmission()
    {
        var header = Header ?? throw new InvalidOperationException("There is no register yet.");
        var admission = new Admission(header.Rules, Tickets);
        foreach (var record in Records(header.TakenAt)) admission.Apply(record);
        return admission;
    }

    private void Begin(RegisterHeader header)
    {
        if (!header.IsSnapshot && Header is null) throw new FormatException("Changes came where there is nothing to change: ask for a snapshot.");
        _snapshot = header.IsSnapshot ? (new Register(), []) : null;
        (_reading, _tickets, _presences) = (header, 0, 0);
    }

    private void End((long Tickets, long Presence) said)
    {
        if (said != (_tickets, _presences)) throw new FormatException($"The download says that it had {said.Tickets} tickets and {said.Presence} that were scanned; {_tickets} and {_presences} came.");
        if (_snapshot is var (tickets, presence)) (Tickets, _presence) = (tickets, presence);
        (Header, _reading, _snapshot) = (_reading, null, null);
    }

    // As few records as give the same standing: the latest exit, and the entry of the stay.
    private IEnumerable<LogRecord> Records(Instant takenAt)
    {
        var seq = 0L;
        foreach (var ticket in _presence.Values)
        {
            // A stay that was ended by a closing has no exit that a re-entry could be too soon after.
            var isOut = ticket is { EverEntered: true, IsInside: false };
            var left = ticket.LeftAt ?? (isOut ? new Instant(0) : null);
            if (isOut) yield return Record(ticket, ScanType.Entry, left!.Value + TimeSpan.FromMicroseconds(-1));
            if (left is { } exit) yield return Record(ticket, ScanType.Exit, exit);
            if (ticket.EnteredAt is { } entered) yield return Record(ticket, ScanType.Entry, entered);
        }

        RecordedFact Record(TicketPresence ticket, ScanType type, Instant at)
        {
            var counted = at > takenAt ? takenAt : at;
            return new RecordedFact(++seq, takenAt, new Scan(ticket.TicketId, ticket.Gate ?? NoGate, type, counted))
            {
                Outcome = ScanOutcome.Recorded, CountedAt = counted, TicketType = Tickets.TermsOf(ticket.TicketId)?.TicketType,
            };
        }
    }

    private static readonly GateName NoGate = new("-");
}
