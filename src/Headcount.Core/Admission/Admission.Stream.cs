namespace Headcount.Core;

public sealed partial class Admission
{
    /// <summary>Decides and takes the next scan of a stream, whose ticket and gate are known by their numbers: its own timestamp is the time, arrival the order.</summary>
    internal Verdict Admit(int ticket, int gate, TicketTerms? terms, ScanType type, long timestamp)
    {
        ref var state = ref StateToChange(ticket);
        var verdict = Judge(in state, terms, timestamp, new GateName(GateName(gate)), type, overridden: false);
        var outcome = verdict.Reason == RefusalReason.None ? ScanOutcome.Accepted : ScanOutcome.Rejected;
        AppendScan(ticket, _cells.NumberOf(gate, terms?.TicketType), NotBefore(timestamp, in state), timestamp, FlagsOf(type, outcome, verdict.Reason));
        return verdict;
    }

    /// <summary>Closes the day of a stream.</summary>
    internal void CloseDayOfStream(long instant) => AppendClosing(instant, instant);
}
