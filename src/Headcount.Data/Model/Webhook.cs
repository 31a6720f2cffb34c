using Headcount.Core;

namespace Headcount.Data.Model;

/// <summary>An address that is told what happens at an event. Table <c>webhooks</c>.</summary>
public sealed class Webhook
{
    public long WebhookId { get; set; }

    public long EventId { get; set; }

    public required string Url { get; set; }

    /// <summary>The secret that signs what is sent, protected by the server's keys.</summary>
    public required string Secret { get; set; }

    public string[] Topics { get; set; } = [];

    /// <summary>The last record of the log that was handed over to deliveries.</summary>
    public long CursorSeq { get; set; }

    public Instant CreatedAt { get; set; }

    public Instant? DisabledAt { get; set; }
}

/// <summary>One message for one webhook, until it was taken or given up. Table <c>webhook_deliveries</c>.</summary>
public sealed class WebhookDelivery
{
    public long DeliveryId { get; set; }

    public long WebhookId { get; set; }

    public required string Topic { get; set; }

    public required string Body { get; set; }

    public Instant CreatedAt { get; set; }

    public int Attempts { get; set; }

    public Instant? NextAttemptAt { get; set; }

    public Instant? DeliveredAt { get; set; }

    /// <summary>When it was given up.</summary>
    public Instant? FailedAt { get; set; }

    public int? LastStatus { get; set; }

    public string? LastError { get; set; }
}
