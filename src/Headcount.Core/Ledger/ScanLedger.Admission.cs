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
        var admission = new Admission(rules, null, _tickets, _names, new CellTable(), isStream: true);
        var count = new AdmissionCount();
        var terms = TermsOfTickets(register, admission);
        var any = admission.Know(TicketTerms.Any);
        var closings = new Queue<Closing>(_closings.OrderBy(closing => closing.RowsBefore));
        for (var row = 0; row < _rows.Count; row++)
        {
            while (closings.TryPeek(out var closing) && closing.RowsBefore <= row) admission.CloseDayOfStream(closings.Dequeue().Instant);
            if ((_rows.Flags(row) & (RowFlags.Repeated | RowFlags.Annulled)) != 0) continue;
            var ticket = _rows.Ticket(row);
            count.Add(row, admission.Admit(ticket, _rows.Gate(row), terms is null ? any : terms[ticket], _rows.Type(row), _rows.Instant(row)));
        }

        foreach (var closing in closings) admission.CloseDayOfStream(closing.Instant);
        return new AdmissionReport
        {
            Intake = Intake,
            Capacity = rules.Capacity,
            Actual = admission.Actual,
            Theoretical = admission.Theoretical,
            PeakActual = admission.PeakActual,
            PeakTheoretical = admission.PeakTheoretical,
            Admitted = admission.Entries,
            Released = admission.Exits,
            Overrides = count.Of(ScanWarnings.CapacityOverride),
            Rejected = count.Rejected(),
            Rejections = new RejectionList(this, count.Rejections),
            Warnings = count.Warnings(),
        };
    }

    private Admission.KnownTerms[]? TermsOfTickets(Register? register, Admission admission)
    {
        if (register is null) return null;
        var unknown = admission.Know(null);
        var known = new Dictionary<TicketTerms, Admission.KnownTerms>(ReferenceEqualityComparer.Instance);
        var ofTickets = new Admission.KnownTerms[_tickets.Count];
        for (var ticket = 0; ticket < ofTickets.Length; ticket++)
        {
            var number = register.NumberOf(_tickets[ticket]);
            ofTickets[ticket] = number < 0 ? unknown : KnownTermsOf(register.TermsAt(number));
        }

        return ofTickets;

        Admission.KnownTerms KnownTermsOf(TicketTerms terms) =>
            known.TryGetValue(terms, out var found) ? found : known[terms] = admission.Know(terms);
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
            var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
            foreach (var reason in Enum.GetValues<RefusalReason>())
            {
                if (_reasons[(int)reason] > 0) counts[reason.Code()] = _reasons[(int)reason];
            }

            return counts;
        }

        public SortedDictionary<string, long> Warnings()
        {
            var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
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
