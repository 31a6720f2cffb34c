using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Headcount.Core;
using Headcount.Engine;

namespace Headcount.Server.Observability;

/// <summary>What the server measures of itself: meter <c>Headcount.Server</c>. It listens to every event's commits and is asked for their figures when somebody looks.</summary>
public sealed class ServerMetrics : IEventListener
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Headcount.Server";

    private const int Outcomes = 6;
    private const int Annulled = 4;
    private const int Closed = 5;
    private static readonly string[] OutcomeWords = ["", "accepted", "rejected", "recorded", "annulled", "closed"];
    private static readonly int Reasons = Enum.GetValues<RefusalReason>().Length;

    private readonly ConcurrentDictionary<long, EventMailbox> _mailboxes = new();
    private readonly Counter<long> _records;
    private readonly Histogram<double> _decisions;
    private readonly TimeProvider _time;

    public ServerMetrics(IMeterFactory meters, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _time = time;
        var meter = meters.Create(MeterName);
        _records = meter.CreateCounter<long>("headcount.records", "{record}", "Records of the log by outcome and, where refused, by reason.");
        _decisions = meter.CreateHistogram("headcount.decision.duration", "s", "From when a scan was taken to when its answer was on disk.", advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
        });
        Gauge(meter, "headcount.occupancy", "{person}", "How many are inside.", mailbox => mailbox.Figures.Occupancy);
        Gauge(meter, "headcount.theoretical", "{person}", "How many would be inside had there been no limit.", mailbox => mailbox.Figures.Theoretical);
        Gauge(meter, "headcount.capacity", "{person}", "How many may be inside.", mailbox => mailbox.Figures.Capacity);
        Gauge(meter, "headcount.leases.places", "{place}", "Places that gates may fill by themselves if they are cut off.", mailbox => mailbox.LeaseFigures.OnLease);
        Gauge(meter, "headcount.leases.held", "{place}", "Of these, places that count as taken, because their gates are cut off.", mailbox => mailbox.LeaseFigures.Held);
        Gauge(meter, "headcount.devices.cut_off", "{device}", "How many devices that hold leases are cut off.", mailbox => mailbox.LeaseFigures.CutOff);
        Gauge(meter, "headcount.log.seq", "{record}", "The number of the last record of the log.", mailbox => mailbox.Figures.Seq);
        Gauge(meter, "headcount.log.durable", "1", "1 while the log takes records, 0 while it does not.", mailbox => mailbox.IsDurable ? 1 : 0);
        Gauge(meter, "headcount.queue.length", "{scan}", "How many scans wait for a decision.", mailbox => mailbox.QueueLength);
    }

    /// <inheritdoc/>
    public void OnOpened(EventMailbox mailbox)
    {
        ArgumentNullException.ThrowIfNull(mailbox);
        _mailboxes[mailbox.Settings.EventId] = mailbox;
    }

    /// <inheritdoc/>
    public void OnCommitted(EventMailbox mailbox, Commit commit)
    {
        ArgumentNullException.ThrowIfNull(mailbox);
        ArgumentNullException.ThrowIfNull(commit);
        var now = Instant.FromDateTimeOffset(_time.GetUtcNow());
        var slug = new KeyValuePair<string, object?>("event", mailbox.Settings.Slug);
        Span<int> counts = stackalloc int[Outcomes * Reasons];
        counts.Clear();
        for (var i = 0; i < commit.Entries.Count; i++)
        {
            var record = commit.Entries[i].Record;
            counts[record switch
            {
                ScanRecord scan => (int)scan.Outcome * Reasons + (int)scan.Reason,
                Annulment => Annulled * Reasons,
                _ => Closed * Reasons,
            }]++;
            if (record is DecidedScan { ReceivedAt: { } received }) _decisions.Record(Math.Max(0, (now - received).TotalSeconds), slug);
        }

        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] > 0) _records.Add(counts[i], slug, new("outcome", OutcomeWords[i / Reasons]), new("reason", ((RefusalReason)(i % Reasons)).Code()));
        }
    }

    /// <inheritdoc/>
    public void OnSettingsChanged(EventMailbox mailbox)
    {
    }

    private void Gauge(Meter meter, string name, string unit, string description, Func<EventMailbox, long> value) =>
        meter.CreateObservableGauge(name, () => _mailboxes.Values.Select(mailbox => new Measurement<long>(value(mailbox), new KeyValuePair<string, object?>("event", mailbox.Settings.Slug))), unit, description);
}
