using System.Collections.Concurrent;
using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Engine;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Devices;

/// <summary>What devices last said of themselves, and since when they are not heard of: each silence is written down as an offline period, which ends when the device has handed everything in.</summary>
/// <remarks>Any thread.</remarks>
internal sealed partial class DeviceDesk(IDbReader reader, IWriteQueue writes, TimeProvider time, ILogger<DeviceDesk> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CutOffAfter = new LeaseTerms().CutOffAfter;

    private readonly ConcurrentDictionary<string, Heartbeat> _last = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _open = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _writing = new(1);

    /// <summary>What a device last said; null = nothing since the server started.</summary>
    public Heartbeat? Of(string deviceId) => _last.GetValueOrDefault(deviceId);

    /// <summary>Whether a device is cut off, or has scans to hand in.</summary>
    public bool IsOffline(string deviceId) => _open.ContainsKey(deviceId);

    /// <summary>Reads which periods have not ended.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        await using var db = reader.Open();
        foreach (var period in await db.OfflinePeriods.AsNoTracking().Where(period => period.EndedAt == null).ToListAsync(cancellation)) _open[period.DeviceId] = period.OfflinePeriodId;
    }

    /// <summary>A device says how it is.</summary>
    public async Task TakeAsync(string deviceId, Heartbeat beat, CancellationToken cancellation)
    {
        var before = _last.GetValueOrDefault(deviceId);
        if (before is not null || _last.Count < DeviceLimits.MostDevices) _last[deviceId] = beat;
        var isOpen = _open.ContainsKey(deviceId);
        if (beat.Waiting > 0 && !isOpen) await OpenAsync(deviceId, before ?? beat, beat.OfflineSince ?? before?.At ?? beat.At, cancellation);
        if (beat.Waiting == 0 && isOpen) await CloseAsync(deviceId, beat, cancellation);
        if (beat.IsLeaving) _last.TryRemove(deviceId, out _);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await LookAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The server is stopping.
        }
    }

    /// <summary>Looks for devices that have fallen silent.</summary>
    public async Task LookAsync(CancellationToken cancellation)
    {
        Instant now = time.GetUtcNow();
        foreach (var (device, beat) in _last)
        {
            if (now - beat.At < CutOffAfter || _open.ContainsKey(device)) continue;
            try
            {
                await OpenAsync(device, beat, beat.At, cancellation);
            }
            catch (Exception problem) when (problem is not OperationCanceledException)
            {
                Log.NotWritten(logger, device, problem);
                return;
            }
        }
    }

    private async Task OpenAsync(string deviceId, Heartbeat beat, Instant since, CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            if (_open.ContainsKey(deviceId)) return;
            _open[deviceId] = await writes.WriteAsync(async (db, ct) =>
            {
                if (!await db.Devices.AnyAsync(device => device.DeviceId == deviceId, ct)) return 0L;
                var period = new OfflinePeriod { DeviceId = deviceId, EventId = beat.EventId, BeganAt = since, FirstSeq = beat.Seq };
                db.OfflinePeriods.Add(period);
                await db.SaveChangesAsync(ct);
                return period.OfflinePeriodId;
            }, cancellation);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task CloseAsync(string deviceId, Heartbeat beat, CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            if (!_open.TryGetValue(deviceId, out var id)) return;
            await writes.WriteAsync((db, ct) => db.OfflinePeriods.Where(period => period.OfflinePeriodId == id)
                .ExecuteUpdateAsync(set => set.SetProperty(period => period.EndedAt, beat.At).SetProperty(period => period.LastSeq, beat.Seq), ct), cancellation);
            _open.TryRemove(deviceId, out _);
        }
        finally
        {
            _writing.Release();
        }
    }

    public override void Dispose()
    {
        _writing.Dispose();
        base.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(700, LogLevel.Warning, "Device {Device} fell silent, and that could not be written down; it is tried again")]
        public static partial void NotWritten(ILogger logger, string device, Exception problem);
    }
}
