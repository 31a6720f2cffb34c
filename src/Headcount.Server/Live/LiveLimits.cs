namespace Headcount.Server.Live;

/// <summary>The bounds of the live feed.</summary>
internal sealed record LiveLimits
{
    /// <summary>How many may watch at a time, all events together; more are answered 503.</summary>
    public int MostWatchers { get; init; } = 5_000;

    /// <summary>How often figures are sent at the most.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How often gates and ticket types are sent at the most, in intervals.</summary>
    public int IntervalsPerBreakdown { get; init; } = 10;

    /// <summary>After how many intervals without a change the figures are sent all the same: whoever hears nothing for longer is cut off.</summary>
    public int IntervalsPerBeat { get; init; } = 50;

    /// <summary>How many records are kept for those who come back, and for one message of scans; beyond it a fresh snapshot is sent.</summary>
    public int RecentRecords { get; init; } = 2_048;

    /// <summary>How many of each of anomalies, refusals and overrides a snapshot holds, the newest.</summary>
    public int RecentNotices { get; init; } = 50;

    /// <summary>How many anomalies, refusals and overrides are sent in a second at the most, after a burst of as many; the next one says how many were left out.</summary>
    public int NoticesPerSecond { get; init; } = 20;

    /// <summary>How many messages wait for a reader that is slow; beyond it they give way to a fresh snapshot.</summary>
    public int OutboxMessages { get; init; } = 64;

    /// <summary>How long a message may take to be taken before the reader is cut off.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a WebSocket is pinged.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the answer to a ping may take.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How often it is looked up whether those who watch still may.</summary>
    public TimeSpan StandingInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a WebSocket's farewell may take.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The most bytes of a message from a watcher, who has nothing to say.</summary>
    public int MostBytesFromWatcher { get; init; } = 4_096;
}
