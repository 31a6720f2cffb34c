using Headcount.Data;
using Headcount.Engine;
using Headcount.Server.Access.SignIn;
using Headcount.Server.Documents;
using Headcount.Server.Problems;

namespace Headcount.Server.Access;

/// <summary>Who calls, and what they may.</summary>
public static class AccessArea
{
    public static void Add(WebApplicationBuilder builder, ServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(options);
        var services = builder.Services;
        services.AddSingleton<EventDirectory>();
        services.AddSingleton<EventFinder>();
        services.AddSingleton<TokenTable>();
        services.AddSingleton<AccountTable>();
        services.AddSingleton<IdentityMaker>();
        services.AddSingleton(all => new TokenService(
            all.GetRequiredService<IWriteQueue>(), all.GetRequiredService<IDbReader>(), all.GetRequiredService<IdentityMaker>(), all.GetRequiredService<TokenTable>(), all.GetRequiredService<TimeProvider>()));
        services.AddSingleton(all => new AccountService(
            all.GetRequiredService<IWriteQueue>(), all.GetRequiredService<IdentityMaker>(), all.GetRequiredService<TokenTable>(), all.GetRequiredService<Sessions>(), all.GetRequiredService<TimeProvider>()));
        services.AddSingleton<FirstStart>();
        services.AddSingleton<AccessStart>();
        services.AddSingleton<LiveTickets>();
        services.AddSingleton<FailureMeters>();
        SignInArea.Add(builder, options);

        // Who runs this, and on what, is nobody's business.
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
    }

    /// <summary>Reads tokens and accounts, makes the owner on the first start, and puts access control before all endpoints.</summary>
    public static async Task UseAsync(WebApplication app, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(app);
        var services = app.Services;
        await services.GetRequiredService<AccessStart>().RunAsync(cancellation);

        // Sessions are looked for only where a cookie came: the framework's middleware, which it would otherwise put before everything by itself, would look at every scan.
        ((IApplicationBuilder)app).Properties["__AuthenticationMiddlewareSet"] = true;
        app.Use(next => new AccessMiddleware(
            next, services.GetRequiredService<TokenTable>(), services.GetRequiredService<Sessions>(), services.GetRequiredService<LiveTickets>(), services.GetRequiredService<FailureMeters>(), services.GetRequiredService<TimeProvider>()).InvokeAsync);
        app.MapPost("/api/live/tickets", IssueLiveTicket).Require(Right.ReadCounts).DescribeTickets();
    }

    /// <summary>Refuses callers who lack a right: 401 without a valid token or session, 403 otherwise.</summary>
    public static TBuilder Require<TBuilder>(this TBuilder endpoint, Right right) where TBuilder : IEndpointConventionBuilder
    {
        endpoint.Add(builder => builder.Metadata.Add(new RequiredRightAttribute(right)));
        return endpoint;
    }

    /// <summary>Who calls; only behind <see cref="Require"/>.</summary>
    public static Caller Caller(this HttpContext context) => IdentityOf(context).Caller;

    /// <summary>Who calls, at an endpoint that anybody may call; null = nobody that is known.</summary>
    public static async ValueTask<Caller?> FindCallerAsync(this HttpContext context) => (await AccessMiddleware.IdentifyAsync(context))?.Caller;

    /// <summary>Whether what the caller showed is still good; for connections that last: a revoked token ends them.</summary>
    public static bool CallerStillHolds(this HttpContext context) => IdentityOf(context).Proof.Holds;

    /// <summary>The event a request is about: the device's, else <c>?event=SLUG</c>, else the only one that is not archived. Throws <see cref="ProblemException"/> where there is none (404), or where it is not the device's (403).</summary>
    public static ValueTask<EventMailbox> EventAsync(this HttpContext context)
    {
        var identity = IdentityOf(context);
        return identity.Events.FindAsync(context, identity.Caller);
    }

    /// <summary>The event of a slug in the path. Throws <see cref="ProblemException"/> where there is none (404), or where it is not the device's (403).</summary>
    public static ValueTask<EventMailbox> EventAsync(this HttpContext context, string slug)
    {
        var identity = IdentityOf(context);
        return identity.Events.FindAsync(context, identity.Caller, slug);
    }

    private static Identity IdentityOf(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.User as Identity ?? throw new InvalidOperationException($"{context.GetEndpoint()?.DisplayName} asks who calls and requires no right.");
    }

    private static Task IssueLiveTicket(HttpContext context)
    {
        var tickets = context.RequestServices.GetRequiredService<LiveTickets>();
        if (tickets.Issue(IdentityOf(context)) is not { } ticket)
            return ProblemAnswers.WriteAsync(context, 503, ProblemCodes.Busy, "Too many tickets are out that nobody has used. Try again in half a minute.", retryAfterSeconds: 30);
        var answer = JsonAnswer.Begin();
        answer.Writer.WriteStartObject();
        answer.Writer.WriteString("ticket"u8, ticket);
        answer.Writer.WriteNumber("expires_in"u8, (int)LiveTickets.Lifetime.TotalSeconds);
        answer.Writer.WriteEndObject();
        return answer.SendAsync(context.Response, 200);
    }
}
