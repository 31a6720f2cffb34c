using Headcount.Core;
using Headcount.Data;
using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Manage;
using Headcount.Server.Problems;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Devices;

/// <summary><c>GET /api/devices/{device_id}/offline-periods</c>.</summary>
internal sealed class OfflinePeriodsEndpoint(Reconciliation reconciliation, IDbReader reader)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync();
        var id = context.Text("device_id");
        await using (var db = reader.Open())
        {
            if (!await db.Devices.AsNoTracking().AnyAsync(device => device.DeviceId == id && device.EventId == mailbox.Settings.EventId, context.RequestAborted))
                throw new ProblemException(404, ProblemCodes.NotFound, $"Event '{mailbox.Settings.Slug}' has no device '{Names.Excerpt(id)}'.");
        }

        var zone = mailbox.Settings.Zone;
        var periods = await reconciliation.OfAsync(mailbox, id, context.RequestAborted);
        await context.AnswerAsync(new { device_id = id, periods = periods.Select(period => Told(period, zone)) });
    }

    private static object Told(ReconciledPeriod one, Zone zone) => new
    {
        period = one.Period.OfflinePeriodId, began_at = zone.Format(one.Period.BeganAt), ended_at = Time(one.Period.EndedAt, zone), first_seq = one.Period.FirstSeq, last_seq = one.Period.LastSeq,
        late = one.Late, entries = one.Entries, exits = one.Exits, refused = one.Refused, oldest = Time(one.Oldest, zone), newest = Time(one.Newest, zone),
        change = one.Change is { } change ? new { at = zone.Format(change.At), before = change.Before, after = change.After } : null,
        contradictions = one.Contradictions.Select(contradiction => Told(contradiction, zone)),
    };

    private static object Told(Contradiction one, Zone zone)
    {
        var (scan, earlier) = ((ScanRecord)one.Entry.Record, (ScanRecord?)one.Earlier?.Record);
        return new
        {
            kind = one.Kind, ticket_id = scan.Scan.TicketId.Value, seq = one.Entry.Seq, gate = scan.Scan.Gate.Value, device_id = scan.Scan.DeviceId?.Value, at = Time(scan.CountedAt, zone),
            earlier_seq = one.Earlier?.Seq, earlier_gate = earlier?.Scan.Gate.Value, earlier_device_id = earlier?.Scan.DeviceId?.Value, earlier_at = Time(earlier?.CountedAt, zone),
        };
    }

    private static string? Time(Instant? instant, Zone zone) => instant is { } known ? zone.Format(known) : null;
}
