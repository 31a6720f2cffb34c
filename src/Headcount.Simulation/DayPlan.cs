using Headcount.Core;

namespace Headcount.Simulation;

/// <summary>Walks every guest through the day, and has the gates note what they see of it.</summary>
internal sealed class DayPlan
{
    private const int SecondPersonInAMillion = 300_000;

    // The streams of chance that belong to no guest; guest n has 2n and 2n + 1.
    private const ulong VenueStream = ulong.MaxValue, VenueFaultStream = ulong.MaxValue - 1, ForgeryStream = ulong.MaxValue - 2;

    private readonly DayOptions _options;
    private readonly Chance _chance;
    private readonly Chance _faults;
    private readonly GateLog _log;
    private readonly List<int> _ins = [];
    private readonly List<int> _outs = [];

    private DayPlan(DayOptions options)
    {
        _options = options;
        _chance = new Chance(options.Seed, VenueStream);
        _faults = new Chance(options.Seed, VenueFaultStream);
        Venue = new Venue(options, _chance, _faults);
        Types = new byte[options.Attendees];
        _log = new GateLog(options, Venue, _faults);
    }

    public Venue Venue { get; }

    /// <summary>The type of each ticket, as a place in <see cref="Crowd.Types"/>.</summary>
    public byte[] Types { get; }

    /// <summary>The scans in order of arrival.</summary>
    public ScanRow[] Rows { get; private set; } = [];

    /// <summary>The scans that never arrived, in order of time.</summary>
    public ScanRow[] Lost { get; private set; } = [];

    /// <summary>When bodies came in, and when they went out, each in order.</summary>
    public (int[] Ins, int[] Outs) Bodies { get; private set; }

    public static DayPlan Make(DayOptions options)
    {
        var plan = new DayPlan(options);
        plan.WalkEveryone();
        plan.TryForgeries();
        (plan.Rows, plan.Lost) = plan._log.Close();
        plan._ins.Sort();
        plan._outs.Sort();
        plan.Bodies = ([.. plan._ins], [.. plan._outs]);
        return plan;
    }

    private void WalkEveryone()
    {
        var visit = new Visit(Venue, _options.Faults.InAMillion(Fault.RapidReentry));
        for (var ticket = 0; ticket < _options.Attendees; ticket++)
        {
            _chance.Restart(_options.Seed, 2 * (ulong)ticket);
            _faults.Restart(_options.Seed, 2 * (ulong)ticket + 1);
            var type = _chance.Pick(Crowd.Shares);
            Types[ticket] = (byte)type;
            if (!_chance.Hits(_options.ShowsInAMillion)) continue;
            visit.Plan(Crowd.Types[type], BreaksWanted(ticket), _chance, _faults);
            Walk(ticket, visit.Passages);
        }
    }

    /// <summary>As many breaks as bring the day to the scans asked for, going by what is still to come; varied from guest to guest.</summary>
    private int? BreaksWanted(int ticket)
    {
        if (_options.Scans is not { } scans) return null;
        var remaining = Math.Max(0, scans - _log.Count);
        var visitors = (long)(_options.Attendees - ticket) * _options.ShowsInAMillion;
        var thousandths = remaining * 1_000 * Chance.Million / Math.Max(visitors, Chance.Million);
        var mean = (int)Math.Clamp((thousandths - 2_000) / 2, 0, 1_000_000);
        return (_chance.Below(2 * mean + 1) + _chance.Below(1_000)) / 1_000;
    }

    private void Walk(int ticket, IReadOnlyList<Passage> passages)
    {
        var shared = false;
        for (var i = 0; i < passages.Count; i++)
        {
            var passage = passages[i];
            var scanned = Pass(ticket, passage.Time, Venue.DeviceAt(passage.Gate, _chance), passage.In, ScanTruth.Passage);
            if (!passage.In || !scanned || !_faults.Hits(_options.Faults.InAMillion(Fault.Duplicates))) continue;

            var room = passages[i + 1].Time - passage.Time;
            if (!shared && room > 3 * Wave.Minute && _faults.Hits(SecondPersonInAMillion))
            {
                shared = true;
                Share(ticket, passage.Time + Wave.Minute + _faults.Below(Math.Min(room - 2 * Wave.Minute, 20 * Wave.Minute)), passages[^1].Time);
            }
            else
            {
                _log.Deliver(ticket, passage.Time + _faults.Between(900, 9_000), Venue.DeviceAt(passage.Gate, _faults), ScanType.Entry, ScanTruth.DoubleSwipe);
            }
        }
    }

    /// <summary>The ticket is handed back over the fence: a second person comes in on it, and leaves some time after its holder.</summary>
    private void Share(int ticket, int time, int holderLeaves)
    {
        Pass(ticket, time, Venue.DeviceAt(Venue.DrawGate(_faults), _faults), isIn: true, ScanTruth.Passback);
        var leaves = holderLeaves + _faults.Between(Wave.Minute, 10 * Wave.Minute);
        Pass(ticket, leaves, Venue.DeviceAt(Venue.DrawGate(_faults), _faults), isIn: false, ScanTruth.Passback);
    }

    /// <summary>A body passes; whether the gate's scan of it is delivered is the answer.</summary>
    private bool Pass(int ticket, int time, int device, bool isIn, ScanTruth truth)
    {
        (isIn ? _ins : _outs).Add(time);
        var type = isIn ? ScanType.Entry : ScanType.Exit;
        if (_faults.Hits(_options.Faults.InAMillion(isIn ? Fault.MissedEntries : Fault.LostExits)))
        {
            _log.Lose(ticket, time, device, type);
            return false;
        }

        _log.Deliver(ticket, time, device, type, truth);
        return true;
    }

    private void TryForgeries()
    {
        var rate = (long)_options.Faults.InAMillion(Fault.Forged);
        if (rate == 0 || _options.Attendees == 0) return;
        _faults.Restart(_options.Seed, ForgeryStream);
        var count = Math.Max(1, (int)(_options.Attendees * rate / Chance.Million));
        for (var i = 0; i < count; i++)
        {
            var time = Crowd.Types[0].Arrivals.Draw(_faults);
            var device = Venue.DeviceAt(Venue.DrawGate(_faults), _faults);
            _log.Deliver(_options.Attendees + i, time, device, ScanType.Entry, ScanTruth.Forged);
        }
    }
}
