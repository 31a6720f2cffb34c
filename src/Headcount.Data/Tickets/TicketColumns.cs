using Headcount.Core;

namespace Headcount.Data.Tickets;

/// <summary>The columns of <c>tickets</c> that make a <see cref="Ticket"/>.</summary>
internal static class TicketColumns
{
    public const string List = "ticket_id, ticket_type, user_id, status, valid_from, valid_until, gates, single_entry";

    public static TicketStatus ParseStatus(string word) => word switch
    {
        "valid" => TicketStatus.Valid,
        "revoked" => TicketStatus.Revoked,
        "unpaid" => TicketStatus.Unpaid,
        _ => throw new FormatException($"A ticket has the status '{word}': valid, revoked and unpaid are known."),
    };

    public static string Word(TicketStatus status) => status switch
    {
        TicketStatus.Revoked => "revoked",
        TicketStatus.Unpaid => "unpaid",
        _ => "valid",
    };
}
