namespace Headcount.Core;

/// <summary>A supervisor lets somebody in although the venue is full; a firm limit holds all the same.</summary>
/// <param name="By">Who decided so.</param>
/// <param name="Reason">Why.</param>
public sealed record SupervisorOverride(string By, string Reason);

/// <summary>A scan that asks to be let through now.</summary>
/// <param name="Scan">The scan, <see cref="Scan.Timestamp"/> by the device's clock.</param>
/// <param name="ReceivedAt">When it was taken; null in a stream, where nobody takes it: its own timestamp is the time then, and arrival the order.</param>
public sealed record Attempt(Scan Scan, Instant? ReceivedAt = null)
{
    /// <summary>A supervisor's word, where there is one.</summary>
    public SupervisorOverride? Override { get; init; }

    /// <summary>What the door has to note on it: <see cref="ScanWarnings.DeviceMismatch"/>, <see cref="ScanWarnings.WrongGate"/> on an exit.</summary>
    public ScanWarnings Noted { get; init; }

    /// <summary>What the code says that the ticket was shown by; null = a plain id.</summary>
    public CodeTerms? Code { get; init; }

    /// <summary>Places that count as taken though nobody is in them: those of gates that are cut off (<see cref="LeaseBook"/>).</summary>
    public long Held { get; init; }
}

/// <summary>A fact: a scan that was decided elsewhere, by a device offline or a batch.</summary>
/// <param name="Scan">The scan, <see cref="Scan.Timestamp"/> when it was made.</param>
/// <param name="ReceivedAt">When the news came; null in a stream.</param>
public sealed record ReportedScan(Scan Scan, Instant? ReceivedAt = null)
{
    /// <summary>Whether the device refused it.</summary>
    public bool WasRefused { get; init; }

    /// <summary>Why the device refused it, where it said so.</summary>
    public RefusalReason Reason { get; init; }

    /// <summary>What the door has to note on it.</summary>
    public ScanWarnings Noted { get; init; }

    /// <summary>What the code says that the ticket was shown by; null = a plain id.</summary>
    public CodeTerms? Code { get; init; }
}
