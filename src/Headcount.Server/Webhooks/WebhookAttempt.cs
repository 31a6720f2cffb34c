using System.Security.Cryptography;
using Headcount.Core;
using Headcount.Data;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Webhooks;

/// <summary>How an attempt went, to be written down.</summary>
internal sealed record WebhookAttempt(long DeliveryId, int Attempts, int? Status, string? Error, Instant? NextAt, Instant? DeliveredAt, Instant? FailedAt)
{
    public Task<int> WriteAsync(HeadcountDb db, CancellationToken cancellation) => db.WebhookDeliveries.Where(row => row.DeliveryId == DeliveryId).ExecuteUpdateAsync(
        set => set
            .SetProperty(row => row.Attempts, Attempts)
            .SetProperty(row => row.LastStatus, Status)
            .SetProperty(row => row.LastError, Error)
            .SetProperty(row => row.NextAttemptAt, NextAt)
            .SetProperty(row => row.DeliveredAt, DeliveredAt)
            .SetProperty(row => row.FailedAt, FailedAt),
        cancellation);
}

/// <summary>How long to wait before the next attempt.</summary>
internal static class WebhookBackoff
{
    /// <summary>Doubles with each failure in a row, up to the longest wait, and a fifth either way by chance, so that receivers that come back are not met by all at once.</summary>
    /// <param name="limits">The first and the longest wait.</param>
    /// <param name="failures">How many attempts in a row have failed; 1 or more.</param>
    /// <param name="chance">From 0 to 1.</param>
    /// <param name="asked">How long the receiver asked to wait.</param>
    public static TimeSpan After(WebhookLimits limits, int failures, double chance, TimeSpan? asked = null)
    {
        var doubled = limits.FirstWait * Math.Pow(2, Math.Min(failures - 1, 30));
        var wait = (doubled < limits.LongestWait ? doubled : limits.LongestWait) * (0.8 + 0.4 * chance);
        var wanted = asked is { } time && time > wait ? time : wait;
        return wanted < limits.LongestWait * 1.2 ? wanted : limits.LongestWait * 1.2;
    }

    public static double Chance() => RandomNumberGenerator.GetInt32(1_000_001) / 1_000_000.0;
}
