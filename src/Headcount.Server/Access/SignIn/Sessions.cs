using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;

namespace Headcount.Server.Access.SignIn;

/// <summary>Browsers that signed in: a protected cookie that names the account and the stamp it had.</summary>
internal sealed class Sessions(AccountTable accounts)
{
    private const string StampClaim = "stamp";

    /// <summary>Whose session a request belongs to; null = none, or one that has ended.</summary>
    public async ValueTask<Identity?> FindAsync(HttpContext context)
    {
        if (!context.Request.Cookies.ContainsKey(SignInArea.SessionCookie)) return null;
        var session = await context.AuthenticateAsync(SignInArea.SessionCookie);
        if (session.Principal?.FindFirstValue(ClaimTypes.NameIdentifier) is not { } userId) return null;
        if (!accounts.TryFind(userId, out var account) || !account.Holds) return null;
        return session.Principal.FindFirstValue(StampClaim) == account.SecurityStamp ? account.Identity : null;
    }

    public static Task BeginAsync(HttpContext context, Account account)
    {
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, account.UserId), new Claim(StampClaim, account.SecurityStamp)], SignInArea.SessionCookie);
        return context.SignInAsync(SignInArea.SessionCookie, new ClaimsPrincipal(identity), new AuthenticationProperties { IsPersistent = true });
    }

    public static Task EndAsync(HttpContext context) => context.SignOutAsync(SignInArea.SessionCookie);
}
