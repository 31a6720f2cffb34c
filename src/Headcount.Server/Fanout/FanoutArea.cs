namespace Headcount.Server.Fanout;

/// <summary>The area's services and endpoints.</summary>
internal static class FanoutArea
{
    public static void Add(WebApplicationBuilder builder, ServerOptions options)
    {
    }

    public static void Map(WebApplication app, ServerOptions options)
    {
    }
}
