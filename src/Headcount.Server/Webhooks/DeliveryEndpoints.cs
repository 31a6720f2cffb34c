using System.Globalization;
using System.Text.Json;
using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Counts;
using Headcount.Server.Manage;
using Headcount.Server.Problems;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Webhooks;

/// <summary>What was sent to a webhook, waits, or was given up: seen, sent again, and tried.</summary>
internal sealed class DeliveryEndpoints(WebhookEndpoints webhooks, IWriteQueue writes, IDbReader reader, DeliveryBook book, WebhookLines lines, WebhookSender sender, TimeProvider time)
{
    /// <summary>How many are answered at a time.</summary>
    public const int PageSize = 100;

    private Instant Now => Instant.FromDateTimeOffset(time.GetUtcNow());

    public async Task ListAsync(HttpContext context)
    {
        var settings = (await context.EventAsync(context.Slug())).Settings;
        var webhook = await webhooks.FindAsync(context, settings);
        var query = new CountQuery(context, "state", "cursor");
        var before = long.MaxValue;
        if (query.Text("cursor") is { } cursor && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out before)) query.Wrong("cursor", "is none that an answer gave");
        var state = query.Text("state");
        if (state is not (null or "waiting" or "delivered" or "failed")) query.Wrong("state", "must be waiting, delivered or failed");
        query.ThrowIfWrong();

        await using var db = reader.Open();
        var rows = db.WebhookDeliveries.AsNoTracking().Where(row => row.WebhookId == webhook.WebhookId && row.DeliveryId < before);
        rows = state switch
        {
            "waiting" => rows.Where(row => row.DeliveredAt == null && row.FailedAt == null),
            "delivered" => rows.Where(row => row.DeliveredAt != null),
            "failed" => rows.Where(row => row.FailedAt != null),
            _ => rows,
        };
        var found = await rows.OrderByDescending(row => row.DeliveryId).Take(PageSize + 1).ToListAsync(context.RequestAborted);
        var page = found.Take(PageSize).ToList();
        await context.AnswerAsync(new
        {
            deliveries = page.Select(row => DeliveryAnswer.Of(row, settings.Zone)),
            cursor = found.Count > PageSize ? page[^1].DeliveryId.ToString(CultureInfo.InvariantCulture) : null,
        });
    }

    public async Task GetAsync(HttpContext context)
    {
        var settings = (await context.EventAsync(context.Slug())).Settings;
        var row = await FindAsync(context, await webhooks.FindAsync(context, settings));
        using var body = JsonDocument.Parse(row.Body);
        await context.AnswerAsync(DeliveryAnswer.Of(row, settings.Zone) with { Body = body.RootElement });
    }

    public async Task RepeatAsync(HttpContext context)
    {
        var settings = (await context.EventAsync(context.Slug())).Settings;
        var webhook = await webhooks.FindAsync(context, settings);
        if (webhook.DisabledAt is not null) throw new ProblemException(StatusCodes.Status409Conflict, ProblemCodes.Conflict, "The webhook is switched off. Switch it on first: {\"enabled\":true}.");
        var first = await FindAsync(context, webhook);
        if (first is { DeliveredAt: null, FailedAt: null }) throw new ProblemException(StatusCodes.Status409Conflict, ProblemCodes.Conflict, $"Delivery {first.DeliveryId} waits to be sent already.");
        var added = await writes.WriteAsync((db, ct) => DeliveryBook.SaveAsync(db, [(book.Row(webhook.WebhookId, first.Topic, first.Body), WebhookBodies.PlaceOf(first.Body))], ct), context.RequestAborted);
        book.Announce(added);
        await context.AnswerAsync(new { delivery_id = added[0].DeliveryId, repeats = first.DeliveryId }, StatusCodes.Status202Accepted);
    }

    public async Task TestAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync(context.Slug());
        var webhook = await webhooks.FindAsync(context, mailbox.Settings);
        var body = WebhookBodies.Test(mailbox.Settings, mailbox.Figures.Seq, Now);

        // It waits for nobody, so it is over in the table from the start; how it went is written down afterwards.
        var now = Now;
        var id = await writes.WriteAsync(async (db, ct) =>
        {
            var row = new WebhookDelivery { WebhookId = webhook.WebhookId, Topic = WebhookTopics.Test, Body = body, CreatedAt = now, FailedAt = now, LastError = "not sent yet" };
            db.WebhookDeliveries.Add(row);
            await db.SaveChangesAsync(ct);
            return row.DeliveryId;
        }, context.RequestAborted);
        var began = time.GetTimestamp();
        var outcome = await sender.TryAsync(lines.Of(webhook, mailbox.Settings.Slug, mailbox.Settings.Zone), WebhookTopics.Test, id, body, context.RequestAborted);
        var took = time.GetElapsedTime(began);
        var attempt = new WebhookAttempt(id, 1, outcome.Status, outcome.Error, null, outcome.IsTaken ? Now : null, outcome.IsTaken ? null : Now);
        await writes.WriteAsync((db, ct) => attempt.WriteAsync(db, ct), context.RequestAborted);
        await context.AnswerAsync(new { delivery_id = id, delivered = outcome.IsTaken, status = outcome.Status, last_error = outcome.Error, milliseconds = Math.Round(took.TotalMilliseconds) });
    }

    private async Task<WebhookDelivery> FindAsync(HttpContext context, Webhook webhook)
    {
        await using var db = reader.Open();
        return (context.TryNumber("delivery_id", out var id)
                ? await db.WebhookDeliveries.AsNoTracking().SingleOrDefaultAsync(row => row.DeliveryId == id && row.WebhookId == webhook.WebhookId, context.RequestAborted)
                : null)
            ?? throw new ProblemException(StatusCodes.Status404NotFound, ProblemCodes.NotFound, $"Webhook {webhook.WebhookId} has no delivery '{Names.Excerpt(context.GetRouteValue("delivery_id") as string ?? "")}'.");
    }
}

/// <summary>A delivery as it is answered.</summary>
internal sealed record DeliveryAnswer(
    long DeliveryId, string State, IReadOnlyList<string> Topics, string CreatedAt, int Attempts, string? NextAttemptAt, string? DeliveredAt, string? FailedAt, int? LastStatus, string? LastError)
{
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Body { get; init; }

    public static DeliveryAnswer Of(WebhookDelivery row, Zone zone)
    {
        var state = row.DeliveredAt is not null ? "delivered" : row.FailedAt is not null ? "failed" : "waiting";
        return new DeliveryAnswer(
            row.DeliveryId, state, row.Topic.Split(','), zone.Format(row.CreatedAt), row.Attempts, state == "waiting" ? Time(row.NextAttemptAt) : null, Time(row.DeliveredAt), Time(row.FailedAt), row.LastStatus, row.LastError);

        string? Time(Instant? instant) => instant is { } at ? zone.Format(at) : null;
    }
}
