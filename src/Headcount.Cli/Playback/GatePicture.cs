using Headcount.Core;

namespace Headcount.Cli.Playback;

/// <summary>What has passed at a gate so far, and in the last minute.</summary>
internal sealed class GatePicture(string name)
{
    public string Name => name;

    public long Entries { get; private set; }

    public long Exits { get; private set; }

    public long EntriesLastMinute { get; private set; }

    public long ExitsLastMinute { get; private set; }

    public void Count(MovementKind kind)
    {
        if (kind == MovementKind.Opened)
            (Entries, EntriesLastMinute) = (Entries + 1, EntriesLastMinute + 1);
        else if (kind == MovementKind.Closed)
            (Exits, ExitsLastMinute) = (Exits + 1, ExitsLastMinute + 1);
    }

    /// <summary>It is longer than a minute ago.</summary>
    public void Forget(MovementKind kind)
    {
        if (kind == MovementKind.Opened)
            EntriesLastMinute--;
        else if (kind == MovementKind.Closed)
            ExitsLastMinute--;
    }
}
