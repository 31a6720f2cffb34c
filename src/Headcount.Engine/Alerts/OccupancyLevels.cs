using Headcount.Core;

namespace Headcount.Engine.Alerts;

/// <summary>Occupancy against the levels that an event set: edge-triggered, exact, record by record.</summary>
/// <remarks>A level of p per cent fires when <c>occupancy × 100 ≥ capacity × p</c> while it is armed, and is armed again when
/// <c>occupancy × 100 ≤ capacity × (p − 5)</c>. An empty venue never fires: where the capacity is 0, a level fires with the first person, and every level that has
/// fired is armed again at the latest when nobody is inside.</remarks>
internal sealed class OccupancyLevels(AlertBook book, AlertThresholds thresholds)
{
    private Line[] _lines = [];
    private IReadOnlyList<int> _levels = [];
    private long _capacity;

    // In whole people: it fires at this many or more, and is armed again at that many or fewer.
    private record struct Line(int Level, long FiresAt, long ArmedAt, bool HasFired);

    /// <summary>Goes by other levels or another capacity.</summary>
    public void Set(IReadOnlyList<int> levels, long occupancy, long capacity, Instant at)
    {
        _levels = [.. levels.Distinct().Order()];
        foreach (var gone in book.Active.Where(alert => alert.Kind == AlertKind.Occupancy && !_levels.Contains(alert.Level ?? 0)).ToList())
            book.Clear(AlertSubject.Of(gone), at, "The level is no longer watched.");
        Draw(capacity);
        Take(occupancy, capacity, at);
    }

    /// <summary>How many are inside after a record, and how many may be.</summary>
    public void Take(long occupancy, long capacity, Instant at)
    {
        if (capacity != _capacity) Draw(capacity);
        foreach (ref var line in _lines.AsSpan())
        {
            if (line.HasFired ? occupancy > line.ArmedAt : occupancy < line.FiresAt) continue;
            line.HasFired = !line.HasFired;
            var subject = new AlertSubject(AlertKind.Occupancy, line.Level);
            if (line.HasFired)
                book.Raise(subject, at, $"{line.Level} % of capacity: {AlertBook.Number(occupancy)} of {AlertBook.Number(capacity)} are inside at {book.Time(at, at)}.");
            else
                book.Clear(subject, at, $"Down to {AlertBook.Number(occupancy)} at {book.Time(at, at)}.");
        }
    }

    private void Draw(long capacity)
    {
        _capacity = capacity;
        _lines = [.. _levels.Select(level => LineOf(level, capacity))];
    }

    private Line LineOf(int level, long capacity)
    {
        var fires = (Int128.Max(capacity, 0) * level + 99) / 100;
        var armed = Int128.Max(capacity, 0) * Math.Max(level - thresholds.OccupancyRearm, 0) / 100;
        var firesAt = (long)Int128.Clamp(fires, 1, long.MaxValue);
        return new Line(level, firesAt, (long)Int128.Clamp(armed, 0, firesAt - 1), book.IsActive(new AlertSubject(AlertKind.Occupancy, level)));
    }
}
