using Headcount.Core;
using Headcount.Data.Model;

namespace Headcount.Server.Webhooks;

/// <summary>What waits for one webhook, in order, and how its last attempts went. Any thread.</summary>
/// <remarks>Order is by the record that a delivery begins with or is about; of the same record, what tells of the log comes first, so that an alert follows the scan that raised it.</remarks>
internal sealed class WebhookLine
{
    private static readonly Comparer<WaitingDelivery> InOrder = Comparer<WaitingDelivery>.Create((one, other) =>
        (one.Seq, !one.IsOfLog, one.DeliveryId).CompareTo((other.Seq, !other.IsOfLog, other.DeliveryId)));

    private readonly Lock _lock = new();
    private readonly SortedSet<WaitingDelivery> _waiting = new(InOrder);
    private long _cursor;
    private LineStanding _standing;
    private bool _isSending;

    public WebhookLine(Webhook webhook, string slug, Zone zone, string? secret)
    {
        (WebhookId, EventId, Slug, Zone, Secret, Topics, _cursor, WrittenCursor) = (webhook.WebhookId, webhook.EventId, slug, zone, secret, webhook.Topics.ToHashSet(StringComparer.Ordinal), webhook.CursorSeq, webhook.CursorSeq);
        Address = new Uri(webhook.Url);
        FollowsLog = Topics.Any(WebhookTopics.IsOfLog);
    }

    public long WebhookId { get; }

    public long EventId { get; }

    public string Slug { get; }

    public Zone Zone { get; }

    public Uri Address { get; }

    public string? Secret { get; }

    public IReadOnlySet<string> Topics { get; }

    /// <summary>Whether it takes a topic of the log.</summary>
    public bool FollowsLog { get; }

    /// <summary>Ends what is under way for it.</summary>
    public CancellationTokenSource Ended { get; } = new();

    /// <summary>Its sending, while that runs.</summary>
    public Task Sending { get; set; } = Task.CompletedTask;

    /// <summary>The last record that was put into deliveries, or was of no interest.</summary>
    public long Cursor
    {
        get
        {
            lock (_lock) return _cursor;
        }
    }

    /// <summary>The cursor as the table has it.</summary>
    public long WrittenCursor { get; set; }

    /// <summary>How its last attempts went.</summary>
    public LineStanding Standing
    {
        get
        {
            lock (_lock) return _standing;
        }
    }

    public int Waiting
    {
        get
        {
            lock (_lock) return _waiting.Count;
        }
    }

    /// <summary>How many of them may be sent now; counted up to a number.</summary>
    public int Ready(int most)
    {
        lock (_lock) return _waiting.TakeWhile(delivery => delivery.Seq <= _cursor).Take(most).Count();
    }

    public void Add(WaitingDelivery delivery)
    {
        lock (_lock) _waiting.Add(delivery);
    }

    public void MoveCursor(long seq)
    {
        lock (_lock) _cursor = Math.Max(_cursor, seq);
    }

    /// <summary>What is to be sent next; null = nothing yet: what waits may have to wait for records that come before it.</summary>
    public WaitingDelivery? Next()
    {
        lock (_lock) return _waiting.Min is { } first && (!FollowsLog || first.Seq <= _cursor) ? first : null;
    }

    /// <summary>Whether sending is to be begun: there is something, and nobody sends.</summary>
    public bool TryBegin()
    {
        lock (_lock)
        {
            if (_isSending || Next() is null) return false;
            return _isSending = true;
        }
    }

    /// <summary>Whether sending may end: there is nothing more.</summary>
    public bool TryEnd()
    {
        lock (_lock)
        {
            if (Next() is not null && !Ended.IsCancellationRequested) return false;
            _isSending = false;
            return true;
        }
    }

    public void Taken(WaitingDelivery delivery)
    {
        lock (_lock)
        {
            _waiting.Remove(delivery);
            _standing = default;
        }
    }

    /// <summary>It was not taken, and stays first in line.</summary>
    public void Failed(WaitingDelivery delivery, Instant at, string error, Instant nextAt)
    {
        lock (_lock)
        {
            _standing = new LineStanding(_standing.Failures + 1, _standing.Since ?? at, error, nextAt);
            if (_waiting.Remove(delivery)) _waiting.Add(delivery with { Attempts = delivery.Attempts + 1 });
        }
    }

    /// <summary>Takes out what has been tried for so long.</summary>
    public IReadOnlyList<WaitingDelivery> TakeOlderThan(Instant instant)
    {
        lock (_lock)
        {
            var old = _waiting.Where(delivery => delivery.CreatedAt <= instant).ToList();
            foreach (var delivery in old) _waiting.Remove(delivery);
            return old;
        }
    }

    /// <summary>As it was when the server stopped.</summary>
    public void Restore(LineStanding standing)
    {
        lock (_lock) _standing = standing;
    }
}

/// <summary>How a webhook's last attempts went.</summary>
/// <param name="Failures">How many in a row have failed.</param>
/// <param name="Since">When the first of these was.</param>
/// <param name="Error">What went wrong last.</param>
/// <param name="NextAt">When the next one may be made.</param>
internal readonly record struct LineStanding(int Failures, Instant? Since, string? Error, Instant? NextAt);
