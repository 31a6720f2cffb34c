using System.Runtime.CompilerServices;

namespace Headcount.Core;

/// <remarks>
/// What a scan does to its ticket's presence is known when it arrives, unless its ticket's scans come out of order, or a later record changes the past. So
/// the usual stream needs no walk ticket by ticket, which waits for memory at every step: one look at the rows, front to back, is enough, and only
/// the tickets whose rows came out of order are walked. A property test holds the two ways together.
/// </remarks>
public sealed partial class ScanLedger
{
    // Whether RowFlags.Moved and Soon hold, for all tickets whose rows came in counted order.
    private bool StepsAreKnown => Mode == LedgerMode.Tickets && _closings.Count == 0 && _annulledSeqs.Count == 0;

    /// <summary>The tickets whose rows came out of order: a bit each.</summary>
    private ulong[] DisorderedBits()
    {
        var bits = new ulong[(_tickets.Count >> 6) + 1];
        for (var i = 0; i < _disordered.Count; i++) bits[_disordered[i] >> 6] |= 1UL << (_disordered[i] & 63);
        return bits;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int BitOf(ulong[] bits, int ticket) => (int)(bits[ticket >> 6] >> (ticket & 63)) & 1;

    // More gates than this are counted by walking: the table would be out of proportion.
    private const int MostGatesCounted = 1024;

    // How many rows there are of each gate and flags, as they arrived: so that at the end nobody need look at every row again.
    private int[] _kinds = new int[16 << LedgerRows.FlagBits];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CountKind(int gate, RowFlags flags)
    {
        var kind = (gate << LedgerRows.FlagBits) | (int)flags;
        if (kind >= _kinds.Length && !TryMakeRoom(gate)) return;
        _kinds[kind]++;
    }

    private bool TryMakeRoom(int gate)
    {
        if (gate >= MostGatesCounted) return false;
        Array.Resize(ref _kinds, MostGatesCounted << LedgerRows.FlagBits);
        return true;
    }

    /// <summary>Counts everything up to the end by the steps known; false where they are not.</summary>
    private bool TryCountSteps(ref OccupancyCount count, InsideCount inside)
    {
        if (!StepsAreKnown || _names.Count > MostGatesCounted) return false;
        Settle();
        var kinds = (int[])_kinds.Clone();

        // Those that came out of order are walked below. That a row repeats another was found only after it had been counted.
        foreach (var row in _order.AsSpan(0, _orderStarts[^1])) kinds[_rows.At(row).GateAndFlags & ~(int)RowFlags.Repeated]--;
        for (var kind = 0; kind < kinds.Length; kind++)
        {
            if (kinds[kind] > 0) count.Add(kind, kinds[kind]);
        }

        for (var ticket = 0; ticket < _tickets.Count; ticket++)
        {
            ref var rows = ref _ticketRows[ticket];
            if (rows.IsUnsettled) continue;
            if (rows.HasEntered) count.FirstEntries++;
            if (rows.IsInside) inside.Add(ticket, _rows.Gate(OpenRow(rows.Latest)));
        }

        for (var i = 0; i < _disordered.Count; i++)
        {
            var walk = WalkDisordered(ref count, i, long.MaxValue);
            if (walk.IsPresent) inside.Add(_disordered[i], _rows.Gate(walk.OpenRow));
        }

        return true;
    }

    // The scan that opened the stay that is open, given the ticket's latest one.
    private int OpenRow(int latest)
    {
        var row = latest;
        while ((_rows.Flags(row) & RowFlags.Moved) == 0) row = _rows.Earlier(row);
        return row;
    }

    // How many of a ticket's rows are looked back at for one anomaly, before walking all tickets is the shorter way.
    private const int MostLookedBack = 64;

    /// <summary>Finds everything that is not right by the steps known; false where they are not, and then what was found is to be forgotten.</summary>
    private bool TryFindBySteps(ref AnomalyVisitor visitor)
    {
        if (!StepsAreKnown) return false;
        Settle();
        var disordered = DisorderedBits();
        for (var segment = 0; segment < _rows.Segments; segment++)
        {
            if (!TryFindBySteps(ref visitor, segment, disordered)) return false;
        }

        for (var i = 0; i < _disordered.Count; i++) WalkDisordered(ref visitor, i, long.MaxValue);
        return true;
    }

    private bool TryFindBySteps(ref AnomalyVisitor visitor, int segment, ulong[] disordered)
    {
        // What opened a stay late enough, or closed one, is right; unless the window is unusually long, or the ticket may be unknown.
        var mayPass = visitor.Window <= SoonWindow && visitor.Unknown is null;
        var rows = _rows.RowsOf(segment);
        for (var i = 0; i < rows.Length; i++)
        {
            ref var row = ref rows[i];
            var flags = LedgerRows.FlagsOf(row.GateAndFlags);
            if (mayPass && (flags & (RowFlags.Moved | RowFlags.Soon)) == RowFlags.Moved) continue;
            if ((flags & RowFlags.Uncounted) != 0 || BitOf(disordered, row.Ticket) != 0) continue;
            var number = (segment << LedgerRows.SegmentBits) + i;
            if (!TryLookBack(number, StepOf(flags), out var before)) return false;
            visitor.Took(number, row.Instant, row.GateAndFlags, StepOf(flags), in before);
        }

        return true;
    }

    private static Step StepOf(RowFlags flags) => (flags & (RowFlags.Moved | RowFlags.Exit)) switch
    {
        RowFlags.Moved => Step.Opened,
        RowFlags.Moved | RowFlags.Exit => Step.Closed,
        RowFlags.None => Step.DuplicateEntry,
        _ => Step.ExitWithoutEntry,
    };

    // As much of how a ticket stood before a row as an anomaly tells. False where that is too far back.
    private bool TryLookBack(int row, Step step, out TicketWalk before)
    {
        before = TicketWalk.Fresh;
        if (step == Step.Closed) return true;
        var looked = 0;
        for (var at = _rows.Earlier(row); at >= 0; at = _rows.Earlier(at))
        {
            if (++looked > MostLookedBack) return false;
            var flags = _rows.Flags(at);
            if ((flags & RowFlags.Uncounted) != 0) continue;

            // Who is outside went out last; who comes in twice is inside since the stay was opened.
            if (step == Step.DuplicateEntry && (flags & RowFlags.Moved) == 0) continue;
            before.LatestRow = at;
            if ((flags & RowFlags.Exit) != 0)
                before.LatestExit = at;
            else
                before.OpenRow = at;
            return true;
        }

        return true;
    }
}
