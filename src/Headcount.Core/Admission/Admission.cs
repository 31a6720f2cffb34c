using System.Text;

namespace Headcount.Core;

/// <summary>Who is inside one venue, and who may come in: the state that a log of scans folds to, and the decisions it gives.</summary>
/// <remarks>
/// <para><c>Decide</c> is pure: it says what is to be done with a scan and changes nothing. <see cref="Apply"/> alone changes the state, by one record of the
/// log. So a host decides, applies, writes the record down and answers; and after a restart it applies its log again and is where it was.</para>
/// <para>Records may restate the past: facts that come late, annulments, closings of a day. Every count here is as things are known after the last
/// record applied; <see cref="At"/> answers for any instant, with all that is known now or as it was known at an earlier record.</para>
/// <para>One thread at a time owns it. It reads no clock and does no I/O. About 45 bytes a record and 100 a ticket.</para>
/// </remarks>
public sealed partial class Admission
{
    /// <summary>How far a device's clock may be from the server's before the server's is taken: exactly this far is not too far.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    private readonly SymbolTable _tickets;
    private readonly SymbolTable _gates;
    private readonly CellTable _cells;
    private readonly AdmissionHistory _history;
    private readonly Tally _now = new();
    private readonly List<int> _closings = [];
    private readonly Dictionary<ScanKey, int> _refused = [];
    private readonly Func<TicketId, TicketTerms?> _termsOf;

    private AdmissionRules _rules;
    private TicketState[] _states = [];
    private string?[] _gateNames = [];
    private CountedOrder? _order;
    private long _scans;
    private long _latestCounted = long.MinValue;
    private long _latestClosing = long.MinValue;
    private int _latestClosingRow = -1;
    private bool _isStream;

    /// <summary>An empty venue.</summary>
    /// <param name="rules">What it allows.</param>
    /// <param name="termsOf">What a ticket allows, asked at every decision, so that a change holds from the next scan; null for a ticket it lacks. Without it, every ticket is valid and of no type.</param>
    public Admission(AdmissionRules rules, Func<TicketId, TicketTerms?>? termsOf = null)
        : this(rules, termsOf, new SymbolTable(), new SymbolTable(), new CellTable())
    {
    }

    /// <summary>An empty venue whose tickets are in a register.</summary>
    public Admission(AdmissionRules rules, Register register)
        : this(rules, (register ?? throw new ArgumentNullException(nameof(register))).TermsOf)
    {
    }

    /// <summary>A venue that goes by the numbers that others gave to tickets and gates.</summary>
    internal Admission(AdmissionRules rules, Func<TicketId, TicketTerms?>? termsOf, SymbolTable tickets, SymbolTable gates, CellTable cells, bool isStream = false)
    {
        ArgumentNullException.ThrowIfNull(rules);
        _rules = rules;
        _termsOf = termsOf ?? (_ => TicketTerms.Any);
        _tickets = tickets;
        _gates = gates;
        _cells = cells;
        _isStream = isStream;
        _history = new AdmissionHistory(cells);
    }

    /// <summary>What the venue allows. It may change at any time and holds from the next decision; nobody who is inside is put out by it.</summary>
    public AdmissionRules Rules
    {
        get => _rules;
        set => _rules = value ?? throw new ArgumentNullException(nameof(value));
    }

    /// <summary>The number of the last record applied; 0 = none.</summary>
    public long LastSeq => _history.Count;

    /// <summary>When the last record was taken; null where there is none, and in a stream.</summary>
    public Instant? LastReceivedAt => _history.Count == 0 || _isStream ? null : new Instant(_history.Other(_history.Count - 1));

    /// <summary>How many are inside now.</summary>
    public long Actual => _now.Occupancy;

    /// <summary>How many would be inside had there been no limit: in with every entry let through or refused for want of room, out with every exit, in order of the log.</summary>
    public long Theoretical { get; private set; }

    /// <summary>The greatest <see cref="Actual"/> there was after any record, as it was known then.</summary>
    public long PeakActual { get; private set; }

    /// <summary>The greatest <see cref="Theoretical"/> there was after any record.</summary>
    public long PeakTheoretical { get; private set; }

    /// <summary>Stays opened.</summary>
    public long Entries => _now.Entries;

    /// <summary>Stays closed by an exit.</summary>
    public long Exits => _now.Exits;

    /// <summary>Distinct tickets that ever entered.</summary>
    public long FirstEntries => _now.FirstEntries;

    /// <summary>Whether a ticket is inside now.</summary>
    public bool IsInside(TicketId ticket) => StateOf(_tickets.Find(ticket.Value)).Walk.IsPresent;

    /// <summary>Everything as of now: the same as <see cref="At"/> asked at the latest instant.</summary>
    public OccupancyReport Now() => _now.Report(new Intake(_scans, 0, 0, 0), null, _cells, GateName);

    private TicketState StateOf(int ticket) => ticket >= 0 && ticket < _states.Length ? _states[ticket] : TicketState.Fresh;

    private ref TicketState StateToChange(int ticket)
    {
        if (ticket >= _states.Length)
        {
            var before = _states.Length;
            Array.Resize(ref _states, (int)Math.Min(Array.MaxLength, Math.Max(ticket + 1L, Math.Max(64, before * 2L))));
            Array.Fill(_states, TicketState.Fresh, before, _states.Length - before);
        }

        return ref _states[ticket];
    }

    // Gates are few, and named in every answer.
    private string GateName(int gate)
    {
        if (gate >= _gateNames.Length) Array.Resize(ref _gateNames, Math.Max(gate + 1, _gates.Count));
        return _gateNames[gate] ??= _gates.Decode(gate);
    }

    private static ScanKey KeyOf(Scan scan) => scan.ScanId is not { Value: { Length: > 0 } id }
        ? default
        : ScanKey.Of(Encoding.UTF8.GetBytes(scan.DeviceId is { Value: { Length: > 0 } device } ? device : scan.Gate.Value), Encoding.UTF8.GetBytes(id));
}
