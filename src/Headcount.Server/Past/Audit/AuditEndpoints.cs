using Headcount.Core;
using Headcount.Server.Access;
using Headcount.Server.Counts;
using Headcount.Server.Manage;
using Headcount.Server.Past.Evacuation;
using Headcount.Server.Past.Export;
using Headcount.Server.Problems;

namespace Headcount.Server.Past.Audit;

/// <summary><c>/api/events/{slug}/audit</c>: who changed what, a page at a time, or all of it as a file.</summary>
internal sealed class AuditEndpoints(AuditLog audit, RollCalls calls, EventDirectory directory)
{
    private static readonly string[] Columns = ["at", "by", "via", "action", "subject", "which", "field", "from", "to"];

    public async Task GetAsync(HttpContext context)
    {
        var slug = context.Slug();
        var zone = directory.TryFind(slug, out var listed) ? calls.ZoneOf(listed.EventId) : Zone.Utc;
        var query = new CountQuery(context, "by", "subject", "action", "which", "from", "to", "cursor", "format");
        var criteria = new AuditCriteria { By = query.Text("by"), Subject = query.Text("subject"), Action = query.Text("action"), Which = query.Text("which"), From = query.Time("from", zone), Until = query.Time("to", zone) };
        var format = query.Text("format") ?? "json";
        if (format is not ("json" or "csv" or "xlsx")) query.Wrong("format", "must be json, csv or xlsx");
        var after = AuditPlace.Parse(query.Text("cursor"));
        if (after is null && query.Text("cursor") is not null) query.Wrong("cursor", "is none that an answer gave");
        query.ThrowIfWrong();
        var most = format == "json" ? AuditLog.PageSize : AuditLog.MostExported;
        var lines = await audit.OfEventAsync(context.Caller(), slug, criteria, after, most, context.RequestAborted);
        if (format == "json")
            await context.AnswerAsync(new { changes = lines.Select(line => Told(line, zone)), cursor = lines.Count == most ? lines[^1].Place.ToString() : null });
        else
            await SendFileAsync(context, lines, zone, slug, format);
    }

    private static object Told(AuditLine line, Zone zone) => new
    {
        at = zone.Format(line.At), by = line.By, via = line.Via, action = line.Action, subject = line.Subject, which = line.Which, fields = line.Changes.Select(change => new { change.Field, change.From, change.To }),
    };

    private static Task SendFileAsync(HttpContext context, IReadOnlyList<AuditLine> lines, Zone zone, string slug, string format)
    {
        // A row a field, so that a spreadsheet can sort and filter.
        var rows = lines.SelectMany(line => line.Changes.DefaultIfEmpty().Select(change => (IReadOnlyList<object?>)[zone.Format(line.At), line.By, line.Via, line.Action, line.Subject, line.Which, change?.Field, change?.From, change?.To])).ToList();
        return ExportAnswer.SendAsync(context, [new ExportTable("audit", Columns, rows)], $"{slug}-audit", format);
    }
}

/// <summary>Tables as a file that a browser keeps.</summary>
internal static class ExportAnswer
{
    public static Task SendAsync(HttpContext context, IReadOnlyList<ExportTable> tables, string name, string format) =>
        SendAsync(context, format == "csv" ? ExportFiles.Csv(tables) : ExportFiles.Xlsx(tables), format == "csv" ? ExportFiles.CsvType : ExportFiles.XlsxType, $"{name}.{format}");

    public static async Task SendAsync(HttpContext context, byte[] file, string type, string name)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = file.Length;
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        await context.Response.Body.WriteAsync(file, context.RequestAborted);
    }
}
