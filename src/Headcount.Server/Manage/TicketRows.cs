using Headcount.Core;
using Headcount.Data.Model;

namespace Headcount.Server.Manage;

/// <summary>Rows as the gates take them.</summary>
internal static class TicketRows
{
    public static Ticket AsTicket(this TicketRow row) => new(new TicketId(row.TicketId))
    {
        TicketType = row.TicketType,
        UserId = row.UserId,
        Status = row.Status,
        ValidFrom = row.ValidFrom,
        ValidUntil = row.ValidUntil,
        Gates = [.. row.Gates.Select(gate => new GateName(gate))],
        SingleEntry = row.SingleEntry,
    };
}
