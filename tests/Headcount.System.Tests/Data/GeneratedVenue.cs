using Headcount.Core;
using Headcount.Core.Tests.Admitting;
using Headcount.Engine;

namespace Headcount.SystemTests.Data;

/// <summary>A generated day (<see cref="GeneratedLog"/>) as a database keeps it.</summary>
internal sealed class GeneratedVenue
{
    public static readonly Gen<Happening[]> Happenings = GeneratedLog.Happenings;

    public static readonly Register Register = GeneratedLog.Register;

    public static readonly AdmissionRules Rules = GeneratedLog.Rules;

    private readonly LoggedVenue _venue;

    private GeneratedVenue(IEnumerable<Happening> happenings) => _venue = GeneratedLog.Run(happenings, Keep, capacityChanges: false);

    public Admission Admission => _venue.Admission;

    public List<LogEntry> Log { get; } = [];

    public static GeneratedVenue Run(IEnumerable<Happening> happenings) => new(happenings);

    /// <summary>The same log as a ledger reads it: for anomalies.</summary>
    public ScanLedger ToLedger() => GeneratedLog.ToLedger(_venue.Log);

    private void Keep(LoggedVenue venue)
    {
        if (venue.Log.Count > Log.Count) Log.Add(new LogEntry(venue.Log[^1]) { Occupancy = venue.Admission.Actual, Capacity = Rules.Capacity });
    }
}
