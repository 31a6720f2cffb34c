using System.Collections;
using System.Collections.Concurrent;
using System.Text;

namespace Headcount.Core;

/// <summary>The tickets a venue knows: by id, a ticket given twice holding as it was given last.</summary>
/// <remarks>About 60 bytes a ticket and its texts, so that a million tickets fit on a small device. One writer at a time; readers on any thread once it is filled.</remarks>
public sealed class Register : IReadOnlyCollection<Ticket>
{
    private readonly SymbolTable _tickets = new();
    private readonly TextList _users = new();
    private readonly SymbolTable _types = new();
    private readonly Dictionary<int, Limits> _limits = [];
    private readonly ConcurrentDictionary<(short Type, TicketStatus Status), TicketTerms> _plainTerms = new();
    private Row[] _rows = new Row[16];

    private record struct Row(int User, short Type, TicketStatus Status);

    internal sealed record Limits(Instant? From, Instant? Until, IReadOnlyList<GateName> Gates, bool SingleEntry);

    /// <summary>The most different ticket types one register can hold.</summary>
    public const int MaxTypes = short.MaxValue;

    /// <summary>An empty register: every ticket is unknown to it.</summary>
    public Register()
    {
    }

    /// <summary>A register of the tickets given; where one is given twice, the last one holds.</summary>
    /// <exception cref="ArgumentException">More than <see cref="MaxTypes"/> ticket types.</exception>
    public Register(IEnumerable<Ticket> tickets)
    {
        ArgumentNullException.ThrowIfNull(tickets);
        foreach (var ticket in tickets) Set(ticket);
    }

    /// <summary>How many tickets it knows.</summary>
    public int Count => _tickets.Count;

    /// <summary>Takes a ticket in, in place of any earlier one with its id.</summary>
    /// <exception cref="ArgumentException">More than <see cref="MaxTypes"/> ticket types.</exception>
    public void Set(Ticket ticket)
    {
        ArgumentNullException.ThrowIfNull(ticket);
        var limits = ticket.ValidFrom is null && ticket.ValidUntil is null && ticket.Gates.Count == 0 && !ticket.SingleEntry
            ? null
            : new Limits(ticket.ValidFrom, ticket.ValidUntil, ticket.Gates, ticket.SingleEntry);
        Set(Encoding.UTF8.GetBytes(ticket.TicketId.Value), Encoding.UTF8.GetBytes(ticket.TicketType ?? ""),
            Encoding.UTF8.GetBytes(ticket.UserId ?? ""), ticket.Status, limits);
    }

    /// <summary>The ticket of an id; null where the register lacks it.</summary>
    public Ticket? Find(TicketId id)
    {
        var number = _tickets.Find(id.Value);
        return number < 0 ? null : TicketAt(number);
    }

    /// <summary>What the ticket of an id allows at the gate; null where the register lacks it.</summary>
    public TicketTerms? TermsOf(TicketId id)
    {
        var number = _tickets.Find(id.Value);
        return number < 0 ? null : TermsAt(number);
    }

    /// <summary>The tickets, in the order in which their ids first came.</summary>
    public IEnumerator<Ticket> GetEnumerator()
    {
        for (var number = 0; number < _tickets.Count; number++) yield return TicketAt(number);
    }

    /// <summary>Some of the tickets, in the order in which their ids first came: so that all can be told a piece at a time.</summary>
    /// <param name="first">The place of the first; 0 or more.</param>
    /// <param name="most">How many, at the most.</param>
    public IReadOnlyList<Ticket> From(int first, int most)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        var piece = new List<Ticket>();
        for (var number = first; number < _tickets.Count && piece.Count < most; number++) piece.Add(TicketAt(number));
        return piece;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Takes a ticket in from UTF-8; empty type or user = none.</summary>
    internal void Set(ReadOnlySpan<byte> id, ReadOnlySpan<byte> type, ReadOnlySpan<byte> user, TicketStatus status, Limits? limits)
    {
        if (!type.IsEmpty && TypesAreFull && _types.Find(type) < 0) throw new ArgumentException($"A register holds at most {MaxTypes} ticket types.");
        var typeNumber = type.IsEmpty ? -1 : _types.Intern(type);

        var number = _tickets.Intern(id);
        if (number == _rows.Length) Array.Resize(ref _rows, checked(_rows.Length * 2));
        _rows[number] = new Row(user.IsEmpty ? -1 : _users.Add(user), (short)typeNumber, status);
        if (limits is not null)
            _limits[number] = limits;
        else if (_limits.Count > 0)
            _limits.Remove(number);
    }

    /// <summary>Makes room for so many tickets, so that it need not grow step by step.</summary>
    internal void Reserve(int tickets)
    {
        _tickets.Reserve(tickets);
        if (tickets > _rows.Length) Array.Resize(ref _rows, tickets);
    }

    /// <summary>The number of a ticket, or -1.</summary>
    internal int NumberOf(ReadOnlySpan<byte> id) => _tickets.Find(id);

    /// <summary>The number of a ticket's type, or -1 where it has none.</summary>
    internal int TypeNumberOf(int number) => _rows[number].Type;

    internal int TypeCount => _types.Count;

    /// <summary>Whether no other type of ticket fits in.</summary>
    internal bool TypesAreFull => _types.Count >= MaxTypes;

    /// <summary>The number of a type, or -1.</summary>
    internal int FindType(string type) => _types.Find(type);

    internal int FindType(ReadOnlySpan<byte> type) => _types.Find(type);

    internal string TypeName(int typeNumber) => _types.Decode(typeNumber);

    // Tickets without limits of their own are as many as there are types, times the states they can be in.
    internal TicketTerms TermsAt(int number)
    {
        var row = _rows[number];
        var plain = _plainTerms.GetOrAdd((row.Type, row.Status), static (kind, types) => new TicketTerms
        {
            TicketType = kind.Type < 0 ? null : types.Decode(kind.Type),
            Status = kind.Status,
        }, _types);
        return !_limits.TryGetValue(number, out var limits)
            ? plain
            : plain with { ValidFrom = limits.From, ValidUntil = limits.Until, Gates = limits.Gates, SingleEntry = limits.SingleEntry };
    }

    internal Ticket TicketAt(int number)
    {
        var row = _rows[number];
        var limits = _limits.GetValueOrDefault(number);
        return new Ticket(new TicketId(_tickets.Decode(number)))
        {
            TicketType = row.Type < 0 ? null : _types.Decode(row.Type),
            UserId = row.User < 0 ? null : Encoding.UTF8.GetString(_users[row.User]),
            Status = row.Status,
            ValidFrom = limits?.From,
            ValidUntil = limits?.Until,
            Gates = limits?.Gates ?? [],
            SingleEntry = limits?.SingleEntry ?? false,
        };
    }
}
