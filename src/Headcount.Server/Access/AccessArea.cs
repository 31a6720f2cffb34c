using Headcount.Engine;

namespace Headcount.Server.Access;

/// <summary>Who calls, and what they may.</summary>
public static class AccessArea
{
    public static void Add(WebApplicationBuilder builder, ServerOptions options)
    {
    }

    public static void Use(WebApplication app)
    {
    }

    /// <summary>Refuses callers who lack a right: 401 without a valid token or session, 403 otherwise.</summary>
    public static TBuilder Require<TBuilder>(this TBuilder endpoint, Right right) where TBuilder : IEndpointConventionBuilder => throw new NotImplementedException();

    /// <summary>Who calls; only behind <see cref="Require"/>.</summary>
    public static Caller Caller(this HttpContext context) => throw new NotImplementedException();

    /// <summary>The event a request is about: the device's, else <c>?event=SLUG</c>, else the only one that is not archived. Throws <see cref="Problems.ProblemException"/> where there is none.</summary>
    public static ValueTask<EventMailbox> EventAsync(this HttpContext context) => throw new NotImplementedException();

    /// <summary>The event of a slug in the path, where the caller may see it; throws <see cref="Problems.ProblemException"/> (404) otherwise.</summary>
    public static ValueTask<EventMailbox> EventAsync(this HttpContext context, string slug) => throw new NotImplementedException();
}
