namespace Headcount.Core;

/// <summary>How a ticket stands just before one of its scans.</summary>
/// <param name="IsPresent">Whether it is inside.</param>
/// <param name="EverEntered">Whether it was ever let in.</param>
/// <param name="LatestExit">Its latest exit scan, of any kind, not later than the scan; null = none.</param>
public readonly record struct TicketStanding(bool IsPresent, bool EverEntered, Instant? LatestExit);
