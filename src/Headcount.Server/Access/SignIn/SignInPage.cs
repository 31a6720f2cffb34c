using System.Text.Encodings.Web;
using Headcount.Server.Problems;
using Microsoft.AspNetCore.Antiforgery;

namespace Headcount.Server.Access.SignIn;

/// <summary>The page where people sign in, and what its forms do.</summary>
internal static class SignInPage
{
    private const int LongestText = 256;
    private const int LongestForm = 16 * 1024;

    /// <summary>Whether whoever is turned away is a person who looks at a page, and can be sent to sign in.</summary>
    public static bool IsWanted(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) && !context.Request.Path.StartsWithSegments("/api")
        && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    public static Task SendThereAsync(HttpContext context)
    {
        context.Response.Redirect($"/sign-in?next={Uri.EscapeDataString(context.Request.Path + context.Request.QueryString)}");
        return Task.CompletedTask;
    }

    public static Task ShowAsync(HttpContext context) => WriteAsync(context, 200, "", null);

    public static async Task TakeAsync(HttpContext context)
    {
        if (context.Request.ContentLength is null or > LongestForm || !context.Request.HasFormContentType)
            throw new ProblemException(415, ProblemCodes.UnsupportedMediaType, "This is for the form at /sign-in. Programs send a token: Authorization: Bearer ….");
        var services = context.RequestServices;
        if (!await services.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context))
        {
            await WriteAsync(context, 400, "", "The form was too old, or cookies are switched off. Please try again.");
            return;
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var email = form["email"].ToString().Trim();
        var password = form["password"].ToString();
        var attempts = services.GetRequiredService<SignInAttempts>();
        var address = context.Connection.RemoteIpAddress;
        if (attempts.IsLocked(email, address, out var seconds))
        {
            JsonAnswer.SetRetryAfter(context.Response, seconds);
            await WriteAsync(context, 429, email, $"Too many wrong passwords. Try again in {(seconds + 59) / 60} min.");
            return;
        }

        var account = email.Length is 0 or > LongestText || password.Length is 0 or > LongestText
            ? null
            : await services.GetRequiredService<PasswordCheck>().FindAsync(email, password, context.RequestAborted);
        if (account is null)
        {
            attempts.Failed(email, address);
            await WriteAsync(context, 401, email, "E-mail or password is wrong.");
            return;
        }

        attempts.Succeeded(email);
        await Sessions.BeginAsync(context, account);
        Redirect(context, context.Request.Query["next"].ToString());
    }

    /// <summary>A one-time link, which the server prints where it was started.</summary>
    public static async Task FollowLinkAsync(HttpContext context, string code)
    {
        var services = context.RequestServices;

        // Elsewhere it is as if there were none, and a code that is right is not used up.
        if (context.IsFromLoopback() && services.GetRequiredService<SignInLinks>().TryUse(code) && services.GetRequiredService<AccountTable>().FindOwner() is { } owner)
        {
            await Sessions.BeginAsync(context, owner);
            Redirect(context, "/");
            return;
        }

        await WriteAsync(context, 404, "", "This link does not work: it was used already, is too old, or is opened on another machine. The server prints a new one when it starts.");
    }

    public static async Task SignOutAsync(HttpContext context)
    {
        if (!CrossSite.IsSameOrigin(context.Request)) throw new ProblemException(403, ProblemCodes.Forbidden, "Signing out is taken from this server's own pages only.");
        await context.RequestServices.GetRequiredService<Sessions>().EndAsync(context);
        Redirect(context, "/sign-in");
    }

    public static Task StyleAsync(HttpContext context)
    {
        context.Response.ContentType = "text/css; charset=utf-8";
        context.Response.Headers.CacheControl = "max-age=3600";
        return context.Response.WriteAsync(Style);
    }

    // Only to a place on this server, as an address writes it: one slash, and no second one that would make it a host.
    private static void Redirect(HttpContext context, string next)
    {
        var isHere = next.StartsWith('/') && !next.StartsWith("//", StringComparison.Ordinal) && !next.AsSpan().ContainsAnyExceptInRange('!', '~') && !next.Contains('\\');
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = isHere ? next : "/";
    }

    private static Task WriteAsync(HttpContext context, int status, string email, string? wrong)
    {
        var tokens = context.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(context);
        var html = HtmlEncoder.Default;
        var next = context.Request.Query["next"].ToString();
        var action = next.Length is 0 or > 2_000 ? "/sign-in" : $"/sign-in?next={Uri.EscapeDataString(next)}";
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        var alert = wrong is null ? "" : $"<p role=\"alert\" id=\"wrong\">{html.Encode(wrong)}</p>";
        var described = wrong is null ? "" : " aria-describedby=\"wrong\"";
        return response.WriteAsync($"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>Sign in · Headcount</title>
            <link rel="stylesheet" href="/sign-in.css">
            </head>
            <body>
            <main>
            <h1>Headcount</h1>
            {alert}
            <form method="post" action="{html.Encode(action)}">
            <input type="hidden" name="{tokens.FormFieldName}" value="{html.Encode(tokens.RequestToken!)}">
            <label for="email">E-mail</label>
            <input id="email" name="email" type="email" autocomplete="username" required maxlength="{LongestText}" value="{html.Encode(email)}"{(email.Length == 0 ? " autofocus" : "")}{described}>
            <label for="password">Password</label>
            <input id="password" name="password" type="password" autocomplete="current-password" required maxlength="{LongestText}"{(email.Length == 0 ? "" : " autofocus")}{described}>
            <button>Sign in</button>
            </form>
            </main>
            </body>
            </html>

            """, context.RequestAborted);
    }

    private const string Style = """
        :root { color-scheme: light dark; --ink: light-dark(#15202b, #e8edf2); --ground: light-dark(#f4f6f8, #10161c); --field: light-dark(#fff, #1a232c);
          --line: light-dark(#66727f, #8a97a5); --action: light-dark(#0b5cad, #6cb2ff); --on-action: light-dark(#fff, #0a1520); --wrong: light-dark(#a4161a, #ff9a9d); }
        * { box-sizing: border-box; }
        body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; font: 1.0625rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); }
        main { width: min(24rem, 100%); }
        h1 { margin: 0 0 1.5rem; font-size: 1.75rem; }
        label { display: block; margin: 1rem 0 .25rem; font-weight: 600; }
        input { width: 100%; min-height: 3rem; padding: .5rem .75rem; font: inherit; color: inherit; background: var(--field); border: 1px solid var(--line); border-radius: .5rem; }
        button { width: 100%; min-height: 3rem; margin-top: 1.5rem; font: inherit; font-weight: 700; color: var(--on-action); background: var(--action); border: 0; border-radius: .5rem; cursor: pointer; }
        :focus-visible { outline: 3px solid var(--action); outline-offset: 2px; }
        [role=alert] { padding: .75rem; border: 2px solid var(--wrong); border-radius: .5rem; color: var(--wrong); font-weight: 600; }

        """;
}
