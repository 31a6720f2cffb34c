using System.Collections;

namespace Headcount.Core;

public sealed partial class ScanLedger
{
    /// <summary>Which scans are not right.</summary>
    /// <param name="register">Where given, tickets that it lacks are <see cref="AnomalyKind.UnknownTicket"/>.</param>
    /// <param name="reentryWindow">Back in less than this after an exit is <see cref="AnomalyKind.RapidReentry"/>; default <see cref="AdmissionRules.DefaultReentryWindow"/>.</param>
    /// <param name="kinds">The kinds to look for; null = all.</param>
    /// <exception cref="InvalidOperationException">The ledger is anonymous: without tickets nothing can be said of one.</exception>
    public AnomalyReport Anomalies(Register? register = null, TimeSpan? reentryWindow = null, IReadOnlySet<AnomalyKind>? kinds = null)
    {
        if (Mode == LedgerMode.Anonymous) throw new InvalidOperationException("Anomalies are of tickets, and anonymous counters have none.");
        var visitor = new AnomalyVisitor
        {
            Rows = _rows,
            Unknown = register is null ? null : UnknownTo(register),
            Window = (reentryWindow ?? AdmissionRules.DefaultReentryWindow).Ticks / TimeSpan.TicksPerMicrosecond,
            Kinds = kinds,
        };
        if (!TryFindBySteps(ref visitor))
        {
            visitor.Found.Clear();
            Walk(ref visitor);
        }

        visitor.Found.Sort();
        var counts = new long[Enum.GetValues<AnomalyKind>().Length];
        for (var i = 0; i < visitor.Found.Count; i++) counts[(int)visitor.Found[i].Kind]++;
        return new AnomalyReport { Intake = Intake, Anomalies = new FoundAnomalies(this, visitor.Found), ByKind = CountsByKind(counts) };
    }

    private static SortedMap<long> CountsByKind(long[] counts)
    {
        var codes = new List<string>();
        var values = new List<long>();
        for (var kind = 0; kind < counts.Length; kind++)
        {
            if (counts[kind] == 0) continue;
            codes.Add(((AnomalyKind)kind).Code());
            values.Add(counts[kind]);
        }

        return new SortedMap<long>(codes, values);
    }

    /// <summary>Anomalies by their rows: what is told of one is put together when it is looked at, since there may be very many.</summary>
    internal sealed class FoundAnomalies : IReadOnlyList<Anomaly>
    {
        private readonly ScanLedger _ledger;
        private readonly FoundList _found;

        internal FoundAnomalies(ScanLedger ledger, FoundList found) => (_ledger, _found) = (ledger, found);

        public int Count => _found.Count;

        public Anomaly this[int index] => _ledger.AnomalyOf(in _found[index]);

        /// <summary>An anomaly without a text made for it; on any thread.</summary>
        public AnomalyRow RowAt(int index)
        {
            if (index + PrefetchAhead < _found.Count) Prefetch(in _found[index + PrefetchAhead]);
            if (index + PrefetchAhead / 2 < _found.Count) _ledger._tickets.PrefetchText(_ledger._rows.Ticket(_found[index + PrefetchAhead / 2].Row));
            ref readonly var found = ref _found[index];
            ref var row = ref _ledger._rows.At(found.Row);
            var anomaly = new AnomalyRow { Kind = found.Kind, Position = row.Position, Ticket = _ledger._tickets[row.Ticket], Gate = LedgerRows.GateOf(row.GateAndFlags), Instant = row.Instant };
            if (found.Earlier < 0) return anomaly;
            ref var earlier = ref _ledger._rows.At(found.Earlier);
            anomaly.EarlierPosition = earlier.Position;
            anomaly.EarlierGate = LedgerRows.GateOf(earlier.GateAndFlags);
            anomaly.EarlierInstant = earlier.Instant;
            return anomaly;
        }

        /// <summary>The numbers of gates in rows are below this.</summary>
        public int Gates => _ledger._names.Count;

        /// <summary>The name of a gate by its number in a row.</summary>
        public string GateText(int gate) => _ledger.NameText(gate);

        public IEnumerator<Anomaly> GetEnumerator()
        {
            for (var i = 0; i < _found.Count; i++) yield return _ledger.AnomalyOf(in _found[i]);
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        private void Prefetch(in FoundAnomaly found)
        {
            _ledger._rows.Prefetch(found.Row);
            if (found.Earlier >= 0) _ledger._rows.Prefetch(found.Earlier);
        }
    }

    private Anomaly AnomalyOf(in FoundAnomaly found) => new(
        _rows.Position(found.Row), found.Kind, new TicketId(TicketText(_rows.Ticket(found.Row))), new GateName(NameText(_rows.Gate(found.Row))),
        new Instant(found.Instant),
        found.Earlier < 0 ? null : new EarlierScan(_rows.Position(found.Earlier), new GateName(NameText(_rows.Gate(found.Earlier))), new Instant(_rows.Instant(found.Earlier))));

    private bool[] UnknownTo(Register register)
    {
        var unknown = new bool[_tickets.Count];
        for (var ticket = 0; ticket < unknown.Length; ticket++) unknown[ticket] = register.NumberOf(_tickets[ticket]) < 0;
        return unknown;
    }

    private struct AnomalyVisitor() : IPresenceVisitor
    {
        public readonly FoundList Found = new();
        public required LedgerRows Rows;
        public required bool[]? Unknown;
        public required long Window;
        public required IReadOnlySet<AnomalyKind>? Kinds;

        public readonly void Took(int row, long instant, int gateAndFlags, Step step, in TicketWalk before)
        {
            if (Unknown is not null && Unknown[Rows.Ticket(row)]) Report(row, instant, AnomalyKind.UnknownTicket, -1);
            switch (step)
            {
                case Step.DuplicateEntry:
                    Report(row, instant, AnomalyKind.DuplicateEntry, before.OpenRow);
                    break;
                case Step.ExitWithoutEntry:
                    Report(row, instant, AnomalyKind.ExitWithoutEntry, before.LatestRow);
                    break;
                case Step.Opened when before.LatestExit >= 0 && instant - Rows.Instant(before.LatestExit) < Window:
                    Report(row, instant, AnomalyKind.RapidReentry, before.LatestExit);
                    break;
            }
        }

        public readonly void DayEnded(int openRow, long instant)
        {
        }

        private readonly void Report(int row, long instant, AnomalyKind kind, int earlier)
        {
            if (Kinds is null || Kinds.Contains(kind)) Found.Add(new FoundAnomaly { Row = row, Instant = instant, Kind = kind, Earlier = earlier });
        }
    }
}
