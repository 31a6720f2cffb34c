namespace Headcount.Server.Webhooks;

/// <summary>The bounds of webhooks.</summary>
internal sealed record WebhookLimits
{
    /// <summary>How many webhooks an event may have.</summary>
    public int MostPerEvent { get; init; } = 20;

    /// <summary>How long an address may be, in characters.</summary>
    public int MostAddress { get; init; } = 2_000;

    /// <summary>How many items go into one request.</summary>
    public int MostItems { get; init; } = 100;

    /// <summary>How many deliveries made from the log may wait for one webhook; the rest of the log waits where it is.</summary>
    public int MostWaiting { get; init; } = 50;

    /// <summary>How many records of the log are looked at for one webhook at a time.</summary>
    public int MostRead { get; init; } = 4_000;

    /// <summary>After how many records of no interest to a webhook its place in the log is written down all the same.</summary>
    public int PlaceInterval { get; init; } = 10_000;

    /// <summary>How often deliveries are made and results written down at the most: what webhooks cost the database does not depend on how many scans there are.</summary>
    public TimeSpan Pace { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How many requests are under way at a time to webhooks that took the last one …</summary>
    public int MostRequests { get; init; } = 32;

    /// <summary>… and to those that did not: these cannot hold up the others.</summary>
    public int MostRepeatedRequests { get; init; } = 16;

    /// <summary>How long a receiver may take to answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How much of an answer's body is read, in bytes.</summary>
    public int MostAnswerBytes { get; init; } = 1_024;

    /// <summary>How long to wait after the first failure; it doubles with each further one.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long to wait at the most.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>For how long a delivery is tried before it is given up.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How many deliveries may wait for a webhook before changed tickets are told of together: one item says that the register is to be read again.</summary>
    public int MostTicketDeliveries { get; init; } = 1_000;

    /// <summary>How long deliveries are kept after they were taken or given up.</summary>
    public TimeSpan Kept { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How many of these are kept for one webhook, the newest.</summary>
    public int MostKept { get; init; } = 5_000;

    /// <summary>How often what is kept no longer is deleted.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromMinutes(10);
}
