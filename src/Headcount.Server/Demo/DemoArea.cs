namespace Headcount.Server.Demo;

/// <summary>The area's services and endpoints.</summary>
internal static class DemoArea
{
    public static void Add(WebApplicationBuilder builder, ServerOptions options)
    {
    }

    public static void Map(WebApplication app, ServerOptions options)
    {
    }
}
