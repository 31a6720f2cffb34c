using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Manage;
using Headcount.Server.Problems;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Devices;

/// <summary><c>POST /api/devices/heartbeat</c>: a device says that it is there and how it is, and is told what it is set to, its lease, and whether its register is out of date.</summary>
internal sealed class HeartbeatEndpoint(DeviceDesk desk, RegisterChanges changes, IWriteQueue writes, TimeProvider time)
{
    // A device's reports go by turns, until what they have to leave on disk is there: a later one is not answered out of a book that is ahead of the disk, and writes do not overtake each other.
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    public async Task InvokeAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync();
        var device = context.Caller().Device ?? throw new ProblemException(403, ProblemCodes.Forbidden, "Heartbeats are of devices: a device's token is needed.");
        Instant now = time.GetUtcNow();
        var beat = await Heartbeat.ReadAsync(context, device, mailbox.Figures.Seq, now);
        var settings = mailbox.Settings;
        var mode = DeviceSettings.ModeOf(device, settings, beat.Gate);
        var lease = await LeaseAsync(mailbox, new LeaseReport(device.DeviceId.Value, beat.Gate, device.ValidateOnly ? DegradedMode.Closed : mode, beat.LeaseNumber, beat.Waiting) { IsLeaving = beat.IsLeaving }, context.RequestAborted);
        await desk.TakeAsync(device.DeviceId.Value, beat, context.RequestAborted);
        var figures = mailbox.Figures;
        context.Response.Headers.CacheControl = "no-store";
        await context.AnswerAsync(new
        {
            protocol = DeviceRegister.Protocol, server_time = Zone.Utc.Format(now), clock_offset_ms = beat.ClockOffset is { } offset ? (long?)offset.TotalMilliseconds : null,
            device = DeviceSettings.Of(device, settings, beat.Gate),
            heartbeat_seconds = (int)mailbox.LeaseTerms.HeartbeatInterval.TotalSeconds, offline_after_seconds = (int)DeviceLimits.OfflineAfter.TotalSeconds,
            lease = lease.Number == 0 ? null : new { number = lease.Number, places = lease.Places, expires_in = Math.Max(0, (long)(lease.ExpiresAt - now).TotalSeconds) },
            register = new { version = changes.VersionOf(settings.EventId), seq = figures.Seq },
            @event = settings.Slug, occupancy = figures.Occupancy, capacity = figures.Capacity, archived = settings.IsArchived,
        });
    }

    private async Task<Lease> LeaseAsync(EventMailbox mailbox, LeaseReport report, CancellationToken cancellation)
    {
        var turn = _turns[(uint)report.DeviceId.GetHashCode(StringComparison.Ordinal) % (uint)_turns.Length];
        await turn.WaitAsync(cancellation);
        try
        {
            var (lease, toKeep) = await mailbox.ReportAsync(report);

            // A lease that is out and that nobody would know of after a crash would be places given away twice.
            if (toKeep is not null) await KeepAsync(mailbox, toKeep);
            return lease;
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task KeepAsync(EventMailbox mailbox, KeptLease kept)
    {
        try
        {
            await WriteAsync(mailbox.Settings.EventId, kept);
        }
        catch
        {
            await mailbox.LeaseNotKeptAsync(kept.DeviceId);
            throw;
        }
    }

    // Once it is in the book it is seen through, whether or not the device still waits.
    private Task<int> WriteAsync(long eventId, KeptLease kept) => writes.WriteAsync(async (db, ct) =>
    {
        if (kept.Lease.Number == 0) return await db.Leases.Where(row => row.DeviceId == kept.DeviceId).ExecuteDeleteAsync(ct);
        var row = await db.Leases.SingleOrDefaultAsync(row => row.DeviceId == kept.DeviceId, ct);
        if (row is null) db.Leases.Add(row = new LeaseRow { DeviceId = kept.DeviceId });
        (row.EventId, row.Gate, row.Number, row.Places, row.ExpiresAt, row.Seq) = (eventId, kept.Gate, kept.Lease.Number, kept.Lease.Places, kept.Lease.ExpiresAt, kept.Seq);
        return await db.SaveChangesAsync(ct);
    }, CancellationToken.None);
}
