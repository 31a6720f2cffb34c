using Headcount.Core;

namespace Headcount.Data.Tickets;

/// <summary>The columns of <c>tickets</c> that make a <see cref="Ticket"/>.</summary>
internal static class TicketColumns
{
    public const string List = "ticket_id, ticket_type, user_id, status, valid_from, valid_until, gates, single_entry";

    /// <summary>The status of a word. Other programs write the table too, in words of their own (cancelled, refunded): what does not say that a ticket is good, opens no gate.</summary>
    public static TicketStatus ParseStatus(string? word) =>
        "valid".Equals(word, StringComparison.OrdinalIgnoreCase) ? TicketStatus.Valid : "unpaid".Equals(word, StringComparison.OrdinalIgnoreCase) ? TicketStatus.Unpaid : TicketStatus.Revoked;

    public static string Word(TicketStatus status) => status switch
    {
        TicketStatus.Revoked => "revoked",
        TicketStatus.Unpaid => "unpaid",
        _ => "valid",
    };
}
