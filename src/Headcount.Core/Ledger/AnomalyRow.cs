namespace Headcount.Core;

/// <summary>An anomaly as it lies in its ledger, in numbers and UTF-8: for whoever writes very many of them.</summary>
internal ref struct AnomalyRow
{
    public AnomalyKind Kind;
    public long Position;
    public ReadOnlySpan<byte> Ticket;
    public int Gate;
    public long Instant;

    /// <summary>The place of the earlier scan that it goes with; 0 = none.</summary>
    public long EarlierPosition;
    public int EarlierGate;
    public long EarlierInstant;
}
