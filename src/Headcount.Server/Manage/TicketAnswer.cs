using Headcount.Core;
using Headcount.Server.Access;

namespace Headcount.Server.Manage;

/// <summary>A ticket as it is answered and exported; what it does not have is left out, so that an export can be imported again.</summary>
internal sealed record TicketAnswer(string TicketId, string? TicketType, string? UserId, string Status, string? ValidFrom, string? ValidUntil, IReadOnlyList<string>? Gates, bool SingleEntry)
{
    public static TicketAnswer Of(Ticket ticket, Zone zone) => new(
        ticket.TicketId.Value, ticket.TicketType, ticket.UserId, WordOf(ticket.Status), Time(ticket.ValidFrom, zone), Time(ticket.ValidUntil, zone),
        [.. ticket.Gates.Select(gate => gate.Value)], ticket.SingleEntry);

    /// <summary>As a caller is told of it: whose a ticket is concerns nobody at a gate.</summary>
    public static TicketAnswer Of(Ticket ticket, Caller caller, Zone zone) => Of(caller.MayOrganise ? ticket : ticket with { UserId = null }, zone);

    /// <summary>Without what says nothing.</summary>
    public TicketAnswer ForExport() => Gates is { Count: 0 } ? this with { Gates = null } : this;

    public static string WordOf(TicketStatus status) => status switch
    {
        TicketStatus.Valid => "valid",
        TicketStatus.Revoked => "revoked",
        _ => "unpaid",
    };

    public static bool TryParse(string word, out TicketStatus status)
    {
        status = word switch { "revoked" => TicketStatus.Revoked, "unpaid" => TicketStatus.Unpaid, _ => TicketStatus.Valid };
        return status != TicketStatus.Valid || word == "valid";
    }

    private static string? Time(Instant? instant, Zone zone) => instant is { } known ? zone.Format(known) : null;
}
