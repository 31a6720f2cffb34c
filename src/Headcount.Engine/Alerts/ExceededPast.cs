using Headcount.Core;

namespace Headcount.Engine.Alerts;

/// <summary>Stretches of the past over which more were inside than the capacity allows, where that came to light only later.</summary>
/// <remarks>What put the venue over its capacity as it happened, a type that passes a full house or a capacity that was lowered, was seen as it happened, and is not told again.</remarks>
internal sealed class ExceededPast(AlertBook book, AlertThresholds thresholds)
{
    /// <summary>How far back an annulment may change the past.</summary>
    private static readonly TimeSpan AnnulmentsReach = TimeSpan.FromHours(12);

    private readonly List<Told> _told = [];
    private readonly Queue<(Instant From, Instant? Until)> _seenLive = new();
    private readonly Queue<(Instant From, long Capacity)> _capacities = new();
    private Instant? _overSince;
    private Instant? _toAsk;
    private long _occupancy;
    private long _capacity;

    private sealed record Told(Alert Alert, Instant LastGrown);

    /// <summary>From when on the past has to be asked about; null = nothing has come that could have changed it. Asking takes it.</summary>
    public Instant? TakeQuestion()
    {
        var from = _toAsk;
        _toAsk = null;
        return from;
    }

    public void Open(IEnumerable<Alert> known, long occupancy, long capacity, Instant now)
    {
        _told.AddRange(known.Where(alert => alert.Kind == AlertKind.CapacityExceeded).OrderBy(alert => alert.RaisedAt).TakeLast(thresholds.MostStretches).Select(alert => new Told(alert, alert.RaisedAt)));
        Set(occupancy, capacity, now);
        foreach (var open in _told.Where(told => told.Alert is { ClearedAt: null, Until: null })) Ask(open.Alert.From ?? now);
    }

    public void Set(long occupancy, long capacity, Instant at)
    {
        if (_capacities.Count == 0 || capacity != _capacity) Remember(_capacities, (at, capacity));
        (_occupancy, _capacity) = (occupancy, capacity);
        See(at);
    }

    public void Take(LogEntry entry, Instant at)
    {
        var wasOver = _occupancy > _capacity;
        if (entry.Capacity != _capacity) Remember(_capacities, (at, entry.Capacity));
        (_occupancy, _capacity) = (entry.Occupancy, entry.Capacity);
        switch (entry.Record)
        {
            case RecordedFact { CountedAt: { } counted, Scan.Type: ScanType.Entry }:
                Ask(counted);
                break;
            case RecordedFact { CountedAt: { } counted }:
                // Somebody left earlier than was known: what was told may have been less.
                foreach (var told in _told.Where(told => told.Alert.ClearedAt is null && told.Alert.From <= counted && !(told.Alert.Until <= counted))) Ask(told.Alert.From!.Value);
                break;
            case Annulment:
                Ask(at.Plus(-AnnulmentsReach));
                break;
            case DecidedScan decided:
                See(decided.CountedAt ?? at);
                break;
        }

        if (wasOver && _occupancy <= _capacity) Fell(at);
    }

    /// <summary>What <see cref="Admission.CapacityExceeded"/> said.</summary>
    public void Answer(Instant from, IReadOnlyList<OverCapacity> found, Instant now)
    {
        foreach (var stretch in found)
        {
            if (stretch.Peak <= GreatestCapacity(stretch) || WasSeenLive(stretch)) continue;
            var at = _told.FindLastIndex(told => Overlaps(told.Alert, stretch));
            if (at < 0)
                Tell(stretch, now);
            else
                Grow(at, from, stretch, now);
        }

        for (var i = _told.Count - 1; i >= 0; i--)
        {
            var told = _told[i];
            if (told.Alert.ClearedAt is null && told.Alert.From >= from && !found.Any(stretch => Overlaps(told.Alert, stretch)))
                Close(i, now, "Later scans show that it was not so.");
        }
    }

