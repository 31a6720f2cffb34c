namespace Headcount.Simulation;

/// <summary>One true passage of a person through a gate, in milliseconds since midnight.</summary>
internal readonly record struct Passage(int Time, int Gate, bool In);

/// <summary>One guest's day: in, out and in again for breaks, and out for good. Used again for the next guest.</summary>
internal sealed class Visit(Venue venue, int rapidInAMillion)
{
    private const int Minute = Wave.Minute;
    private const int ShortestVisit = 45 * Minute;
    private const int ShortestRound = 8 * Minute;
    private const int ShortestBreak = 5 * Minute + 30_000;
    private const int Margin = 30_000;
    private static readonly int Closing = Wave.Clock(2340);
    private static readonly int Noon = Wave.Clock(1200);
    private static readonly int AfterLunch = Wave.Clock(1400);

    private readonly List<Passage> _passages = [];
    private int _home;

    /// <summary>In and out by turns, each later than the one before by half a minute or more, except that a rapid return can be sooner.</summary>
    public IReadOnlyList<Passage> Passages => _passages;

    /// <param name="guest">What kind of guest.</param>
    /// <param name="breaks">How many breaks, as far as they fit; null = as this kind of guest likes.</param>
    /// <param name="chance">The guest's own.</param>
    /// <param name="faults">For what goes wrong.</param>
    public void Plan(Guests guest, int? breaks, Chance chance, Chance faults)
    {
        _passages.Clear();
        _home = venue.DrawGate(chance);
        var arrival = guest.Arrivals.Draw(chance);
        var departure = Math.Max(guest.Departures.Draw(chance), arrival + ShortestVisit + chance.Below(75 * Minute));
        if (departure > Closing) departure = Closing - chance.Below(ShortestVisit);
        var usual = chance.Pick(guest.Breaks);
        var lunch = chance.Hits(guest.LunchInAMillion) && arrival < Noon && departure > AfterLunch ? Crowd.Lunch.Draw(chance) : 0;
        var rounds = Math.Min(breaks ?? (lunch > 0 ? Math.Max(usual, 1) : usual), (departure - arrival) / ShortestRound);

        ComeIn(arrival, chance);
        for (var round = 0; round < rounds; round++)
        {
            var from = arrival + (int)((long)(departure - arrival) * round / rounds);
            var to = arrival + (int)((long)(departure - arrival) * (round + 1) / rounds);
            TakeBreak(from + Margin, to - Margin, lunch, chance, faults);
        }

        GoOut(departure, chance);
    }

    /// <summary>One break within its part of the visit: lunch, where its time falls into it, or a smoke.</summary>
    private void TakeBreak(int from, int to, int lunch, Chance chance, Chance faults)
    {
        var isLunch = lunch > from && lunch < to - 25 * Minute;
        var wish = isLunch ? chance.Between(20 * Minute, 65 * Minute) : chance.Between(6 * Minute, 18 * Minute);
        var start = isLunch ? lunch : from + chance.Below(to - from - ShortestBreak);
        var length = Math.Clamp(wish, ShortestBreak, to - start);
        if (faults.Hits(rapidInAMillion)) length = faults.Between(15_000, 285_000);
        GoOut(start, chance);
        ComeIn(start + length, chance);
    }

    private void ComeIn(int time, Chance chance) => _passages.Add(new Passage(time, GateNear(850_000, chance), In: true));

    // People come by the gate they know, and leave by the one they stand next to.
    private void GoOut(int time, Chance chance) => _passages.Add(new Passage(time, GateNear(650_000, chance), In: false));

    private int GateNear(int homeInAMillion, Chance chance) => chance.Hits(homeInAMillion) ? _home : venue.DrawGate(chance);
}
