using System.Collections;
using System.Numerics;

namespace Headcount.Core;

public sealed partial class ScanLedger
{
    /// <summary>Who would have got in: every scan, refused ones too, is an attempt, in order of arrival; each at the time of its own timestamp.</summary>
    /// <param name="rules">What the venue allows.</param>
    /// <param name="register">Who has which ticket; null = every ticket is valid and of no type.</param>
    /// <remarks>Repeats and annulled scans are left out; a closing of the day comes where it came among the scans. Peaks are the greatest counts after any scan.</remarks>
    /// <exception cref="InvalidOperationException">The ledger is anonymous: nobody can be let in without a ticket.</exception>
    public AdmissionReport Admit(AdmissionRules rules, Register? register = null)
    {
        ArgumentNullException.ThrowIfNull(rules);
        if (Mode == LedgerMode.Anonymous)
            throw new InvalidOperationException("Admission is of tickets, and anonymous counters have none: ask an anonymous ledger for occupancy or a timeline.");
        Settle();
        var row = 0;
        var admission = new StreamAdmission(rules, _tickets.Count, ticket => ExitsBefore(ticket, row));
        var count = new AdmissionCount();
        var terms = TermsOfTickets(register, rules);
        var any = Know(TicketTerms.Any, rules);
        var closings = new Queue<Closing>(_closings.OrderBy(closing => closing.RowsBefore));
        for (; row < _rows.Count; row++)
        {
            while (closings.TryPeek(out var closing) && closing.RowsBefore <= row) admission.CloseDay(closings.Dequeue().Instant);
            var flags = _rows.Flags(row);
            if ((flags & NoAttempt) != 0) continue;
            var ticket = _rows.Ticket(row);
            var gate = new GateName(NameText(_rows.Gate(row)));
            count.Add(row, admission.Take(ticket, gate, terms is null ? any : terms[ticket], LedgerRows.TypeOf((int)flags), _rows.Instant(row)));
        }

        foreach (var closing in closings) admission.CloseDay(closing.Instant);
        return new AdmissionReport
        {
            Intake = Intake,
            Capacity = rules.Capacity,
            Actual = admission.Actual,
            Theoretical = admission.Theoretical,
            PeakActual = admission.PeakActual,
            PeakTheoretical = admission.PeakTheoretical,
            Admitted = admission.Admitted,
            Released = admission.Released,
            Overrides = count.Of(ScanWarnings.CapacityOverride),
            Rejected = count.Rejected(),
            Rejections = new RejectionList(this, count.Rejections),
            Warnings = count.Warnings(),
        };
    }

    // Refused scans are attempts too.
    private const RowFlags NoAttempt = RowFlags.Repeated | RowFlags.Annulled;

    private IEnumerable<long> ExitsBefore(int ticket, int before)
    {
        for (var row = _ticketRows[ticket].Latest; row >= 0; row = _rows.Earlier(row))
        {
            if (row < before && (_rows.Flags(row) & (NoAttempt | RowFlags.Exit)) == RowFlags.Exit) yield return _rows.Instant(row);
        }
    }

    private static StreamAdmission.KnownTerms Know(TicketTerms? terms, AdmissionRules rules) => new(terms, rules.OfType(terms?.TicketType));

    private StreamAdmission.KnownTerms[]? TermsOfTickets(Register? register, AdmissionRules rules)
    {
        if (register is null) return null;
        var unknown = Know(null, rules);
        var known = new Dictionary<TicketTerms, StreamAdmission.KnownTerms>(ReferenceEqualityComparer.Instance);
        var ofTickets = new StreamAdmission.KnownTerms[_tickets.Count];
        for (var ticket = 0; ticket < ofTickets.Length; ticket++)
        {
            var number = register.NumberOf(_tickets[ticket]);
            ofTickets[ticket] = number < 0 ? unknown : KnownTermsOf(register.TermsAt(number));
        }

        return ofTickets;

        StreamAdmission.KnownTerms KnownTermsOf(TicketTerms terms) =>
            known.TryGetValue(terms, out var found) ? found : known[terms] = Know(terms, rules);
    }

    private readonly record struct RejectedRow(int Row, RefusalReason Reason);

    private sealed class AdmissionCount
    {
        private readonly long[] _reasons = new long[Enum.GetValues<RefusalReason>().Length];
        private readonly long[] _warnings = new long[Enum.GetValues<ScanWarnings>().Length];

        public List<RejectedRow> Rejections { get; } = [];

        public void Add(int row, Verdict verdict)
        {
            if (verdict.Reason != RefusalReason.None)
            {
                _reasons[(int)verdict.Reason]++;
                Rejections.Add(new RejectedRow(row, verdict.Reason));
            }

            for (var rest = (uint)verdict.Warnings; rest != 0; rest &= rest - 1) _warnings[BitOperations.TrailingZeroCount(rest)]++;
        }

        public long Of(ScanWarnings warning) => _warnings[BitOperations.TrailingZeroCount((uint)warning)];

        public SortedDictionary<string, long> Rejected()
        {
            var counts = new SortedDictionary<string, long>(ByCharacter.Order);
            foreach (var reason in Enum.GetValues<RefusalReason>())
            {
                if (_reasons[(int)reason] > 0) counts[reason.Code()] = _reasons[(int)reason];
            }

            return counts;
        }

        public SortedDictionary<string, long> Warnings()
        {
            var counts = new SortedDictionary<string, long>(ByCharacter.Order);
            foreach (var warning in Enum.GetValues<ScanWarnings>())
            {
                if (warning != ScanWarnings.None && Of(warning) > 0) counts[warning.CodesOf().Single()] = Of(warning);
            }

            return counts;
        }
    }

    // A full venue may refuse millions; each is put in words when somebody reads it.
    private sealed class RejectionList(ScanLedger ledger, List<RejectedRow> rows) : IReadOnlyList<Rejection>
    {
        public int Count => rows.Count;

        public Rejection this[int index] => RejectionOf(rows[index]);

        public IEnumerator<Rejection> GetEnumerator()
        {
            foreach (var row in rows) yield return RejectionOf(row);
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        private Rejection RejectionOf(RejectedRow rejected) => new(
            ledger._rows.Position(rejected.Row), new TicketId(ledger.TicketText(ledger._rows.Ticket(rejected.Row))),
            new GateName(ledger.NameText(ledger._rows.Gate(rejected.Row))), new Instant(ledger._rows.Instant(rejected.Row)), rejected.Reason);
    }
}
