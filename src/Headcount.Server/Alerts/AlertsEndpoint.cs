using System.Globalization;
using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Engine.Alerts;
using Headcount.Server.Access;
using Headcount.Server.Counts;
using Headcount.Server.Manage;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Alerts;

/// <summary><c>GET /api/alerts</c>: the alerts of an event, newest first.</summary>
internal sealed class AlertsEndpoint(IDbReader reader)
{
    /// <summary>How many are answered at a time.</summary>
    public const int PageSize = 200;

    public async Task AnswerAsync(HttpContext context)
    {
        var settings = (await context.EventAsync()).Settings;
        var query = new CountQuery(context, "active", "kind", "from", "to", "cursor");
        var (from, to, kinds, active) = (query.Time("from", settings.Zone), query.Time("to", settings.Zone), KindsOf(query), ActiveOf(query));
        var before = long.MaxValue;
        if (query.Text("cursor") is { } cursor && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out before)) query.Wrong("cursor", "is none that an answer gave");
        if (from > to) query.Wrong("to", "is before from");
        query.ThrowIfWrong();

        await using var db = reader.Open();
        var rows = db.Alerts.AsNoTracking().Where(row => row.EventId == settings.EventId && row.AlertId < before);
        if (active is { } wanted) rows = rows.Where(row => row.ClearedAt == null == wanted);
        if (kinds is not null) rows = rows.Where(row => kinds.Contains(row.Kind));
        if (from is { } first) rows = rows.Where(row => row.RaisedAt >= first);
        if (to is { } last) rows = rows.Where(row => row.RaisedAt < last);
        var found = await rows.OrderByDescending(row => row.AlertId).Take(PageSize + 1).ToListAsync(context.RequestAborted);
        var page = found.Take(PageSize).ToList();
        await context.AnswerAsync(new
        {
            @event = settings.Slug,
            alerts = page.Select(row => AlertAnswer.Of(row, settings.Zone)),
            cursor = found.Count > PageSize ? page[^1].AlertId.ToString(CultureInfo.InvariantCulture) : null,
        });
    }

    private static string[]? KindsOf(CountQuery query)
    {
        if (query.Text("kind") is not { } words) return null;
        var kinds = words.Split(',');
        foreach (var word in kinds.Where(word => !AlertKinds.TryParse(word, out _)))
            query.Wrong("kind", $"'{Names.Excerpt(word)}' is no kind of alert; there are {string.Join(", ", AlertKinds.All)}");
        return kinds;
    }

    private static bool? ActiveOf(CountQuery query)
    {
        switch (query.Text("active"))
        {
            case null: return null;
            case "1" or "true": return true;
            case "0" or "false": return false;
            default:
                query.Wrong("active", "must be 1 (those that hold) or 0 (those that are over)");
                return null;
        }
    }
}

/// <summary>An alert as it is answered.</summary>
internal sealed record AlertAnswer(long AlertId, string Kind, int? Level, string? Gate, string? DeviceId, long Seq, string RaisedAt, string? ClearedAt, string? From, string? Until, string Message)
{
    public static AlertAnswer Of(AlertRow row, Zone zone) => new(
        row.AlertId, row.Kind, row.Level, row.Gate, row.DeviceId, row.Seq, zone.Format(row.RaisedAt), Time(row.ClearedAt, zone), Time(row.From, zone), Time(row.Until, zone), row.Message);

    private static string? Time(Instant? instant, Zone zone) => instant is { } at ? zone.Format(at) : null;
}
