using Headcount.Server.Access;
using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;

namespace Headcount.Server.Dashboard;

/// <summary>The page that a control room looks at: <c>/</c>. Its files are in <c>wwwroot</c>, beside the program; its figures come from the API like everybody's.</summary>
internal static class DashboardArea
{
    public static void Add(WebApplicationBuilder builder, ServerOptions options)
    {
    }

    public static void Map(WebApplication app, ServerOptions options)
    {
        var files = new PhysicalFileProvider(Path.Combine(AppContext.BaseDirectory, "wwwroot"));
        app.Lifetime.ApplicationStopped.Register(files.Dispose);

        // The files say nothing of anybody's event. A browser asks each time whether it has the newest, and is mostly told yes: page and program are never of two versions.
        app.UseStaticFiles(new StaticFileOptions { FileProvider = files, OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = "no-cache" });
        app.MapGet("/", context => SendPageAsync(context, files.GetFileInfo("dashboard/index.html"))).Require(Right.ReadCounts).ExcludeFromDescription().WithMetadata(SecurityHeaders.FramedPolicy);
    }

    private static async Task SendPageAsync(HttpContext context, IFileInfo page)
    {
        var tag = new EntityTagHeaderValue($"\"{page.LastModified.UtcTicks ^ page.Length:x}\"");
        var headers = context.Response.GetTypedHeaders();
        headers.ETag = tag;
        context.Response.Headers.CacheControl = "no-cache";
        if (context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false)))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.ContentLength = page.Length;
        await context.Response.SendFileAsync(page, context.RequestAborted);
    }
}
