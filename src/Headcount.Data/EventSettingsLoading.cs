using Headcount.Core;
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

    public static async ValueTask<IReadOnlyList<KeptLease>> LoadLeasesAsync(this IDbReader reader, long eventId, CancellationToken cancellation)
    {
        await using var db = reader.Open();
        var rows = await db.Leases.AsNoTracking().Where(lease => lease.EventId == eventId).ToListAsync(cancellation);
        return rows.ConvertAll(row => new KeptLease(row.DeviceId, row.Gate, new Lease(row.Number, row.Places, row.ExpiresAt), row.Seq));
    }
}
