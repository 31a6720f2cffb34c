using System.Collections.Concurrent;
using System.Security.Claims;
using Headcount.Core;
using Microsoft.AspNetCore.Authentication;

namespace Headcount.Server.Access.SignIn;

/// <summary>Browsers that signed in: a protected cookie that names the session, the account and the stamp it had.</summary>
/// <remarks>Any thread. A session that was signed out is remembered for as long as a copy of its cookie could be good.</remarks>
internal sealed class Sessions(AccountTable accounts, IdentityMaker maker, TimeProvider time)
{
    /// <summary>How many sessions are held in memory; beyond that, those that have been quiet are forgotten, and then all that are not signed out.</summary>
    public const int MostHeld = 10_000;

    private const string StampClaim = "stamp";
    private const string SessionClaim = "session";

    private readonly ConcurrentDictionary<string, Session> _held = new(StringComparer.Ordinal);

    /// <summary>Whose session a request belongs to; null = none, or one that has ended.</summary>
    public async ValueTask<Identity?> FindAsync(HttpContext context) => await OfAsync(context) is { Holds: true } session ? session.Identity : null;

    public static Task BeginAsync(HttpContext context, Account account)
    {
        var identity = new ClaimsIdentity(
            [new Claim(ClaimTypes.NameIdentifier, account.UserId), new Claim(StampClaim, account.SecurityStamp), new Claim(SessionClaim, TokenText.Secret())], SignInArea.SessionCookie);
        return context.SignInAsync(SignInArea.SessionCookie, new ClaimsPrincipal(identity), new AuthenticationProperties { IsPersistent = true });
    }

    /// <summary>Signs a browser out: from now on its cookie is good for nothing, wherever else it is kept, and what it watches ends.</summary>
    public async Task EndAsync(HttpContext context)
    {
        if (await OfAsync(context) is { } session) session.End();
        await context.SignOutAsync(SignInArea.SessionCookie);
    }

    private async ValueTask<Session?> OfAsync(HttpContext context)
    {
        if (!context.Request.Cookies.ContainsKey(SignInArea.SessionCookie)) return null;
        var cookie = await context.AuthenticateAsync(SignInArea.SessionCookie);
        if (cookie.Principal?.FindFirstValue(ClaimTypes.NameIdentifier) is not { } userId || cookie.Principal.FindFirstValue(SessionClaim) is not { } name) return null;
        if (!accounts.TryFind(userId, out var account) || !account.Holds || cookie.Principal.FindFirstValue(StampClaim) != account.SecurityStamp) return null;
        if (_held.Count >= MostHeld) Forget();
        var session = _held.GetOrAdd(name, static (_, of) => of.maker.Begin(of.account), (maker, account));
        session.SeenAt = time.GetUtcNow();
        return session;
    }

    private void Forget()
    {
        Instant quietSince = time.GetUtcNow() - SignInArea.SessionLifetime;
        foreach (var (name, session) in _held)
        {
            if (session.SeenAt < quietSince) _held.TryRemove(name, out _);
        }

        if (_held.Count < MostHeld) return;
        foreach (var (name, session) in _held)
        {
            if (session.Holds) _held.TryRemove(name, out _);
        }
    }
}
