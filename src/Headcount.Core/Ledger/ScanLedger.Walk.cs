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
        var walks = GC.AllocateUninitializedArray<TicketWalk>(_tickets.Count, pinned: true);
        Array.Fill(walks, TicketWalk.Fresh);
        if (_closings.Count > 0)
        {
            WalkWithClosings(ref visitor, walks, until);
            return walks;
        }

        WalkInOrder(ref visitor, walks, until);
        foreach (var ticket in _disordered)
        {
            foreach (var row in CountedRowsOf(ticket))
            {
                if (_rows.Instant(row) > until) break;
                Take(ref visitor, ref walks[ticket], row);
            }
        }

        return walks;
    }

    // The tickets whose rows came in counted order, in one pass over the columns.
    private void WalkInOrder<TVisitor>(ref TVisitor visitor, TicketWalk[] walks, long until)
        where TVisitor : struct, IPresenceVisitor
    {
        var anyDisorder = _disordered.Count > 0;
        var start = 0;
        foreach (var segment in _rows.Segments)
        {
            var count = Math.Min(LedgerRows.SegmentRows, _rows.Count - start);
            var instants = segment.Instants.AsSpan(0, count);
            var tickets = segment.Tickets.AsSpan(0, count);
            var gates = segment.GatesAndFlags.AsSpan(0, count);
            for (var i = 0; i < instants.Length; i++)
            {
                if (i + PrefetchAhead < tickets.Length) Prefetch(walks, tickets[i + PrefetchAhead]);
                var gateAndFlags = gates[i];
                if ((LedgerRows.FlagsOf(gateAndFlags) & RowFlags.Uncounted) != 0 || instants[i] > until) continue;
                var ticket = tickets[i];
                if (anyDisorder && _ticketRows[ticket].IsUnsettled) continue;
                ref var walk = ref walks[ticket];
                var before = walk;
                var step = walk.Take(start + i, LedgerRows.TypeOf(gateAndFlags));
                visitor.Took(start + i, instants[i], gateAndFlags, step, in before);
            }

            start += count;
        }
    }

    // About as many rows as are walked while memory answers.
    private const int PrefetchAhead = 16;

    private static unsafe void Prefetch(TicketWalk[] walks, int ticket)
    {
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(walks), ticket)));
    }

    private void WalkWithClosings<TVisitor>(ref TVisitor visitor, TicketWalk[] walks, long until)
        where TVisitor : struct, IPresenceVisitor
    {
        for (var ticket = 0; ticket < walks.Length; ticket++)
        {
            ref var walk = ref walks[ticket];
            var next = -1;
            foreach (var row in CountedRowsOf(ticket))
            {
                next = row;
                if (_rows.Instant(row) > until) break;
                EndStayBefore(ref visitor, ref walk, row, until);
                Take(ref visitor, ref walk, row);
                next = -1;
            }

            EndStayBefore(ref visitor, ref walk, next, until);
        }
    }

    // A stay that was open when the day was closed ended then, unless an exit scan is what comes next.
    private void EndStayBefore<TVisitor>(ref TVisitor visitor, ref TicketWalk walk, int next, long until)
        where TVisitor : struct, IPresenceVisitor
    {
        if (!walk.IsPresent || (next >= 0 && _rows.Type(next) == ScanType.Exit)) return;
        var opened = _rows.Instant(walk.OpenRow);
        foreach (var closing in _closings)
        {
            if (closing.Instant < opened || (closing.Instant == opened && closing.RowsBefore <= walk.OpenRow)) continue;
            var comesLater = next >= 0
                && (closing.Instant > _rows.Instant(next) || (closing.Instant == _rows.Instant(next) && closing.RowsBefore > next));
            if (comesLater || closing.Instant > until) return;
            visitor.DayEnded(walk.OpenRow, closing.Instant);
            walk.EndStay();
            return;
        }
    }

    private void Take<TVisitor>(ref TVisitor visitor, ref TicketWalk walk, int row)
        where TVisitor : struct, IPresenceVisitor
    {
        var before = walk;
        var segment = _rows.SegmentOf(row);
        var at = row & LedgerRows.SegmentMask;
        var step = walk.Take(row, LedgerRows.TypeOf(segment.GatesAndFlags[at]));
        visitor.Took(row, segment.Instants[at], segment.GatesAndFlags[at], step, in before);
    }
}
