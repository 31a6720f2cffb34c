using Headcount.Server.Access;
using Headcount.Server.Gate;
using Headcount.Server.Manage;
using Headcount.Server.Tickets.Import;

namespace Headcount.Server.Tickets;

/// <summary>Tickets and the people whose they are, as the office works with them: lists, changes of many, lists that are taken in and given out, what the law gives people. Its pages are in <c>Office/Pages</c>.</summary>
internal static class TicketsArea
{
    public static void Add(WebApplicationBuilder builder, ServerOptions options)
    {
        if (!options.IsOffice) return;
        var services = builder.Services;
        services.AddSingleton<TicketList>();
        services.AddSingleton<TicketRecords>();
        services.AddSingleton<TicketService>();
        services.AddSingleton<TicketBulkRuns>();
        services.AddSingleton<TicketSelections>();
        services.AddSingleton<TicketFiles>();
        services.AddSingleton<TicketPrint>();
        services.AddSingleton<TicketImports>();
        services.AddSingleton<People>();
        services.AddSingleton<Retention>();
        services.AddHostedService(all => all.GetRequiredService<Retention>());
    }

    /// <summary>Files and papers, which a browser fetches by itself.</summary>
    public static void Map(WebApplication app, ServerOptions options)
    {
        if (!options.IsOffice) return;
        app.MapGet("/office/events/{slug}/tickets/export", app.Services.GetRequiredService<TicketFiles>().AnswerAsync).Require(Right.Organise).ExcludeFromDescription();
        app.MapGet("/office/events/{slug}/tickets/print", app.Services.GetRequiredService<TicketPrint>().AnswerAsync).Require(Right.Supervise).ExcludeFromDescription();
        app.MapGet("/office/events/{slug}/tickets/person", SendPersonAsync).Require(Right.Organise).ExcludeFromDescription();
    }

    private static async Task SendPersonAsync(HttpContext context)
    {
        var people = context.RequestServices.GetRequiredService<People>();
        var file = await people.ExportAsync(context.Caller(), context.Slug(), TicketPath.IdOf(context), context.RequestAborted);
        context.Response.ContentType = "application/zip";
        context.Response.ContentLength = file.Length;
        context.Response.Headers.ContentDisposition = "attachment; filename=\"person.zip\"";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync(file, context.RequestAborted);
    }
}
