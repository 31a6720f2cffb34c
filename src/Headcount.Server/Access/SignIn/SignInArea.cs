using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;

namespace Headcount.Server.Access.SignIn;

/// <summary>Signing in and out with a browser.</summary>
internal static class SignInArea
{
    /// <summary>The name of the cookie, and of the way of signing in.</summary>
    public const string SessionCookie = "headcount-session";

    /// <summary>How long a session lasts that nobody uses.</summary>
    public static readonly TimeSpan SessionLifetime = TimeSpan.FromHours(12);

    public static void Add(WebApplicationBuilder builder, ServerOptions options)
    {
        var keys = Path.Combine(Path.GetFullPath(options.DataFolder), "keys");
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(keys);
        else
            Directory.CreateDirectory(keys, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        builder.Services.AddDataProtection().SetApplicationName("headcount").PersistKeysToFileSystem(new DirectoryInfo(keys));

        // It says at every start that the keys are not encrypted; they are in a folder that only this user may enter.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        builder.Services.AddAuthentication(SessionCookie).AddCookie(SessionCookie, cookie =>
        {
            cookie.Cookie.Name = SessionCookie;
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Strict;
            cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            cookie.Cookie.IsEssential = true;
            cookie.ExpireTimeSpan = SessionLifetime;
            cookie.SlidingExpiration = true;
        });
        builder.Services.AddAntiforgery(antiforgery =>
        {
            antiforgery.Cookie.Name = "headcount-form";
            antiforgery.Cookie.SameSite = SameSiteMode.Strict;
            antiforgery.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            antiforgery.FormFieldName = "form_token";
        });
        builder.Services.AddSingleton<Sessions>();
        builder.Services.AddSingleton<SignInLinks>();
        builder.Services.AddSingleton<SignInAttempts>();
        builder.Services.AddSingleton<PasswordCheck>();
    }
}
