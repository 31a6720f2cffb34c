using Headcount.Data.Model;
using Headcount.Server.Access;
using Headcount.Server.Mail;
using Microsoft.AspNetCore.Identity;

namespace Headcount.Server.Accounts;

/// <summary>Accounts of people: setting up, signing in, invitations, letters, second factors and passkeys. The pages are forms that need no script.</summary>
internal static class AccountsArea
{
    /// <summary>How long the link of a letter is good.</summary>
    public static readonly TimeSpan LinkLifetime = TimeSpan.FromHours(2);

    public static void Add(WebApplicationBuilder builder, ServerOptions options)
    {
        var services = builder.Services;
        services.AddSingleton(MailSettings.Read(builder.Configuration));
        services.AddSingleton<Mailer>();
        services.AddSingleton<Letters>();
        services.AddSingleton<LetterMeters>();
        services.AddSingleton<ServerSettings>();
        services.AddSingleton<AuthenticatorKeys>();
        services.AddSingleton<SpentCodes>();
        services.AddSingleton<SecondFactor>();
        services.AddSingleton<Passkeys>();
        services.AddSingleton<PasswordGate>();
        services.AddSingleton<FirstSetUp>();
        services.AddSingleton<MemberService>();
        services.AddSingleton<InvitationService>();
        services.AddSingleton<SignInPages>();
        services.AddSingleton<RecoveryPages>();
        services.AddSingleton<InvitationPages>();

        // Codes, links and passkeys are Identity's; sessions, roles and what is kept are ours.
        services.AddIdentityCore<User>()
            .AddUserStore<UserStore>()
            .AddTokenProvider<DataProtectorTokenProvider<User>>(TokenOptions.DefaultProvider)
            .AddTokenProvider<AuthenticatorTokenProvider<User>>(TokenOptions.DefaultAuthenticatorProvider);
        services.Configure<DataProtectionTokenProviderOptions>(links => links.TokenLifespan = LinkLifetime);
        services.Configure<IdentityPasskeyOptions>(passkeys => (passkeys.UserVerificationRequirement, passkeys.ResidentKeyRequirement) = ("required", "required"));
        services.AddScoped<IPasskeyHandler<User>, PasskeyHandler<User>>();
        services.AddRazorComponents();
    }

    public static async Task MapAsync(WebApplication app, CancellationToken cancellation)
    {
        var services = app.Services;
        await services.GetRequiredService<ServerSettings>().LoadAsync(cancellation);
        MapSignIn(app, services.GetRequiredService<SignInPages>());
        MapRecovery(app, services.GetRequiredService<RecoveryPages>());
        var setUp = services.GetRequiredService<FirstSetUp>();
        Form(app, "/set-up", setUp.ShowAsync, setUp.TakeAsync);
        var invitations = services.GetRequiredService<InvitationPages>();
        Form(app, "/invitation/{code}", context => invitations.ShowAsync(context, Code(context)), context => invitations.AcceptAsync(context, Code(context)));
        MapPasskeys(app, services.GetRequiredService<Passkeys>());
    }

    private static void MapSignIn(WebApplication app, SignInPages pages)
    {
        Form(app, "/sign-in", pages.ShowAsync, pages.TakeAsync);
        Form(app, "/sign-in/second-factor", pages.ShowSecondAsync, pages.TakeSecondAsync);
        app.MapGet("/sign-in/{code}", context => pages.FollowLinkAsync(context, Code(context))).ExcludeFromDescription();
        app.MapPost("/sign-out", pages.SignOutAsync).ExcludeFromDescription();
    }

    private static void MapRecovery(WebApplication app, RecoveryPages pages)
    {
        Form(app, "/forgot", RecoveryPages.ShowForgotAsync, pages.ForgotAsync);
        Form(app, "/reset", RecoveryPages.ShowResetAsync, pages.ResetAsync);
        Form(app, "/register", pages.ShowRegisterAsync, pages.RegisterAsync);
        Form(app, "/confirm", RecoveryPages.ShowConfirmAsync, pages.ConfirmAsync);
    }

    private static void MapPasskeys(WebApplication app, Passkeys passkeys)
    {
        app.MapPost("/account/passkeys/offer", passkeys.OfferCreationAsync).Require(Right.Known).ExcludeFromDescription();
        app.MapPost("/account/passkeys", passkeys.CreateAsync).Require(Right.Known).ExcludeFromDescription();
        app.MapPost("/account/sign-in/offer", passkeys.OfferSignInAsync).ExcludeFromDescription();
        app.MapPost("/account/sign-in", passkeys.SignInAsync).ExcludeFromDescription();
    }

    private static void Form(WebApplication app, string path, RequestDelegate show, RequestDelegate take)
    {
        app.MapGet(path, show).ExcludeFromDescription();
        app.MapPost(path, take).ExcludeFromDescription();
    }

    private static string Code(HttpContext context) => context.GetRouteValue("code") as string ?? "";
}