    public void Tick(Instant now)
    {
        for (var i = 0; i < _told.Count; i++)
        {
            if (_told[i].Alert is { ClearedAt: null, Until: not null } && now - _told[i].LastGrown >= thresholds.ExceededStands) Close(i, now, null);
        }
    }

    private void Tell(OverCapacity stretch, Instant now)
    {
        var alert = book.New(new AlertSubject(AlertKind.CapacityExceeded), now, Sentence(stretch.From, stretch, now)) with { From = stretch.From, Until = stretch.Until };
        if (_told.Count >= thresholds.MostStretches)
        {
            if (_told[0].Alert.ClearedAt is null) Close(0, now, null);
            _told.RemoveAt(0);
        }

        _told.Add(new Told(alert, now));
        book.Note(AlertState.Raised, alert);
    }

    private void Grow(int at, Instant asked, OverCapacity stretch, Instant now)
    {
        // Asked from later on, the answer does not say when it began.
        var alert = _told[at].Alert;
        var from = alert.From is { } earlier && earlier < stretch.From && earlier < asked ? earlier : stretch.From;
        if (from == alert.From && stretch.Until == alert.Until) return;
        if (alert.ClearedAt is not null)
        {
            // It was over and is more than was told: that is news.
            var isMore = from < alert.From || stretch.Until is null || stretch.Until > alert.Until;
            _told.RemoveAt(at);
            if (isMore)
                Tell(stretch with { From = from }, now);
            else
                _told.Insert(at, new Told(alert, now));
            return;
        }

        var grown = alert with { From = from, Until = stretch.Until, Seq = Math.Max(book.Seq, alert.Seq), Message = Sentence(from, stretch, now) };
        _told[at] = new Told(grown, now);
        book.Note(AlertState.Updated, grown);
    }

    private void Close(int at, Instant now, string? ending)
    {
        var alert = _told[at].Alert;
        var closed = alert with { ClearedAt = now, Message = ending is null ? alert.Message : $"{alert.Message} {ending}" };
        _told[at] = _told[at] with { Alert = closed };
        book.Note(AlertState.Cleared, closed);
    }

    private string Sentence(Instant from, OverCapacity stretch, Instant now)
    {
        var time = stretch.Until is { } until ? $"from {book.Time(from, now)} until {book.Time(until, now)}" : $"since {book.Time(from, now)}, and still";
        return $"Scans that came late show more people inside than the capacity of {AlertBook.Number(_capacity)}: up to {AlertBook.Number(stretch.Peak)} {time}.";
    }

    public void Ask(Instant from) => _toAsk = _toAsk is { } earlier && earlier < from ? earlier : from;

    private void See(Instant at)
    {
        if (_occupancy > _capacity) _overSince ??= at;
    }

    private void Fell(Instant at)
    {
        if (_overSince is { } since)
        {
            Remember(_seenLive, (since, at));
            _overSince = null;
        }

        foreach (var open in _told.Where(told => told.Alert is { ClearedAt: null, Until: null })) Ask(open.Alert.From ?? at);
    }

    private void Remember<T>(Queue<T> queue, T item)
    {
        if (queue.Count >= thresholds.MostStretches) queue.Dequeue();
        queue.Enqueue(item);
    }

    private long GreatestCapacity(OverCapacity stretch)
    {
        // The capacity in force when it began, and every one since, until it ended.
        var greatest = _capacity;
        long? before = null;
        foreach (var (from, capacity) in _capacities)
        {
            if (from <= stretch.From)
                before = capacity;
            else if (stretch.Until is null || from < stretch.Until)
                greatest = Math.Max(greatest, capacity);
        }

        return Math.Max(greatest, before ?? _capacity);
    }

    private bool WasSeenLive(OverCapacity stretch) =>
        _seenLive.Any(seen => seen.From <= stretch.From && stretch.Until is { } until && until <= seen.Until) || (_overSince is { } since && since <= stretch.From);

    private static bool Overlaps(Alert alert, OverCapacity stretch) =>
        (stretch.Until is not { } until || alert.From <= until) && (alert.Until is not { } end || stretch.From <= end);
}
