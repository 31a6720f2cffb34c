using System.Text.Json.Serialization;

namespace Headcount.Client;

/// <summary>What may be said of an event when it is made or changed. What is null is not said: then it is the default, or stays as it is.</summary>
public abstract record EventTerms
{
    private protected EventTerms()
    {
    }

    /// <summary>The limit that no override passes; by default none.</summary>
    public long? FirmCapacity { get; init; }

    /// <summary>When the doors open; by default they are open.</summary>
    public DateTimeOffset? OpensAt { get; init; }

    /// <summary>When the doors close; by default they do not.</summary>
    public DateTimeOffset? ClosesAt { get; init; }

    /// <summary>What to do with a rapid re-entry: <c>warn</c> (the default) or <c>reject</c>.</summary>
    public string? ReentryPolicy { get; init; }

    /// <summary>Back in less than this after an exit is rapid; by default 5.</summary>
    public double? ReentryMinutes { get; init; }

    /// <summary>At which percentages of the capacity an alert is raised; by default 80, 90 and 100.</summary>
    public IReadOnlyList<int>? AlertLevels { get; init; }

    /// <summary>Types of ticket that have rules of their own; in place of all before.</summary>
    public IReadOnlyList<TicketType>? TicketTypes { get; init; }

    /// <summary>The gates, in place of all before; none = any gate may scan.</summary>
    public IReadOnlyList<string>? Gates { get; init; }
}

/// <summary>An event to make.</summary>
public sealed record NewEvent : EventTerms
{
    /// <summary>Its name in addresses: lower-case letters, digits and hyphens, 1 to 64.</summary>
    public required string Slug { get; init; }

    /// <summary>Its name for people.</summary>
    public required string Name { get; init; }

    /// <summary>The venue's zone: an IANA name, <c>UTC</c>, or an offset.</summary>
    public required string Zone { get; init; }

    /// <summary>How many may be inside.</summary>
    public required long Capacity { get; init; }
}

/// <summary>What to change of an event; what is null stays as it is.</summary>
public sealed record EventChange : EventTerms
{
    /// <summary>Its name for people.</summary>
    public string? Name { get; init; }

    /// <summary>The venue's zone.</summary>
    public string? Zone { get; init; }

    /// <summary>How many may be inside; it holds from the next scan, and removes nobody.</summary>
    public long? Capacity { get; init; }

    /// <summary>Fields to make empty, by their names on the wire: <c>firm_capacity</c>, <c>opens_at</c>, <c>closes_at</c>.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Clear { get; init; } = [];
}

/// <summary>A type of ticket, and what it allows.</summary>
public sealed record TicketType
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it passes a full house.</summary>
    public bool Override { get; init; }

    /// <summary>The only gates it opens; empty = every gate.</summary>
    public IReadOnlyList<string>? Gates { get; init; }

    /// <summary>From when it is good; null = from the beginning.</summary>
    public DateTimeOffset? ValidFrom { get; init; }

    /// <summary>Until when it is good; null = to the end.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>Whether nobody who went out comes in again.</summary>
    public bool SingleEntry { get; init; }
}

/// <summary>An event as it stands.</summary>
public sealed record EventSettings
{
    /// <summary>Its name in addresses.</summary>
    public string Slug { get; init; } = "";

    /// <summary>Its name for people.</summary>
    public string Name { get; init; } = "";

    /// <summary>The venue's zone.</summary>
    public string Zone { get; init; } = "";

    /// <summary>How many may be inside.</summary>
    public long Capacity { get; init; }

    /// <summary>The limit that no override passes; null = none.</summary>
    public long? FirmCapacity { get; init; }

    /// <summary>When the doors open.</summary>
    public DateTimeOffset? OpensAt { get; init; }

    /// <summary>When the doors close.</summary>
    public DateTimeOffset? ClosesAt { get; init; }

    /// <summary><c>warn</c> or <c>reject</c>.</summary>
    public string ReentryPolicy { get; init; } = "";

    /// <summary>Back in less than this after an exit is rapid.</summary>
    public double ReentryMinutes { get; init; }

    /// <summary>At which percentages of the capacity an alert is raised.</summary>
    public IReadOnlyList<int> AlertLevels { get; init; } = [];

    /// <summary>Types of ticket that have rules of their own.</summary>
    public IReadOnlyList<TicketType> TicketTypes { get; init; } = [];

    /// <summary>The gates, in their order.</summary>
    public IReadOnlyList<string> Gates { get; init; } = [];

    /// <summary>Whether it is over for good.</summary>
    public bool Archived { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A device to make.</summary>
public sealed record NewDevice
{
    /// <summary>Its id, unique on the server, at most 64 characters.</summary>
    public required string DeviceId { get; init; }

    /// <summary>The gate it is bound to; null = any.</summary>
    public string? Gate { get; init; }

    /// <summary>What a scan without a direction means; null = it must say.</summary>
    public ScanDirection? Direction { get; init; }

    /// <summary>The zone of its clock, for timestamps without an offset; null = UTC.</summary>
    public string? Clock { get; init; }

    /// <summary>Besides <c>scan</c>: <c>counts</c>, <c>register</c>, <c>supervise</c>.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>When its token ends by itself; null = never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>A device as it stands.</summary>
public sealed record Device
{
    /// <summary>Its id.</summary>
    public string DeviceId { get; init; } = "";

    /// <summary>The gate it is bound to; null = any.</summary>
    public string? Gate { get; init; }

    /// <summary>What a scan without a direction means.</summary>
    public ScanDirection? Direction { get; init; }

    /// <summary>The zone of its clock.</summary>
    public string? Clock { get; init; }

    /// <summary>What it may do.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Its token, shown this once, just after it was made; null otherwise.</summary>
    public string? Token { get; init; }

    /// <summary>When its token ends by itself.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>The answer to the closing of a day.</summary>
public sealed record DayClosed
{
    /// <summary>The closing's number in the log.</summary>
    public long Seq { get; init; }

    /// <summary>The instant at which every open stay ended.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>How many are inside just after it.</summary>
    public long CurrentOccupancy { get; init; }
}

internal sealed record EventList(IReadOnlyList<EventSettings> Events);

internal sealed record DeviceList(IReadOnlyList<Device> Devices);

internal sealed record CloseDay(DateTimeOffset? At);
