using Headcount.Core.Tests.Admitting;
using Headcount.Engine;
using Headcount.Engine.Alerts;

namespace Headcount.Core.Tests.Alerts;

/// <summary>A venue that is watched: every record goes to an <see cref="AlertWatch"/>, as a mailbox would hand it on.</summary>
internal sealed class WatchedVenue
{
    public static readonly Instant Noon = LoggedVenue.Noon;

    private readonly Dictionary<string, TicketTerms> _known = [];

    public WatchedVenue(long capacity = 1_000, int[]? levels = null, string[]? gates = null, IEnumerable<Alert>? known = null, Zone? zone = null, Admission? admission = null, Instant? now = null)
    {
        Settings = new EventSettings
        {
            EventId = 1, Slug = "club", Name = "Club night", Zone = zone ?? Zone.Utc, AlertLevels = levels ?? [80, 90, 100],
            Rules = new AdmissionRules { Capacity = capacity, Gates = (gates ?? []).ToHashSet(StringComparer.Ordinal) },
        };
        Admission = admission ?? new Admission(Settings.Rules, ticket => IsRegisterOpen || _known.ContainsKey(ticket.Value) ? TicketTerms.Any : null);
        Watch.Open(Settings, Figures, known ?? [], now ?? Noon);
    }

    public EventSettings Settings { get; private set; }

    public Admission Admission { get; }

    public AlertWatch Watch { get; } = new();

    /// <summary>Whether every ticket is known.</summary>
    public bool IsRegisterOpen { get; set; } = true;

    public Figures Figures => new() { Seq = Admission.LastSeq, Occupancy = Admission.Actual, Capacity = Settings.Rules.Capacity };

    public static Instant At(double minutes) => LoggedVenue.At(minutes);

    public void Enter(string ticket, double minutes, string gate = "A", string? device = null, double? clock = null, SupervisorOverride? word = null) =>
        Take(Admission.Decide(new Attempt(LoggedVenue.ScanOf(ticket, ScanType.Entry, clock ?? minutes, gate, device), At(minutes)) { Override = word }));

    public void Leave(string ticket, double minutes, string gate = "A", string? device = null, double? clock = null) =>
        Take(Admission.Decide(new Attempt(LoggedVenue.ScanOf(ticket, ScanType.Exit, clock ?? minutes, gate, device), At(minutes))));

    public void Report(string ticket, ScanType type, double minutes, double received, string gate = "A") =>
        Take(Admission.Decide(new ReportedScan(LoggedVenue.ScanOf(ticket, type, minutes, gate), At(received))));

    /// <summary>So many people come in, or go out, until so many are inside.</summary>
    public void Fill(long occupancy, double minutes)
    {
        while (Admission.Actual < occupancy) Enter($"F{Admission.Actual + 1}", minutes, word: new SupervisorOverride("door", "test"));
        while (Admission.Actual > occupancy) Leave($"F{Admission.Actual}", minutes);
    }

    public void ChangeCapacity(long capacity, double minutes) => Change(Settings with { Rules = Settings.Rules with { Capacity = capacity } }, minutes);

    public void Change(EventSettings settings, double minutes)
    {
        Settings = settings;
        Admission.Rules = settings.Rules;
        Watch.Set(settings, Figures, At(minutes));
    }

    /// <summary>Time passes, and a question that is open is asked.</summary>
    public void Tick(double minutes)
    {
        Watch.Tick(At(minutes));
        if (Watch.TakeQuestion() is { } from) Watch.Answer(from, Admission.CapacityExceeded(from), At(minutes));
    }

    /// <summary>What changed since this was last asked, as words: <c>raised occupancy 80</c>.</summary>
    public IReadOnlyList<string> News() => [.. Watch.TakeChanges().Select(change => Words(change))];

    private static string Words(AlertChange change) =>
        string.Join(' ', new[] { change.StateCode, change.Alert.Kind.Code(), change.Alert.Level?.ToString(System.Globalization.CultureInfo.InvariantCulture), change.Alert.Gate, change.Alert.DeviceId }.Where(word => word is not null));

    public void Annul(long seq, double received) => Take(Admission.Annul(seq, At(received)));

    private void Take(Decision decision) => Take(decision.ToRecord(Admission.LastSeq + 1));

    private void Take(LogRecord record)
    {
        Admission.Apply(record);
        Watch.Take(new LogEntry(record) { Occupancy = Admission.Actual, Capacity = Settings.Rules.Capacity });
    }
}
