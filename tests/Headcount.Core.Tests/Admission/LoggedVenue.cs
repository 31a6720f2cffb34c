namespace Headcount.Core.Tests.Admitting;

/// <summary>A venue whose log is kept: what a host does with an <see cref="Admission"/>, and nothing more.</summary>
internal sealed class LoggedVenue(AdmissionRules rules, Register? register = null)
{
    public static readonly Instant Noon = new(1_759_233_600_000_000);

    public List<LogRecord> Log { get; } = [];

    public Admission Admission { get; } = register is null ? new Admission(rules) : new Admission(rules, register);

    public static AdmissionRules Open => new() { Capacity = 1_000 };

    public static Instant At(double minutes) => Noon + TimeSpan.FromMinutes(minutes);

    public static Scan ScanOf(string ticket, ScanType type, double minutes, string gate = "A", string? device = null, string? id = null) => new(
        new TicketId(ticket), new GateName(gate), type, At(minutes), device is null ? null : new DeviceId(device), id is null ? null : new ScanId(id));

    public ScanRecord Enter(string ticket, double minutes, string gate = "A", double? received = null, SupervisorOverride? word = null, string? id = null) =>
        Decide(new Attempt(ScanOf(ticket, ScanType.Entry, minutes, gate, id: id), At(received ?? minutes)) { Override = word });

    public ScanRecord Leave(string ticket, double minutes, string gate = "A", double? received = null) =>
        Decide(new Attempt(ScanOf(ticket, ScanType.Exit, minutes, gate), At(received ?? minutes)));

    public ScanRecord Report(string ticket, ScanType type, double minutes, double received, string gate = "A", bool refused = false, RefusalReason reason = RefusalReason.None, string? id = null) =>
        Decide(new ReportedScan(ScanOf(ticket, type, minutes, gate, id: id), At(received)) { WasRefused = refused, Reason = reason });

    public ScanRecord Decide(Attempt attempt) => Take(Admission.Decide(attempt).ToRecord(Admission.LastSeq + 1));

    public ScanRecord Decide(ReportedScan fact) => Take(Admission.Decide(fact).ToRecord(Admission.LastSeq + 1));

    public void Annul(long seq, double received) => Take(Admission.Annul(seq, At(received)));

    public void CloseDay(double minutes, double received) => Take(Admission.CloseDay(At(minutes), At(received)));

    public long Inside(double minutes) => Admission.At(At(minutes)).Occupancy;

    private T Take<T>(T record)
        where T : LogRecord
    {
        Admission.Apply(record);
        Log.Add(record);
        return record;
    }
}
