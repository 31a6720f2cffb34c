namespace Headcount.Engine.Alerts;

/// <summary>When alerts are raised and cleared, by name. What clears one is always well below what raises it, so that none flickers.</summary>
public sealed record AlertThresholds
{
    /// <summary>How far below its level an occupancy alert is armed again, in per cent of the capacity.</summary>
    public int OccupancyRearm { get; init; } = 5;

    /// <summary>How long an alert on a past over capacity stands after it last grew, where that past has an end.</summary>
    public TimeSpan ExceededStands { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long nothing may come from a gate that was in use.</summary>
    public TimeSpan SilentAfter { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>More scans a minute than this, at the other gates together over <see cref="SilentAfter"/>, make a silence worth an alert.</summary>
    public int OthersBusyPerMinute { get; init; } = 3;

    /// <summary>Fewer scans a minute than this at the other gates clear it: then nobody comes anywhere.</summary>
    public int OthersQuietPerMinute { get; init; } = 1;

    /// <summary>How many scans a gate must have had in <see cref="InUseWithin"/> up to its last one, to have been in use.</summary>
    public int InUseScans { get; init; } = 5;

    /// <summary>See <see cref="InUseScans"/>.</summary>
    public TimeSpan InUseWithin { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How many unknown tickets within <see cref="UnknownWithin"/> raise an alert …</summary>
    public int UnknownTickets { get; init; } = 10;

    /// <summary>See <see cref="UnknownTickets"/>.</summary>
    public TimeSpan UnknownWithin { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>… if they are also more than this share of all scans, in per cent, over <see cref="UnknownShareWithin"/>.</summary>
    public int UnknownSharePercent { get; init; } = 5;

    /// <summary>See <see cref="UnknownSharePercent"/>.</summary>
    public TimeSpan UnknownShareWithin { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>As few unknown tickets within <see cref="UnknownWithin"/> clear it.</summary>
    public int UnknownOver { get; init; } = 2;

    /// <summary>From how many of a device's latest live scans its clock is judged.</summary>
    public int DriftScans { get; init; } = 9;

    /// <summary>How many scans it takes to judge a median.</summary>
    public int DriftLeastScans { get; init; } = 5;

    /// <summary>A median offset of more than this, either way, is a drift.</summary>
    public TimeSpan DriftMedian { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>So many of the latest scans with <c>clock_ahead</c> or <c>clock_behind</c> are a drift, whatever the median.</summary>
    public int DriftWarnings { get; init; } = 3;

    /// <summary>A median of the latest <see cref="DriftLeastScans"/> of at most this, without a warning among them, clears it.</summary>
    public TimeSpan DriftOver { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A fact older than this when it arrives is late.</summary>
    public TimeSpan LateAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>More late facts than this within <see cref="LateWithin"/> raise an alert.</summary>
    public int LateFacts { get; init; } = 100;

    /// <summary>See <see cref="LateFacts"/>.</summary>
    public TimeSpan LateWithin { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>As few late facts within <see cref="LateWithin"/> clear it.</summary>
    public int LateOver { get; init; } = 10;

    /// <summary>How many gates of one event are watched, where the event does not name its gates; others are not watched.</summary>
    public int MostGates { get; init; } = 256;

    /// <summary>How many devices of one event are watched; a further one takes the place of the one not heard of for the longest time.</summary>
    public int MostDevices { get; init; } = 4_096;

    /// <summary>How many stretches of an exceeded capacity are remembered for one event, so that none is told twice.</summary>
    public int MostStretches { get; init; } = 256;
}
