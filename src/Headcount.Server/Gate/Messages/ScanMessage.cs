using Headcount.Engine;

namespace Headcount.Server.Gate.Messages;

/// <summary>A message that was taken: its scan waits to be on disk, or it is clear already that it is none.</summary>
/// <remarks>Made by <see cref="MessageIntake"/>, settled once.</remarks>
internal sealed class ScanMessage
{
    /// <summary>What was sent.</summary>
    public required byte[] Payload { get; init; }

    /// <summary>The gate that its topic names; null = none.</summary>
    public string? Gate { get; init; }

    /// <summary>When it was taken, as a timestamp of the clock.</summary>
    public long TakenAt { get; init; }

    /// <summary>Who sent it; null where that could not be found out.</summary>
    public Sender? Sender { get; set; }

    /// <summary>What is wrong with it; null = nothing so far.</summary>
    public ScanProblem? Problem { get; set; }

    /// <summary>The event's mailbox; null where it did not come to that.</summary>
    public EventMailbox? Mailbox { get; set; }

    /// <summary>The scan, to be handed in again where it could not be kept.</summary>
    public ScanRequest Request { get; set; }

    /// <summary>The mailbox' answer to come; awaited once.</summary>
    public ValueTask<ScanAnswer> Answer { get; set; }

    /// <summary>The device that the answer is for; null = none that is known.</summary>
    public string? DeviceId { get; set; }
}

/// <summary>What became of a message.</summary>
internal enum SettledAs : byte
{
    /// <summary>It was decided or recorded, now or before, and is on disk.</summary>
    Answered,

    /// <summary>It is no scan that can be taken, and never will be: it is to be put aside with its reason.</summary>
    SetAside,

    /// <summary>Not taken, because the server stops or the connection has ended: it must not be acknowledged, so that it comes again.</summary>
    NotTaken,
}

/// <summary>What became of a message, and what its sender is told.</summary>
/// <param name="As">What became of it.</param>
/// <param name="Answer">The JSON for its sender; empty where it was not taken.</param>
/// <param name="Problem">Why it is put aside.</param>
internal readonly record struct Settlement(SettledAs As, byte[] Answer, ScanProblem? Problem);
