using System.Globalization;
using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Manage;
using Headcount.Server.Problems;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Webhooks;

/// <summary>The webhooks of an event: made, seen, changed and taken away.</summary>
internal sealed class WebhookEndpoints(IWriteQueue writes, IDbReader reader, WebhookDesk desk, WebhookLedger ledger, WebhookLines lines, WebhookSecrets secrets, WebhookReach reach, WebhookLimits limits, TimeProvider time)
{
    private static readonly HashSet<string> New = ["url", "topics"];
    private static readonly HashSet<string> Changed = ["url", "topics", "enabled", "rotate_secret"];

    private Instant Now => Instant.FromDateTimeOffset(time.GetUtcNow());

    public async Task CreateAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync(context.Slug());
        var fields = new Fields(await Fields.ReadBodyAsync(context), New);
        var (url, topics) = (Address(fields, isRequired: true), Topics(fields, isRequired: true));
        fields.ThrowIfWrong("The webhook");
        var secret = WebhookSecrets.New();
        var webhook = new Webhook { EventId = mailbox.Settings.EventId, Url = url!, Topics = topics!, Secret = secrets.Protect(secret), CursorSeq = mailbox.Figures.Seq, CreatedAt = Now };
        await writes.WriteAsync(async (db, ct) =>
        {
            if (await db.Webhooks.CountAsync(row => row.EventId == webhook.EventId, ct) >= limits.MostPerEvent)
                throw new ProblemException(StatusCodes.Status409Conflict, ProblemCodes.Conflict, $"Event '{mailbox.Settings.Slug}' has {limits.MostPerEvent} webhooks, and no event may have more. Take one away first.");
            var row = new Webhook { EventId = webhook.EventId, Url = webhook.Url, Topics = webhook.Topics, Secret = webhook.Secret, CursorSeq = webhook.CursorSeq, CreatedAt = webhook.CreatedAt };
            db.Webhooks.Add(row);
            await db.SaveChangesAsync(ct);
            return webhook.WebhookId = row.WebhookId;
        }, context.RequestAborted);
        await desk.ChangedAsync(webhook.WebhookId, context.RequestAborted);
        await AnswerAsync(context, mailbox.Settings, webhook, secret, StatusCodes.Status201Created);
    }

    public async Task ListAsync(HttpContext context)
    {
        var settings = (await context.EventAsync(context.Slug())).Settings;
        await using var db = reader.Open();
        var rows = await db.Webhooks.AsNoTracking().Where(row => row.EventId == settings.EventId).OrderBy(row => row.WebhookId).ToListAsync(context.RequestAborted);
        await context.AnswerAsync(new { webhooks = rows.Select(row => AnswerOf(row, settings.Zone)) });
    }

    public async Task GetAsync(HttpContext context)
    {
        var settings = (await context.EventAsync(context.Slug())).Settings;
        await AnswerAsync(context, settings, await FindAsync(context, settings), null, StatusCodes.Status200OK);
    }

    public async Task ChangeAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync(context.Slug());
        var known = await FindAsync(context, mailbox.Settings);
        var fields = new Fields(await Fields.ReadBodyAsync(context), Changed);
        var (url, topics, enabled, rotate) = (Address(fields, isRequired: false), Topics(fields, isRequired: false), fields.Flag("enabled"), fields.Flag("rotate_secret"));
        fields.ThrowIfWrong("The webhook");
        var secret = rotate == true ? WebhookSecrets.New() : null;
        var kept = secret is null ? null : secrets.Protect(secret);
        var (now, last) = (Now, mailbox.Figures.Seq);
        var changed = await writes.WriteAsync(async (db, ct) =>
        {
            var row = await db.Webhooks.SingleOrDefaultAsync(row => row.WebhookId == known.WebhookId, ct);
            if (row is null) return null;
            var followed = row.DisabledAt is null && row.Topics.Any(WebhookTopics.IsOfLog);
            (row.Url, row.Topics, row.Secret) = (url ?? row.Url, topics ?? row.Topics, kept ?? row.Secret);
            if (enabled is { } isEnabled) row.DisabledAt = isEnabled ? null : row.DisabledAt ?? now;

            // What was not followed so far begins now.
            if (!followed) row.CursorSeq = Math.Max(row.CursorSeq, last);
            await db.SaveChangesAsync(ct);
            return row;
        }, context.RequestAborted) ?? throw NotFound(context, mailbox.Settings);
        await desk.ChangedAsync(known.WebhookId, context.RequestAborted);
        await AnswerAsync(context, mailbox.Settings, changed, secret, StatusCodes.Status200OK);
    }

    public async Task DeleteAsync(HttpContext context)
    {
        var settings = (await context.EventAsync(context.Slug())).Settings;
        var webhook = await FindAsync(context, settings);
        await writes.WriteAsync(async (db, ct) =>
        {
            var deleted = await db.Webhooks.Where(row => row.WebhookId == webhook.WebhookId).ExecuteDeleteAsync(ct);
            if (deleted > 0) await db.NoteAsync("deleted", "webhook", webhook.WebhookId.ToString(System.Globalization.CultureInfo.InvariantCulture), webhook.EventId, null, null, ct);
            return deleted;
        }, context.RequestAborted);
        await desk.ChangedAsync(webhook.WebhookId, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>The webhook that the path names.</summary>
    public async Task<Webhook> FindAsync(HttpContext context, EventSettings settings)
    {
        if (!context.TryNumber("webhook_id", out var id)) throw NotFound(context, settings);
        await using var db = reader.Open();
        return await db.Webhooks.AsNoTracking().SingleOrDefaultAsync(row => row.WebhookId == id && row.EventId == settings.EventId, context.RequestAborted) ?? throw NotFound(context, settings);
    }

    private static ProblemException NotFound(HttpContext context, EventSettings settings) => new(
        StatusCodes.Status404NotFound, ProblemCodes.NotFound, $"Event '{settings.Slug}' has no webhook '{Names.Excerpt(context.GetRouteValue("webhook_id") as string ?? "")}'.");

    private string? Address(Fields fields, bool isRequired)
    {
        if (fields.Text("url", limits.MostAddress, isRequired) is not { } text) return null;
        if (WebhookAddress.Check(text, reach.AllowsPrivate, out _) is { } wrong) fields.Wrong("url", wrong);
        return text;
    }

    private static string[]? Topics(Fields fields, bool isRequired)
    {
        var topics = fields.Texts("topics", WebhookTopics.All.Count, 64);
        if (topics is null)
        {
            if (isRequired) fields.Wrong("topics", "is needed");
            return null;
        }

        if (topics.Count == 0) fields.Wrong("topics", $"is empty; there are {string.Join(", ", WebhookTopics.All)}");
        if (topics.FirstOrDefault(topic => !WebhookTopics.All.Contains(topic)) is { } unknown) fields.Wrong("topics", $"'{Names.Excerpt(unknown)}' is none of {string.Join(", ", WebhookTopics.All)}");
        return [.. WebhookTopics.All.Where(topics.Contains)];
    }

    private Task AnswerAsync(HttpContext context, EventSettings settings, Webhook webhook, string? secret, int status)
    {
        if (secret is not null) context.Response.Headers.CacheControl = "no-store";
        return context.AnswerAsync(AnswerOf(webhook, settings.Zone) with { Secret = secret }, status);
    }

    private WebhookAnswer AnswerOf(Webhook webhook, Zone zone)
    {
        var line = lines.Find(webhook.WebhookId);
        var standing = line?.Standing ?? default;
        return new WebhookAnswer(
            webhook.WebhookId, webhook.Url, webhook.Topics, webhook.DisabledAt is null, zone.Format(webhook.CreatedAt), Time(webhook.DisabledAt), line?.Waiting ?? 0,
            line is { FollowsLog: true } && ledger.LastSeq(line.EventId) is { } last ? Math.Max(0, last - line.Cursor) : 0, standing.Failures, Time(standing.Since), standing.Error, Time(standing.NextAt));

        string? Time(Instant? instant) => instant is { } at ? zone.Format(at) : null;
    }
}

/// <summary>A webhook as it is answered; its secret only where it was just made.</summary>
/// <param name="WebhookId">Its number.</param>
/// <param name="Url">Where it goes.</param>
/// <param name="Topics">What it is told of.</param>
/// <param name="Enabled">Whether it is told.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="DisabledAt">Since when it is switched off.</param>
/// <param name="Waiting">Deliveries that wait.</param>
/// <param name="Behind">Records of the log that were not looked at for it yet.</param>
/// <param name="Failures">Attempts in a row that failed.</param>
/// <param name="FailingSince">When the first of these was.</param>
/// <param name="LastError">What went wrong last.</param>
/// <param name="NextAttemptAt">When the next attempt is made.</param>
internal sealed record WebhookAnswer(
    long WebhookId, string Url, IReadOnlyList<string> Topics, bool Enabled, string CreatedAt, string? DisabledAt, int Waiting, long Behind, int Failures, string? FailingSince, string? LastError, string? NextAttemptAt)
{
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public string? Secret { get; init; }
}

internal static class PathNumbers
{
    /// <summary>A number in the path.</summary>
    public static bool TryNumber(this HttpContext context, string name, out long number)
    {
        number = 0;
        return context.GetRouteValue(name) is string text && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
