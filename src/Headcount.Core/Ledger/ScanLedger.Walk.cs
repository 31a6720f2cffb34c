using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Headcount.Core;

public sealed partial class ScanLedger
{
    /// <summary>Follows the presence of every ticket, scan by scan.</summary>
    private interface IPresenceVisitor
    {
        /// <summary>A scan was taken; <paramref name="before"/> is how its ticket stood.</summary>
        void Took(int row, long instant, int gateAndFlags, Step step, in TicketWalk before);

        /// <summary>A stay ended because the day was closed.</summary>
        void DayEnded(int openRow, long instant);
    }

    /// <summary>Walks every ticket's counted scans at or before an instant, each ticket in counted order (tickets among one another in no order).</summary>
    /// <returns>How each ticket stands then.</returns>
    private TicketWalk[] Walk<TVisitor>(ref TVisitor visitor, long until = long.MaxValue)
        where TVisitor : struct, IPresenceVisitor
    {
        Settle();
        var walks = new TicketWalk[_tickets.Count];
        for (var ticket = 0; ticket < walks.Length; ticket++) walks[ticket] = TicketWalk.Fresh;
        if (_closings.Count > 0)
        {
            WalkWithClosings(ref visitor, walks, until);
            return walks;
        }

        foreach (var ticket in _disordered) walks[ticket].LatestRow = WalkedApart;
        WalkInOrder(ref visitor, walks, until);
        for (var i = 0; i < _disordered.Count; i++) walks[_disordered[i]] = WalkDisordered(ref visitor, i, until);
        return walks;
    }

    // A ticket whose rows came out of order, by its place among those.
    private TicketWalk WalkDisordered<TVisitor>(ref TVisitor visitor, int disordered, long until)
        where TVisitor : struct, IPresenceVisitor
    {
        if (disordered + 1 < _disordered.Count) Prefetch(OrderedRows(disordered + 1));
        var walk = TicketWalk.Fresh;
        foreach (var row in OrderedRows(disordered))
        {
            ref var taken = ref _rows.At(row);
            if (taken.Instant > until) break;
            if ((LedgerRows.FlagsOf(taken.GateAndFlags) & RowFlags.Uncounted) == 0) Take(ref visitor, ref walk, row);
        }

        return walk;
    }

    private void Prefetch(ReadOnlySpan<int> rows)
    {
        foreach (var row in rows) _rows.Prefetch(row);
    }

    // The tickets whose rows came in counted order, in one pass over the rows.
    private void WalkInOrder<TVisitor>(ref TVisitor visitor, TicketWalk[] walks, long until)
        where TVisitor : struct, IPresenceVisitor
    {
        for (var segment = 0; segment < _rows.Segments; segment++)
        {
            var start = segment << LedgerRows.SegmentBits;
            var rows = _rows.RowsOf(segment);
            for (var i = 0; i < rows.Length; i++)
            {
                if (i + PrefetchAhead < rows.Length) Prefetch(walks, rows[i + PrefetchAhead].Ticket);
                ref var row = ref rows[i];
                if ((LedgerRows.FlagsOf(row.GateAndFlags) & RowFlags.Uncounted) != 0 || row.Instant > until) continue;
                ref var walk = ref walks[row.Ticket];
                if (walk.LatestRow == WalkedApart) continue;
                var before = walk;
                var step = walk.Take(start + i, LedgerRows.TypeOf(row.GateAndFlags));
                visitor.Took(start + i, row.Instant, row.GateAndFlags, step, in before);
            }
        }
    }

    // Stands for the latest row of a ticket whose rows came out of order: what is known of it lies where the walk looks anyway.
    private const int WalkedApart = -2;

    // About as many rows as are walked while memory answers.
    private const int PrefetchAhead = 16;

    private static unsafe void Prefetch(TicketWalk[] walks, int ticket)
    {
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(walks), ticket)));
    }

    private void WalkWithClosings<TVisitor>(ref TVisitor visitor, TicketWalk[] walks, long until)
        where TVisitor : struct, IPresenceVisitor
    {
        for (var i = 0; i < _disordered.Count; i++) WalkWithClosings(ref visitor, ref walks[_disordered[i]], OrderedRows(i), until);
        for (var ticket = 0; ticket < walks.Length; ticket++)
        {
            if (!_ticketRows[ticket].IsUnsettled) WalkWithClosings(ref visitor, ref walks[ticket], RowsInArrivalOrder(ticket), until);
        }
    }

    private void WalkWithClosings<TVisitor>(ref TVisitor visitor, ref TicketWalk walk, ReadOnlySpan<int> rows, long until)
        where TVisitor : struct, IPresenceVisitor
    {
        var next = -1;
        foreach (var row in rows)
        {
            if ((_rows.Flags(row) & RowFlags.Uncounted) != 0) continue;
            next = row;
            if (_rows.Instant(row) > until) break;
            EndStayBefore(ref visitor, ref walk, row, until);
            Take(ref visitor, ref walk, row);
            next = -1;
        }

        EndStayBefore(ref visitor, ref walk, next, until);
    }

    // A stay that was open when the day was closed ended then, unless an exit scan is what comes next.
    private void EndStayBefore<TVisitor>(ref TVisitor visitor, ref TicketWalk walk, int next, long until)
        where TVisitor : struct, IPresenceVisitor
    {
        if (!walk.IsPresent || (next >= 0 && _rows.Type(next) == ScanType.Exit)) return;
        var opened = _rows.Instant(walk.OpenRow);

        // Only the first closing after the entry can end it.
        var after = _closings.BinarySearch(new Closing(opened, walk.OpenRow + 1));
        if (after < 0) after = ~after;
        if (after == _closings.Count) return;
        var closing = _closings[after];
        var comesLater = next >= 0
            && (closing.Instant > _rows.Instant(next) || (closing.Instant == _rows.Instant(next) && closing.RowsBefore > next));
        if (comesLater || closing.Instant > until) return;
        visitor.DayEnded(walk.OpenRow, closing.Instant);
        walk.EndStay();
    }

    private void Take<TVisitor>(ref TVisitor visitor, ref TicketWalk walk, int row)
        where TVisitor : struct, IPresenceVisitor
    {
        var before = walk;
        ref var taken = ref _rows.At(row);
        var step = walk.Take(row, LedgerRows.TypeOf(taken.GateAndFlags));
        visitor.Took(row, taken.Instant, taken.GateAndFlags, step, in before);
    }
}
