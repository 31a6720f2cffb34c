using System.Security.Cryptography;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Headcount.Server.Documents;

/// <summary>The area's services and endpoints: <c>/openapi/v1.json</c>, and <c>/docs</c> over it. Everything comes from this server, nothing from the internet.</summary>
internal static class DocumentsArea
{
    public static void Add(WebApplicationBuilder builder, ServerOptions options) => builder.Services.AddOpenApi("v1", document =>
    {
        document.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        document.AddDocumentTransformer<EndpointDocument>();
    });

    public static void Map(WebApplication app, ServerOptions options)
    {
        app.MapOpenApi("/openapi/v1.json");
        app.MapScalarApiReference("/docs", (page, context) => page
            .WithTitle("Headcount: the API")
            .WithNonce(AllowOwnScript(context))
            .DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp().HideDeveloperTools().HideClientButton()
            .AddPreferredSecuritySchemes([EndpointDocument.Bearer]));
    }

    // The page starts its script by a line of its own, which only this answer's nonce lets run; its styles it writes itself.
    private static string AllowOwnScript(HttpContext context)
    {
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        context.Response.Headers.ContentSecurityPolicy =
            $"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
        return nonce;
    }
}
