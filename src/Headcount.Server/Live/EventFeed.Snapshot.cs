using Headcount.Core;
using Headcount.Engine;

namespace Headcount.Server.Live;

internal sealed partial class EventFeed
{
    private static readonly TimeSpan SnapshotKept = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SnapshotRetry = TimeSpan.FromMilliseconds(500);

    // Guarded by _snapshotTurn.
    private LiveMessage? _snapshot;
    private int _snapshotVersion;
    private long _snapshotAt;
    private bool _hasEarlier;

    /// <summary>The whole picture, after everything that was sent to anybody so far. Those who ask at the same time get the same.</summary>
    public async ValueTask<LiveMessage> SnapshotAsync(CancellationToken cancellation)
    {
        await _snapshotTurn.WaitAsync(cancellation);
        try
        {
            int version;
            long pumped;
            lock (_lock) (version, pumped) = (_version, _pumped);
            if (_snapshot is { } last && last.Seq >= pumped && _snapshotVersion == version && _time.GetElapsedTime(_snapshotAt) < SnapshotKept) return last;
            await ReadEarlierAsync(cancellation);
            while (true)
            {
                try
                {
                    var mailbox = _mailbox;
                    var alerts = await _activeAlerts.ReadAsync(mailbox.Settings, cancellation);
                    var picture = await mailbox.PictureAsync().AsTask().WaitAsync(cancellation);
                    Notices notices;
                    lock (_lock) notices = _records.Notices;
                    (_snapshot, _snapshotVersion, _snapshotAt) = (LiveWriter.Snapshot(mailbox.Settings, picture, notices, alerts, mailbox.IsDurable), version, _time.GetTimestamp());
                    return _snapshot;
                }
                catch (Exception problem) when (problem is LogUnavailableException or EventBusyException)
                {
                    // Better no number than a wrong one.
                    Log.SnapshotWaits(_logger, _mailbox.Settings.Slug, problem);
                    await Task.Delay(SnapshotRetry, _time, cancellation);
                }
            }
        }
        finally
        {
            _snapshotTurn.Release();
        }
    }

    // What happened shortly before the server started is news to whoever looks after it did.
    private async ValueTask ReadEarlierAsync(CancellationToken cancellation)
    {
        if (_hasEarlier) return;
        _hasEarlier = true;
        try
        {
            var through = _openedAt;
            if (through == 0) return;
            var earlier = new List<LogEntry>();
            await foreach (var chunk in _log.ReadAsync(EventId, Math.Max(0, through - _limits.RecentRecords), through, cancellation)) earlier.AddRange(chunk);
            for (var i = 0; i < earlier.Count; i++) earlier[i] = await WithTicketAsync(earlier[i], cancellation);
            lock (_lock) _records.AddEarlier(earlier);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            Log.EarlierUnread(_logger, _mailbox.Settings.Slug, problem);
        }
    }

    // The log does not say whether the ticket of an exit was known; whether it is now is as good.
    private async ValueTask<LogEntry> WithTicketAsync(LogEntry entry, CancellationToken cancellation) =>
        entry.Record is ScanRecord { TicketType: null, Scan: { Type: ScanType.Exit } scan } && await _mailbox.FindTicketAsync(scan.TicketId).AsTask().WaitAsync(cancellation) is null
            ? entry with { IsTicketUnknown = true }
            : entry;
}
