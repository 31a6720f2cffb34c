using Headcount.Core;

namespace Headcount.Cli.Playback;

/// <summary>A day that is played back: the picture at one moment of it, moved forward as the replay goes on.</summary>
/// <remarks>Only adds up what the ledger says happened, so that at every moment it shows what <c>occupancy --at</c> answers.</remarks>
internal sealed class DayPlayback
{
    private const int CurveBins = 480;
    private static readonly TimeSpan FlowWindow = TimeSpan.FromMinutes(1);

    private readonly List<Movement> _movements;
    private readonly IReadOnlyList<Anomaly> _anomalies;
    private readonly SortedDictionary<string, GatePicture> _gates = new(StringComparer.Ordinal);
    private readonly long[] _bins = new long[CurveBins];
    private int _next;
    private int _leavesWindow;
    private int _bin;

    public DayPlayback(ScanLedger ledger, Register? register, TimeSpan? reentryWindow)
    {
        _movements = [.. ledger.Movements()];
        _anomalies = ledger.Mode == LedgerMode.Anonymous ? [] : ledger.Anomalies(register, reentryWindow).Anomalies;
        if (_movements.Count == 0) return;

        (First, Last) = (_movements[0].At, _movements[^1].At);
        Now = First;
        var inside = 0L;
        foreach (var movement in _movements)
        {
            inside += movement.Change;
            (Least, Most) = (Math.Min(Least, inside), Math.Max(Most, inside));
            _gates.TryAdd(movement.Gate.Value, new GatePicture(movement.Gate.Value));
        }
    }

    public bool IsEmpty => _movements.Count == 0;

    /// <summary>When the first and the last thing of the day happened.</summary>
    public Instant First { get; }

    public Instant Last { get; }

    /// <summary>The greatest and the least that the day comes to: the scale of its curve.</summary>
    public long Most { get; }

    public long Least { get; }

    /// <summary>The moment that is shown.</summary>
    public Instant Now { get; private set; }

    public bool IsOver => _next == _movements.Count;

    public long Inside { get; private set; }

    /// <summary>The greatest occupancy so far, and when it was reached.</summary>
    public Peak Peak { get; private set; }

    public IEnumerable<GatePicture> Gates => _gates.Values;

    public int GateCount => _gates.Count;

    /// <summary>How many scans so far were not right.</summary>
    public int Anomalies { get; private set; }

    /// <summary>Moves on to a moment: everything at or before it has happened.</summary>
    public void AdvanceTo(Instant moment)
    {
        for (; _next < _movements.Count && _movements[_next].At <= moment; _next++) Take(_next);
        for (; _leavesWindow < _next && moment - _movements[_leavesWindow].At >= FlowWindow; _leavesWindow++) Leave(_movements[_leavesWindow]);
        while (Anomalies < _anomalies.Count && _anomalies[Anomalies].Timestamp <= moment) Anomalies++;
        Now = moment;
        FillCurveTo(moment);
    }

    /// <summary>The latest scans that were not right, the latest first.</summary>
    public IEnumerable<Anomaly> LatestAnomalies(int most)
    {
        for (var i = Anomalies - 1; i >= 0 && i >= Anomalies - most; i--) yield return _anomalies[i];
    }

    /// <summary>The curve so far.</summary>
    public IReadOnlyList<TimelinePoint> Curve()
    {
        var points = new List<TimelinePoint>(_bin + 1);
        for (var bin = 0; bin <= _bin; bin++)
            points.Add(new TimelinePoint(new Instant(First.Microseconds + (long)((Int128)(Last.Microseconds - First.Microseconds) * bin / CurveBins)), _bins[bin], 0, 0));
        return points;
    }

    private void Take(int index)
    {
        var movement = _movements[index];
        FillCurveTo(movement.At);
        Inside += movement.Change;
        _bins[_bin] = Math.Max(_bins[_bin], Inside);
        if (movement.Change != 0) _gates[movement.Gate.Value].Count(movement.Kind);

        // What happens at one instant has all happened before anybody is counted.
        var isLastOfInstant = index + 1 == _movements.Count || _movements[index + 1].At > movement.At;
        if (isLastOfInstant && Inside > Peak.Occupancy) Peak = new Peak(Inside, movement.At);
    }

    private void Leave(Movement movement)
    {
        if (movement.Change != 0) _gates[movement.Gate.Value].Forget(movement.Kind);
    }

    private void FillCurveTo(Instant moment)
    {
        if (Last <= First) return;
        var bin = (int)Int128.Clamp((Int128)(moment.Microseconds - First.Microseconds) * CurveBins / (Last.Microseconds - First.Microseconds), 0, CurveBins - 1);
        while (_bin < bin) _bins[++_bin] = Inside;
    }
}
