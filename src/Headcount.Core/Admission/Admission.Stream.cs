namespace Headcount.Core;

public sealed partial class Admission
{
    /// <summary>A ticket's terms, and what rules and numbers they lead to: looked up once for all tickets that share them.</summary>
    internal sealed record KnownTerms(TicketTerms? Terms, TicketTypeRules? TypeRules, int Type);

    /// <summary>Looks up what a ticket's terms lead to, as long as the rules stay what they are.</summary>
    internal KnownTerms Know(TicketTerms? terms) => new(terms, _rules.OfType(terms?.TicketType), _cells.TypeNumber(terms?.TicketType));

    /// <summary>Decides and takes the next scan of a stream, whose ticket and gate are known by their numbers: its own timestamp is the time, arrival the order.</summary>
    internal Verdict Admit(int ticket, int gate, KnownTerms known, ScanType type, long timestamp)
    {
        ref var state = ref StateToChange(ticket);
        var verdict = Judge(in state, known.Terms, known.TypeRules, timestamp, new GateName(GateName(gate)), type, overridden: false);
        var outcome = verdict.Reason == RefusalReason.None ? ScanOutcome.Accepted : ScanOutcome.Rejected;
        AppendScan(ticket, _cells.NumberOf(gate, known.Type), NotBefore(timestamp, in state), timestamp, FlagsOf(type, outcome, verdict.Reason));
        return verdict;
    }

    /// <summary>Closes the day of a stream.</summary>
    internal void CloseDayOfStream(long instant) => AppendClosing(instant, instant);
}
