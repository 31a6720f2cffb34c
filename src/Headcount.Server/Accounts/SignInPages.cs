using Headcount.Data.Model;
using Headcount.Server.Access;
using Headcount.Server.Access.SignIn;
using Headcount.Server.Accounts.Pages;
using Headcount.Server.Languages;
using Headcount.Server.Problems;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;

namespace Headcount.Server.Accounts;

/// <summary>Signing in with a password, with a code after it, with the owner's link; and out.</summary>
internal sealed class SignInPages(
    AccountTable accounts, PasswordCheck passwords, SignInAttempts attempts, SignInLinks links, Sessions sessions, SecondFactor second, ServerSettings settings, FirstSetUp setUp,
    IDataProtectionProvider protection)
{
    /// <summary>How long the code may take after the password.</summary>
    public static readonly TimeSpan SecondFactorPatience = TimeSpan.FromMinutes(5);

    private const string SecondCookie = "headcount-second";

    private readonly ITimeLimitedDataProtector _pending = protection.CreateProtector("headcount.second-factor").ToTimeLimitedDataProtector();

    public Task ShowAsync(HttpContext context)
    {
        // Whoever came for a page of a server on which nobody has an account yet needs none: they are the first.
        if (!setUp.IsOpenTo(context) || !context.Request.Query.ContainsKey("next") || accounts.All.Skip(1).Any()) return AccountForm.ShowAsync<SignInPage>(context, more: view => Facts(view, context));
        context.Response.Redirect("/set-up");
        return Task.CompletedTask;
    }

    public async Task TakeAsync(HttpContext context)
    {
        if (await AccountForm.ReadAsync<SignInPage>(context) is not { } form) return;
        AccountForm.Speak(context);
        var (email, password) = (form.Text("email"), form.Password());
        if (await IsLockedAsync<SignInPage>(context, email)) return;
        var account = email.Length == 0 || password.Length == 0 ? null : await passwords.FindAsync(email, password, context.RequestAborted);
        if (account is null)
        {
            attempts.Failed(email, context.Connection.RemoteIpAddress);
            await AccountForm.ShowAsync<SignInPage>(context, 401, view => Facts(view, context) with { Wrong = Words.Of("sign-in.wrong"), Values = form.Typed("email") });
            return;
        }

        await GoOnAsync(context, account);
    }

    /// <summary>The password was right: the session begins, or what is missing is asked for.</summary>
    public async Task GoOnAsync(HttpContext context, Account account)
    {
        if (account.Role is null && account.Memberships.Count == 0 && !account.IsConfirmed)
        {
            await AccountForm.ShowAsync<NoticePage>(context, 403, view => view with { Facts = Notice.Of("confirm.first") });
            return;
        }

        var next = ToSignIn.NextOf(context.Request);
        if (account.TwoFactor)
        {
            var pending = _pending.Protect($"{account.UserId}\n{account.SecurityStamp}", SecondFactorPatience);
            context.Response.Cookies.Append(SecondCookie, pending, new CookieOptions
            {
                HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, IsEssential = true, MaxAge = SecondFactorPatience, Path = ToSignIn.Path,
            });
            ToSignIn.SeeOther(context, $"/sign-in/second-factor?next={Uri.EscapeDataString(next)}");
            return;
        }

        attempts.Succeeded(account.Email);
        await sessions.BeginAsync(context, account);
        ToSignIn.SeeOther(context, next);
    }

    public async Task ShowSecondAsync(HttpContext context)
    {
        if (Pending(context) is null)
            ToSignIn.SeeOther(context, ToSignIn.Path);
        else
            await AccountForm.ShowAsync<SecondFactorPage>(context);
    }

    public async Task TakeSecondAsync(HttpContext context)
    {
        if (await AccountForm.ReadAsync<SecondFactorPage>(context) is not { } form) return;
        AccountForm.Speak(context);
        if (Pending(context) is not { } account)
        {
            ToSignIn.SeeOther(context, ToSignIn.Path);
            return;
        }

        if (await IsLockedAsync<SecondFactorPage>(context, account.Email)) return;
        var users = context.RequestServices.GetRequiredService<UserManager<User>>();
        if (await users.FindByIdAsync(account.UserId) is not { } user || !await second.TakeAsync(user, form.Text("code"), context.RequestAborted))
        {
            attempts.Failed(account.Email, context.Connection.RemoteIpAddress);
            await AccountForm.ShowAsync<SecondFactorPage>(context, 401, view => view with { Wrong = Words.Of("second.wrong") });
            return;
        }

        attempts.Succeeded(account.Email);
        context.Response.Cookies.Delete(SecondCookie, new CookieOptions { Path = ToSignIn.Path });
        await sessions.BeginAsync(context, accounts.TryFind(account.UserId, out var now) ? now : account);
        ToSignIn.SeeOther(context, ToSignIn.NextOf(context.Request));
    }

    /// <summary>A one-time link, which the server prints where it was started.</summary>
    public async Task FollowLinkAsync(HttpContext context, string code)
    {
        // Elsewhere it is as if there were none, and a code that is right is not used up.
        if (context.IsFromLoopback() && links.TryUse(code) && accounts.FindOwner() is { } owner)
        {
            await sessions.BeginAsync(context, owner);
            ToSignIn.SeeOther(context, "/");
            return;
        }

        await AccountForm.ShowAsync<SignInPage>(context, 404, view => Facts(view, context) with { Action = ToSignIn.Path, Wrong = Words.Of("sign-in.link") });
    }

    public async Task SignOutAsync(HttpContext context)
    {
        if (!CrossSite.IsSameOrigin(context.Request)) throw new ProblemException(403, ProblemCodes.Forbidden, "Signing out is taken from this server's own pages only.");
        await sessions.EndAsync(context);
        ToSignIn.SeeOther(context, ToSignIn.Path);
    }

    private AccountView Facts(AccountView view, HttpContext context)
    {
        var facts = new Dictionary<string, string>();
        if (settings.IsRegistrationOpen) facts["open"] = "";
        if (setUp.IsOpenTo(context)) facts["new"] = "";
        return view with { Facts = facts };
    }

    private async Task<bool> IsLockedAsync<TPage>(HttpContext context, string email) where TPage : Microsoft.AspNetCore.Components.IComponent
    {
        if (!attempts.IsLocked(email, context.Connection.RemoteIpAddress, out var seconds)) return false;
        JsonAnswer.SetRetryAfter(context.Response, seconds);
        await AccountForm.ShowAsync<TPage>(context, 429, view => view with { Wrong = Words.Of("sign-in.locked", (seconds + 59) / 60) });
        return true;
    }

    // Whose password was right some minutes ago, and is still the same.
    private Account? Pending(HttpContext context)
    {
        if (!context.Request.Cookies.TryGetValue(SecondCookie, out var text)) return null;
        try
        {
            return _pending.Unprotect(text!).Split('\n') is [var userId, var stamp] && accounts.TryFind(userId, out var account) && account.SecurityStamp == stamp ? account : null;
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return null;
        }
    }
}

/// <summary>A page that only says something: by its key there is a title and a text.</summary>
internal static class Notice
{
    public static IReadOnlyDictionary<string, string> Of(string key, string? link = null, string? linkText = null)
    {
        var facts = new Dictionary<string, string> { ["title"] = Words.Of(key + ".title"), ["text"] = Words.Of(key + ".text") };
        if (link is not null) (facts["link"], facts["link-text"]) = (link, Words.Of(linkText ?? "sign-in.title"));
        return facts;
    }
}
