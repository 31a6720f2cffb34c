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
        app.MapOpenApi("/openapi/{documentName}.json");
        app.MapScalarApiReference("/docs", page => page
            .WithTitle("Headcount: the API")
            .DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp().HideDeveloperTools().HideClientButton()
            .AddPreferredSecuritySchemes([EndpointDocument.Bearer]));
    }
}
