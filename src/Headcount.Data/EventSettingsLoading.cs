using Headcount.Engine;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Data;

/// <summary>Reads an event's settings.</summary>
internal static class EventSettingsLoading
{
    public static async ValueTask<EventSettings?> LoadSettingsAsync(this IDbReader reader, long eventId, CancellationToken cancellation)
    {
        await using var db = reader.Open();
        var row = await db.Events.AsNoTracking().Include(e => e.Gates).Include(e => e.TicketTypes).AsSplitQuery().SingleOrDefaultAsync(e => e.EventId == eventId, cancellation);
        return row?.ToSettings();
    }
}
