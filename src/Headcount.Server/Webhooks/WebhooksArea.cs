namespace Headcount.Server.Webhooks;

/// <summary>The area's services and endpoints.</summary>
internal static class WebhooksArea
{
    public static void Add(WebApplicationBuilder builder, ServerOptions options)
    {
    }

    public static void Map(WebApplication app, ServerOptions options)
    {
    }
}
