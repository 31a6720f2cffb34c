namespace Headcount.Server.Gate;

/// <summary>The texts of a scan's fields as a body gives them; an empty one is absent. Good until the next body is read on the thread.</summary>
internal ref struct ScanFields
{
    public ReadOnlySpan<byte> Ticket;
    public ReadOnlySpan<byte> Gate;
    public ReadOnlySpan<byte> Type;
    public ReadOnlySpan<byte> Timestamp;
    public ReadOnlySpan<byte> Device;
    public ReadOnlySpan<byte> ScanId;
    public ReadOnlySpan<byte> Outcome;
    public ReadOnlySpan<byte> Decided;
    public ReadOnlySpan<byte> Reason;
    public ReadOnlySpan<byte> OverrideReason;

    /// <summary>Whether an override is asked for.</summary>
    public bool HasOverride;

    /// <summary>Whether it is no object, and has no fields that could be wrong.</summary>
    public bool IsNoObject;

    /// <summary>What is wrong with which field; null = nothing so far.</summary>
    public FieldErrors? Errors;

    public void Wrong(string field, string reason) => (Errors ??= new FieldErrors()).Add(field, reason);
}

/// <summary>Every wrong field of a body, with what is wrong with it first.</summary>
internal sealed class FieldErrors : Dictionary<string, string>
{
    public FieldErrors()
        : base(StringComparer.Ordinal)
    {
    }

    public new void Add(string field, string reason) => TryAdd(field, reason);

    /// <summary>All of it in a sentence.</summary>
    public string Sentence => string.Join("; ", Values);
}
