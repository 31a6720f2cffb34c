namespace Headcount.Core;

public sealed partial class Admission
{
    // One ticket at a time: its scans after the place where the past changes, latest first.
    private readonly List<int> _later = [];

    /// <summary>Puts a scan that counts into its place among the scans of its ticket.</summary>
    private void Insert(int row, int ticket, long instant, ScanType type)
    {
        ref var state = ref StateToChange(ticket);
        if (type == ScanType.Exit) state.LatestExit = Math.Max(state.LatestExit, OwnTime(row));
        var latest = state.Walk.LatestRow;
        var comesLast = (latest < 0 || instant >= _history.Instant(latest)) && instant >= _latestClosing;
        var takesAClosingsPlace = type == ScanType.Exit && state.Walk.EndsWithEntry && !state.Walk.IsPresent;
        if (!comesLast || takesAClosingsPlace)
        {
            InsertBefore(ref state, row);
            return;
        }

        _history.Earlier(row) = state.Head;
        state.Head = row;
        Take(ref state, row);
        _order?.Insert(row);
    }

    private void InsertBefore(ref TicketState state, int row)
    {
        _later.Clear();
        var after = -1;
        var before = state.Head;
        while (before >= 0 && !(_history.Counts(before) && _history.Compare(before, row) < 0))
        {
            if (_history.Counts(before)) _later.Add(before);
            after = before;
            before = _history.Earlier(before);
        }

        _history.Earlier(row) = before;
        if (after < 0)
            state.Head = row;
        else
            _history.Earlier(after) = row;
        Restate(ref state, before, inserted: row);
    }

    /// <summary>Takes a scan that counts out of its ticket's past. It is flagged as annulled only afterwards.</summary>
    private void Remove(int row)
    {
        ref var state = ref StateToChange(_history.Ticket(row));
        _later.Clear();
        var after = -1;
        for (var at = state.Head; at != row; at = _history.Earlier(at))
        {
            if (_history.Counts(at)) _later.Add(at);
            after = at;
        }

        var before = _history.Earlier(row);
        if (after < 0)
            state.Head = before;
        else
            _history.Earlier(after) = before;
        Restate(ref state, _history.CountedAtOrBefore(before), removed: row);
        if (_history.Type(row) == ScanType.Exit) state.LatestExit = LatestExitIn(state.Head, long.MaxValue);
    }

    /// <summary>Ends the stays that were open when the day was closed.</summary>
    private void EndStays(int closing)
    {
        for (var ticket = 0; ticket < _states.Length; ticket++)
        {
            ref var state = ref _states[ticket];
            _later.Clear();
            var before = state.Walk.LatestRow;
            while (before >= 0 && _history.Compare(before, closing) > 0)
            {
                _later.Add(before);
                before = _history.CountedAtOrBefore(_history.Earlier(before));
            }

            if (before >= 0 && _history.Type(before) == ScanType.Entry) Restate(ref state, before);
        }
    }

    /// <summary>Walks a ticket anew from the scan before the place where its past has changed; <see cref="_later"/> holds those that counted after it.</summary>
    private void Restate(ref TicketState state, int before, int inserted = -1, int removed = -1)
    {
        var walk = WalkAt(in state, before);
        if (walk.IsPresent) TakeBackEnd(walk.OpenRow);
        if (removed >= 0) TakeBack(removed, isRemoved: true);
        foreach (var row in _later) TakeBack(row, isRemoved: false);

        if (!walk.EverEntered) state.FirstEntry = -1;
        state.Walk = walk;
        if (inserted >= 0)
        {
            EndStayBefore(ref state, inserted);
            Take(ref state, inserted);
            _order?.Insert(inserted);
        }

        for (var i = _later.Count - 1; i >= 0; i--)
        {
            EndStayBefore(ref state, _later[i]);
            Take(ref state, _later[i]);
            _order?.Adjust(_later[i], 1);
        }

        EndStayBefore(ref state, -1);
    }

    // How the ticket stood after one of its scans, leaving aside what a closing did after it.
    private TicketWalk WalkAt(in TicketState state, int row)
    {
        var walk = TicketWalk.Fresh;
        if (row < 0) return walk;
        walk.LatestRow = row;
        walk.EverEntered = state.FirstEntry >= 0 && _history.Compare(state.FirstEntry, row) <= 0;
        if (_history.Type(row) == ScanType.Entry) walk.OpenRow = _history.StepOf(row) == Step.Opened ? row : _history.Link(row);
        for (var at = row; at >= 0 && walk.LatestExit < 0; at = _history.Earlier(at))
        {
            if (_history.Counts(at) && _history.Type(at) == ScanType.Exit) walk.LatestExit = at;
        }

        return walk;
    }

    private void Take(ref TicketState state, int row)
    {
        var before = state.Walk;
        var step = state.Walk.Take(row, _history.Type(row));
        var first = step == Step.Opened && !before.EverEntered;
        if (first) state.FirstEntry = row;
        _history.SetStep(row, step, first, step is Step.Closed or Step.DuplicateEntry ? before.OpenRow : -1);
        _now.Count(_history.EffectOf(row), 1);
    }

    private void TakeBack(int row, bool isRemoved)
    {
        TakeBackEnd(row);
        _now.Count(_history.EffectOf(row), -1);
        if (isRemoved)
            _order?.Remove(row);
        else
            _order?.Adjust(row, -1);
        _history.ClearStep(row);
    }

    // A stay that was open when the day was closed ended then, unless an exit scan is what comes next.
    private void EndStayBefore(ref TicketState state, int next)
    {
        if (!state.Walk.IsPresent || (next >= 0 && _history.Type(next) == ScanType.Exit)) return;
        var opened = state.Walk.OpenRow;
        var closing = ClosingAfter(opened);
        if (closing < 0 || (next >= 0 && _history.Compare(closing, next) > 0)) return;
        state.Walk.EndStay();
        _history.Link(opened) = closing;
        _now.Count(_history.EffectOf(~opened), 1);
        _order?.Insert(~opened);
    }

    private void TakeBackEnd(int row)
    {
        if (_history.StepOf(row) != Step.Opened || _history.Link(row) < 0) return;
        _now.Count(_history.EffectOf(~row), -1);
        _order?.Remove(~row);
        _history.Link(row) = -1;
    }

    /// <summary>The first closing after a row in counted order, or -1.</summary>
    private int ClosingAfter(int row)
    {
        if (_history.Instant(row) > _latestClosing) return -1;
        foreach (var closing in _closings)
        {
            if (_history.Compare(closing, row) > 0) return closing;
        }

        return -1;
    }
}
