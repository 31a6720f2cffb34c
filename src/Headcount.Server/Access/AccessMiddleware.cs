using Headcount.Data.Audit;
using Headcount.Server.Access.SignIn;
using Headcount.Server.Problems;
using Microsoft.Extensions.Primitives;

namespace Headcount.Server.Access;

/// <summary>Finds out who calls, and turns away whoever lacks what the endpoint requires.</summary>
/// <remarks>A request with a token, which is every request of a gate, passes without waiting and without memory of its own.</remarks>
internal sealed class AccessMiddleware(RequestDelegate next, TokenTable tokens, Sessions sessions, LiveTickets tickets, FailureMeters failures, TimeProvider time)
{
    private const string Scheme = "Bearer ";
    private static readonly RequiredRightAttribute ToBeKnown = new(Right.Known);

    public Task InvokeAsync(HttpContext context)
    {
        var endpoint = context.GetEndpoint();
        var isApi = context.Request.Path.StartsWithSegments("/api");
        SecurityHeaders.Set(context, endpoint, isApi);
        if (endpoint is null) return next(context);
        var required = endpoint.Metadata.GetMetadata<RequiredRightAttribute>() ?? (isApi && IsOurs(endpoint) && endpoint.Metadata.GetMetadata<Devices.OpenToAll>() is null ? ToBeKnown : null);
        if (required is null) return next(context);

        var header = context.Request.Headers.Authorization;
        if (header.Count == 0) return WithoutTokenAsync(context, endpoint, required);
        return TokenOf(header) is { } token ? PassAsync(context, endpoint, required, token.Identity) : RefuseUnknownAsync(context, wasGivenToken: true);
    }

    /// <summary>Who calls, at an endpoint that does not require anybody; null = nobody that we know.</summary>
    public static async ValueTask<Identity?> IdentifyAsync(HttpContext context)
    {
        if (context.User is Identity known) return known;
        var header = context.Request.Headers.Authorization;
        var services = context.RequestServices;
        if (header.Count > 0) return Find(services.GetRequiredService<TokenTable>(), header)?.Identity;
        return await services.GetRequiredService<Sessions>().FindAsync(context);
    }

    private HeldToken? TokenOf(StringValues header) => Find(tokens, header);

    private static HeldToken? Find(TokenTable tokens, StringValues header)
    {
        if (header.Count != 1 || header[0] is not { } text || !text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return null;
        return tokens.Find(text.AsSpan(Scheme.Length).Trim(' '));
    }

    private async Task WithoutTokenAsync(HttpContext context, Endpoint endpoint, RequiredRightAttribute required)
    {
        if (context.Request.Path == "/api/live" && context.Request.Query.TryGetValue("ticket", out var ticket))
        {
            await (tickets.Take(ticket.ToString()) is { } holder ? PassAsync(context, endpoint, required, holder) : RefuseUnknownAsync(context, wasGivenToken: true));
            return;
        }

        if (await sessions.FindAsync(context) is not { } identity)
        {
            await (ToSignIn.IsWanted(context) ? ToSignIn.SendAsync(context) : RefuseUnknownAsync(context, wasGivenToken: false));
            return;
        }

        if (CrossSite.Matters(context.Request) && !CrossSite.IsSameOrigin(context.Request))
        {
            await ProblemAnswers.WriteAsync(context, 403, ProblemCodes.Forbidden, "With a browser's session, changes are taken from this server's own pages only. A program sends a token: Authorization: Bearer ….");
            return;
        }

        await PassAsync(context, endpoint, required, identity);
    }

    private Task PassAsync(HttpContext context, Endpoint endpoint, RequiredRightAttribute required, Identity identity)
    {
        if (!required.IsGivenTo(identity.Caller) && ToSignIn.IsWanted(context)) return Accounts.AccountForm.ShowAsync<Accounts.Pages.NoticePage>(context, 403, view => view with { Facts = Accounts.Notice.Of("denied", "/office/account", "nav.account") });
        if (!required.IsGivenTo(identity.Caller)) return ProblemAnswers.WriteAsync(context, 403, ProblemCodes.Forbidden, required.Missing);
        var proof = identity.Proof;
        var meter = endpoint.Metadata.GetMetadata<MeteredAsScans>() is null ? proof.Requests : proof.Scans;
        if (!meter.TryTake(out var retryAfter))
            return ProblemAnswers.WriteAsync(context, 429, ProblemCodes.TooManyRequests, "Too many requests with this token. Try again after the time that Retry-After says.", retryAfterSeconds: retryAfter);
        context.User = identity;

        // What is changed from here on is put down to the caller. Scans are in the log, with their device.
        if (endpoint.Metadata.GetMetadata<MeteredAsScans>() is null) Actor.Current = identity.Caller.ToActor(proof is HeldSession ? "office" : "api", time);
        return next(context);
    }

    private Task RefuseUnknownAsync(HttpContext context, bool wasGivenToken)
    {
        if (!failures.TryTake(context.Connection.RemoteIpAddress, out var retryAfter))
            return ProblemAnswers.WriteAsync(context, 429, ProblemCodes.TooManyRequests, "Too many requests without a valid token from this address.", retryAfterSeconds: retryAfter);
        context.Response.Headers.WWWAuthenticate = wasGivenToken ? "Bearer realm=\"headcount\", error=\"invalid_token\"" : "Bearer realm=\"headcount\"";
        return ProblemAnswers.WriteAsync(context, 401, ProblemCodes.Unauthenticated, wasGivenToken
            ? "The token is not valid: it is unknown, has expired or was revoked."
            : "A token is needed: Authorization: Bearer …. Browsers sign in at /sign-in.");
    }

    // The framework's own endpoints, which say 405 and the like, have no route.
    private static bool IsOurs(Endpoint endpoint) => endpoint is RouteEndpoint;
}
