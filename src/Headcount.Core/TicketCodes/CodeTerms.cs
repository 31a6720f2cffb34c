namespace Headcount.Core;

/// <summary>What the code that a ticket was shown by says, beside what the register says of the ticket.</summary>
public sealed record CodeTerms
{
    /// <summary>A plain id was shown where the event takes signed codes only.</summary>
    public static readonly CodeTerms Missing = new() { IsMissing = true };

    /// <summary>From when the code is good (inclusive); null = always.</summary>
    public Instant? ValidFrom { get; init; }

    /// <summary>Until when the code is good (exclusive); null = always.</summary>
    public Instant? ValidUntil { get; init; }

    /// <summary>Whether the key that signed it was revoked: nothing that it signed is believed any more.</summary>
    public bool IsRevoked { get; init; }

    /// <summary>Whether there is no code where one is required: the ticket is as unknown as one that the register lacks.</summary>
    public bool IsMissing { get; init; }
}
