using Headcount.Core;

namespace Headcount.Engine;

public sealed partial class EventMailbox
{
    // On the mailbox.
    private long _seenLeases = -1;
    private LeasePicture _lastLeases = LeasePicture.None;
    private volatile LeasePicture _leases = LeasePicture.None;

    /// <summary>What devices hold on lease, as of the last record on disk or report. Any thread.</summary>
    public LeasePicture Leases => _leases;

    /// <summary>The bounds of leases.</summary>
    public LeaseTerms LeaseTerms { get; } = new();

    /// <summary>What is out on lease now.</summary>
    public LeaseFigures LeaseFigures => _leases.At(Instant.FromDateTimeOffset(_time.GetUtcNow()), LeaseTerms.CutOffAfter);

    /// <summary>A device says that it is there. It may be told the lease only when what is to be kept is on disk.</summary>
    public ValueTask<(Lease Lease, KeptLease? ToKeep)> ReportAsync(LeaseReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return OnStateAsync(state =>
        {
            var (admission, rules) = (state.Admission, state.Settings.Rules);
            var answer = state.Leases.Report(report, Math.Min(rules.Capacity, rules.FirmCapacity ?? long.MaxValue) - admission.Actual, admission.LastSeq, Instant.FromDateTimeOffset(_time.GetUtcNow()));
            ShowLeases();
            return answer;
        });
    }

    /// <summary>What was to be kept of a device's lease could not be: the next report asks for it again.</summary>
    public async ValueTask LeaseNotKeptAsync(string deviceId) => await OnStateAsync(state =>
    {
        state.Leases.NotKept(deviceId);
        return true;
    }).ConfigureAwait(false);

    /// <summary>Some of the tickets of the register, between two scans: a thousand take well under a millisecond.</summary>
    /// <param name="first">The place of the first.</param>
    /// <param name="most">How many, at the most.</param>
    public ValueTask<IReadOnlyList<Ticket>> ReadTicketsAsync(int first, int most) => OnStateAsync(state => state.Register.From(first, most));

    /// <summary>Tickets by their ids, without those that the register lacks; between two scans.</summary>
    public ValueTask<IReadOnlyList<Ticket>> FindTicketsAsync(IReadOnlyCollection<TicketId> tickets) =>
        OnStateAsync<IReadOnlyList<Ticket>>(state => [.. tickets.Select(state.Register.Find).OfType<Ticket>()]);

    private void ShowLeases() => _leases = LookAtLeases();

    private LeasePicture LookAtLeases()
    {
        if (_seenLeases == _state.Leases.Version) return _lastLeases;
        _seenLeases = _state.Leases.Version;
        return _lastLeases = _state.Leases.Picture();
    }
}
