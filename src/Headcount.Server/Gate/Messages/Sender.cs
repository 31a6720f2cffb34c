using Headcount.Server.Access;

namespace Headcount.Server.Gate.Messages;

/// <summary>Who a message is from, and of which event.</summary>
/// <param name="Caller">What it may do, and what is filled in from it.</param>
/// <param name="EventId">The event.</param>
/// <param name="Proof">The token that says so, and meters its scans; null = whoever carried the message vouches for it.</param>
internal sealed record Sender(Caller Caller, long EventId, Proof? Proof);
