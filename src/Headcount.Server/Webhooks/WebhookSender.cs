using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using Headcount.Core;
using Headcount.Data;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Webhooks;

/// <summary>Sends what waits in lines: one request at a time for each, and those that fail apart from those that do not.</summary>
internal sealed partial class WebhookSender : IDisposable
{
    private readonly IDbReader _reader;
    private readonly WebhookClient _client;
    private readonly WebhookLimits _limits;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _first;
    private readonly SemaphoreSlim _again;
    private readonly ConcurrentQueue<WebhookAttempt> _attempts = new();
    private readonly Counter<long> _requests;

    public WebhookSender(IDbReader reader, WebhookClient client, WebhookLimits limits, TimeProvider time, IMeterFactory meters, ILogger<WebhookSender> logger)
    {
        (_reader, _client, _limits, _time, _logger) = (reader, client, limits, time, logger);
        (_first, _again) = (new SemaphoreSlim(limits.MostRequests), new SemaphoreSlim(limits.MostRepeatedRequests));
        _requests = meters.Create("Headcount.Webhooks").CreateCounter<long>("headcount.webhooks.requests", "{request}", "Requests to webhooks, by whether they were taken.");
    }

    /// <summary>Is called when an attempt was made.</summary>
    public Action? Attempted { get; set; }

    private Instant Now => Instant.FromDateTimeOffset(_time.GetUtcNow());

    /// <summary>The attempts that were made since this was last asked, in order.</summary>
    public void TakeAttempts(List<WebhookAttempt> into)
    {
        while (_attempts.TryDequeue(out var attempt)) into.Add(attempt);
    }

    /// <summary>Begins to send what waits in a line, unless that is under way.</summary>
    public void Begin(WebhookLine line)
    {
        if (line.TryBegin()) line.Sending = Task.Run(() => SendAllAsync(line, line.Ended.Token), CancellationToken.None);
    }

    /// <summary>One request, at once and out of turn.</summary>
    public async Task<WebhookOutcome> TryAsync(WebhookLine line, string topic, long deliveryId, string body, CancellationToken cancellation)
    {
        await _again.WaitAsync(cancellation);
        try
        {
            return await RequestAsync(line, topic, deliveryId, 1, body, cancellation);
        }
        finally
        {
            _again.Release();
        }
    }

    public void Dispose()
    {
        _first.Dispose();
        _again.Dispose();
    }

    private async Task SendAllAsync(WebhookLine line, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                if (line.Next() is not { } delivery)
                {
                    if (line.TryEnd()) return;
                    continue;
                }

                if (line.Standing.NextAt is { } nextAt && nextAt - Now is var wait && wait > TimeSpan.Zero) await Task.Delay(wait, _time, cancellation);
                var turn = line.Standing.Failures == 0 ? _first : _again;
                await turn.WaitAsync(cancellation);
                try
                {
                    await SendAsync(line, delivery, cancellation);
                }
                finally
                {
                    turn.Release();
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            line.TryEnd();
        }
    }

    private async Task SendAsync(WebhookLine line, WaitingDelivery delivery, CancellationToken cancellation)
    {
        WebhookOutcome outcome;
        try
        {
            if (await BodyAsync(delivery, cancellation) is not { } body)
            {
                // Deleted in the meantime.
                line.Taken(delivery);
                return;
            }

            outcome = await RequestAsync(line, delivery.Topic, delivery.DeliveryId, delivery.Attempts + 1, body, cancellation);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            Unsent(_logger, line.Slug, line.WebhookId, problem);
            outcome = new WebhookOutcome(null, "could not be sent: the server's log says why");
        }

        if (outcome.IsTaken)
            Taken(line, delivery, outcome);
        else
            Failed(line, delivery, outcome);
        Attempted?.Invoke();
    }

    private void Taken(WebhookLine line, WaitingDelivery delivery, WebhookOutcome outcome)
    {
        if (line.Standing.Failures > 0) TakenAgain(_logger, line.Slug, line.WebhookId, line.Standing.Failures);
        _attempts.Enqueue(new WebhookAttempt(delivery.DeliveryId, delivery.Attempts + 1, outcome.Status, null, null, Now, null));
        line.Taken(delivery);
    }

    private void Failed(WebhookLine line, WaitingDelivery delivery, WebhookOutcome outcome)
    {
        var now = Now;
        var nextAt = now + WebhookBackoff.After(_limits, line.Standing.Failures + 1, WebhookBackoff.Chance(), outcome.RetryAfter);
        if (line.Standing.Failures == 0) FailedFirst(_logger, line.Slug, line.WebhookId, outcome.Error!);
        line.Failed(delivery, now, outcome.Error!, nextAt);
        _attempts.Enqueue(new WebhookAttempt(delivery.DeliveryId, delivery.Attempts + 1, outcome.Status, outcome.Error, nextAt, null, null));

        // What has been tried for a day is given up; the next in line is tried when it would have been.
        var old = line.TakeOlderThan(now + -_limits.GiveUpAfter);
        foreach (var given in old)
        {
            var isThis = given.DeliveryId == delivery.DeliveryId;
            _attempts.Enqueue(new WebhookAttempt(given.DeliveryId, given.Attempts, isThis ? outcome.Status : null, isThis ? outcome.Error : $"given up behind another that was not taken: {outcome.Error}", null, null, now));
        }

        if (old.Count > 0) GivenUp(_logger, line.Slug, line.WebhookId, old.Count, outcome.Error!);
    }

    private async Task<string?> BodyAsync(WaitingDelivery delivery, CancellationToken cancellation)
    {
        await using var db = _reader.Open();
        return await db.WebhookDeliveries.AsNoTracking().Where(row => row.DeliveryId == delivery.DeliveryId).Select(row => row.Body).SingleOrDefaultAsync(cancellation);
    }

    private async Task<WebhookOutcome> RequestAsync(WebhookLine line, string topic, long deliveryId, int attempt, string body, CancellationToken cancellation)
    {
        if (line.Secret is not { } secret) return new WebhookOutcome(null, "not sent: the server's keys no longer open this webhook's secret; give it a new one");
        var outcome = await _client.SendAsync(new WebhookRequest(line.Address, secret, line.Slug, topic, deliveryId, attempt, Encoding.UTF8.GetBytes(body)), cancellation);
        _requests.Add(1, new KeyValuePair<string, object?>("outcome", outcome.IsTaken ? "taken" : "failed"));
        return outcome;
    }

    [LoggerMessage(720, LogLevel.Warning, "Event {Event}: webhook {Webhook} does not take what it is sent ({Error}); it is tried again for a day")]
    private static partial void FailedFirst(ILogger logger, string @event, long webhook, string error);

    [LoggerMessage(721, LogLevel.Information, "Event {Event}: webhook {Webhook} takes what it is sent again, after {Failures} attempts that failed")]
    private static partial void TakenAgain(ILogger logger, string @event, long webhook, int failures);

    [LoggerMessage(722, LogLevel.Error, "Event {Event}: webhook {Webhook}: {Count} deliveries were given up ({Error})")]
    private static partial void GivenUp(ILogger logger, string @event, long webhook, int count, string error);

    [LoggerMessage(723, LogLevel.Error, "Event {Event}: webhook {Webhook}: a delivery could not be sent")]
    private static partial void Unsent(ILogger logger, string @event, long webhook, Exception problem);
}
