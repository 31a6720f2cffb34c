using Headcount.Core;

namespace Headcount.Data.Verification;

/// <summary>What stays add up to, from when each began and ended. Asked in order of time, after all stays were taken.</summary>
internal sealed class StayCurve
{
    private readonly List<long> _entered = [];
    private readonly List<long> _left = [];
    private bool _isSorted;
    private int _in;
    private int _out;

    public void Enter(Instant at) => _entered.Add(at.Microseconds);

    public void Leave(Instant at) => _left.Add(at.Microseconds);

    /// <summary>How many are inside just after an instant, and how many have come in.</summary>
    public (long Inside, long Entered) At(Instant at)
    {
        if (!_isSorted)
        {
            _entered.Sort();
            _left.Sort();
            _isSorted = true;
        }

        while (_in < _entered.Count && _entered[_in] <= at.Microseconds) _in++;
        while (_out < _left.Count && _left[_out] <= at.Microseconds) _out++;
        return (_in - _out, _in);
    }
}
