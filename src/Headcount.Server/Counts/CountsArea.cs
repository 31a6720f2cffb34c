namespace Headcount.Server.Counts;

/// <summary>The area's services and endpoints.</summary>
internal static class CountsArea
{
    public static void Add(WebApplicationBuilder builder, ServerOptions options)
    {
    }

    public static void Map(WebApplication app, ServerOptions options)
    {
    }
}
