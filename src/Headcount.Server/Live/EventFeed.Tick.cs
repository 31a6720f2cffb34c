using Headcount.Engine;

namespace Headcount.Server.Live;

internal sealed partial class EventFeed
{
    // On the tick only, but for _breakdownsWanted, which is set under the lock.
    private readonly List<Notice> _found = [];
    private double _noticeBudget;
    private int _noticesLeftOut;
    private int _ticks;
    private int _lastSent;
    private long _astray;
    private bool _breakdownsWanted = true;
    private bool _mustSend;
    private Task<Picture>? _picture;
    private Picture? _lastPicture;

    private async Task TickAsync()
    {
        using var timer = new PeriodicTimer(_limits.Interval, _time);
        (_ticks, _lastSent, _astray, _noticesLeftOut, _noticeBudget, _lastPicture) = (0, 0, 0, 0, _limits.NoticesPerSecond, null);
        var ticksPerRecheck = Math.Max(1, (int)(_limits.StandingInterval / _limits.Interval));
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping))
            {
                lock (_lock)
                {
                    if (_watchers.Length == 0)
                    {
                        _isTicking = false;
                        return;
                    }
                }

                try
                {
                    Tick();
                    if (_ticks % ticksPerRecheck == 0) Array.ForEach(_watchers, static watcher => watcher.Recheck());
                }
                catch (Exception problem)
                {
                    Log.TickFailed(_logger, _mailbox.Settings.Slug, problem);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server is stopping.
        }
    }

    private void Tick()
    {
        _ticks++;
        lock (_lock)
        {
            if (_settingsChanged)
            {
                _settingsChanged = false;
                foreach (var watcher in _watchers) watcher.WantSnapshot();
            }
        }

        // Before the records are taken: what a picture has in it was handed over before it was taken.
        var picture = TakenPicture();
        var (entries, figures) = TakeRecords();
        var now = Now;
        var settings = _mailbox.Settings;
        Announce(settings, entries, now);
        if (picture is not null) Announce(settings, picture);
        var isBeat = _ticks - _lastSent >= _limits.IntervalsPerBeat;
        if (entries.Length == 0 && !isBeat && !_mustSend) return;
        _mustSend = false;
        _lastSent = _ticks;
        Broadcast(LiveWriter.Occupancy(settings, figures, _mailbox.IsDurable, _mailbox.LeaseFigures, now));
    }

    private (LogEntry[] Entries, Figures Figures) TakeRecords()
    {
        lock (_lock)
        {
            if (!_records.HasAllAfter(_pumped))
            {
                // More came in one interval than is kept.
                foreach (var watcher in _watchers)
                {
                    if (watcher.WantsScans) watcher.WantSnapshot();
                }
            }

            var entries = _records.Between(_pumped, _records.LastSeq);
            _pumped = _records.LastSeq;
            FollowMailbox();
            return (entries, _figures);
        }
    }

    // A mailbox that had to read its log anew may be elsewhere than the last records it told of.
    private void FollowMailbox()
    {
        var figures = _mailbox.Figures;
        if (figures.Seq == _figures.Seq)
        {
            _astray = 0;
            return;
        }

        // The first time, the records may be on their way.
        if (_astray != figures.Seq)
        {
            _astray = figures.Seq;
            return;
        }

        _astray = 0;
        Restart(figures);
    }

    private void Announce(EventSettings settings, LogEntry[] entries, Core.Instant now)
    {
        _noticeBudget = Math.Min(_limits.NoticesPerSecond, _noticeBudget + _limits.NoticesPerSecond * _limits.Interval.TotalSeconds);
        if (entries.Length == 0) return;
        _found.Clear();
        foreach (var entry in entries) Notice.AddTo(_found, entry);
        var first = Math.Max(0, _found.Count - (int)_noticeBudget);
        _noticesLeftOut += first;
        for (var i = first; i < _found.Count; i++)
        {
            Broadcast(LiveWriter.Notice(settings, _found[i], _noticesLeftOut, now));
            _noticesLeftOut = 0;
            _noticeBudget--;
        }

        if (_watchers.Any(static watcher => watcher.WantsScans)) Broadcast(LiveWriter.Scans(settings, entries, now));
    }

    private void Announce(EventSettings settings, Picture picture)
    {
        bool all;
        lock (_lock) (all, _breakdownsWanted) = (_breakdownsWanted, false);
        if (all || _lastPicture is null || !picture.Gates.SequenceEqual(_lastPicture.Gates))
        {
            Broadcast(LiveWriter.Gates(settings, picture));
            _mustSend = true;
        }

        if (all || _lastPicture is null || !picture.TicketTypes.SequenceEqual(_lastPicture.TicketTypes))
        {
            Broadcast(LiveWriter.TicketTypes(settings, picture));
            _mustSend = true;
        }

        _lastPicture = picture;
    }

    // Asked for at one tick and taken at a later one: a mailbox that waits for its disk holds up no figures.
    private Picture? TakenPicture()
    {
        if (_picture is null)
        {
            if (_ticks % _limits.IntervalsPerBreakdown == 1) _picture = _mailbox.PictureAsync().AsTask();
        }

        if (_picture is not { IsCompleted: true } answer) return null;
        _picture = null;

        // Out for a while: the next one will do.
        return answer.IsCompletedSuccessfully ? answer.GetAwaiter().GetResult() : null;
    }
}
