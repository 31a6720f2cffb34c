using Headcount.Data.Model;
using Headcount.Server.Access;
using Headcount.Server.Access.SignIn;
using Headcount.Server.Accounts.Pages;
using Headcount.Server.Languages;
using Headcount.Server.Problems;
using Microsoft.AspNetCore.Identity;

namespace Headcount.Server.Accounts;

/// <summary>Making an account, showing that an e-mail address is one's own, and a new password for whoever has forgotten theirs. No page tells whether there is an account of an address.</summary>
internal sealed class RecoveryPages(AccountTable accounts, AccountService service, Letters letters, ServerSettings settings, LetterMeters meters, TimeProvider time)
{
    private const string ConfirmPurpose = "confirm-email";

    public static Task ShowForgotAsync(HttpContext context) => AccountForm.ShowAsync<ForgotPage>(context);

    public async Task ForgotAsync(HttpContext context)
    {
        if (await AccountForm.ReadAsync<ForgotPage>(context) is not { } form) return;
        AccountForm.Speak(context);
        if (accounts.FindByEmail(form.Text("email")) is { } account && meters.TryTake(account.Email))
        {
            Language.Speak(Language.Of(context, account.Language));
            var users = Users(context);
            if (await users.FindByIdAsync(account.UserId) is { } user)
                await letters.SendResetAsync(account.Email, letters.LinkTo("reset", ("user", user.UserId), ("code", await users.GeneratePasswordResetTokenAsync(user))), context.RequestAborted);
        }

        await SayAsync(context, "forgot.sent");
    }

    public static async Task ShowResetAsync(HttpContext context)
    {
        if (await OfLinkAsync(context, UserManager<User>.ResetPasswordTokenPurpose) is null)
            await SayAsync(context, "link.void", 404);
        else
            await AccountForm.ShowAsync<ResetPage>(context);
    }

    public async Task ResetAsync(HttpContext context)
    {
        if (await AccountForm.ReadAsync<ResetPage>(context) is not { } form) return;
        AccountForm.Speak(context);
        if (await OfLinkAsync(context, UserManager<User>.ResetPasswordTokenPurpose) is not { } user)
        {
            await SayAsync(context, "link.void", 404);
            return;
        }

        if (AccountRules.Wrong(("password", AccountRules.WrongPassword(form.Password()))) is { Count: > 0 } wrong)
        {
            await AccountForm.ShowAsync<ResetPage>(context, 422, view => view with { WrongFields = wrong });
            return;
        }

        // Whoever got the letter has shown that the address is theirs.
        await service.ChangeAsync(user.UserId, one => one.EmailConfirmedAt ??= time.GetUtcNow(), context.RequestAborted);
        await service.ChangePasswordAsync(user.UserId, form.Password(), context.RequestAborted);
        await SayAsync(context, "reset.done", link: ToSignIn.Path);
    }

    public Task ShowRegisterAsync(HttpContext context) => settings.IsRegistrationOpen ? AccountForm.ShowAsync<RegisterPage>(context) : SayAsync(context, "register.closed", 403);

    public async Task RegisterAsync(HttpContext context)
    {
        if (await AccountForm.ReadAsync<RegisterPage>(context) is not { } form) return;
        AccountForm.Speak(context);
        if (!settings.IsRegistrationOpen)
        {
            await SayAsync(context, "register.closed", 403);
            return;
        }

        var (name, email) = (form.Text("name"), form.Text("email"));
        var wrong = AccountRules.Wrong(("name", AccountRules.WrongName(name)), ("email", AccountRules.WrongEmail(email)), ("password", AccountRules.WrongPassword(form.Password())));
        if (wrong.Count > 0)
        {
            await AccountForm.ShowAsync<RegisterPage>(context, 422, view => view with { WrongFields = wrong, Values = form.Typed("name", "email") });
            return;
        }

        // Whoever has an account already is not told to others.
        if (accounts.FindByEmail(email) is null)
        {
            try
            {
                await service.CreateAsync(email, name, null, form.Password(), context.RequestAborted);
            }
            catch (ProblemException taken) when (taken.Status == 409)
            {
                // Somebody was faster, and has the letter.
            }
        }

        await SendConfirmationAsync(context, email);
        await SayAsync(context, "register.sent");
    }

    public static async Task ShowConfirmAsync(HttpContext context)
    {
        // Not at once: programs that look through letters follow links, people press the button.
        if (await OfLinkAsync(context, ConfirmPurpose) is null)
            await SayAsync(context, "link.void", 404);
        else
            await AccountForm.ShowAsync<ConfirmPage>(context);
    }

    public async Task ConfirmAsync(HttpContext context)
    {
        if (await AccountForm.ReadAsync<ConfirmPage>(context) is null) return;
        AccountForm.Speak(context);
        if (await OfLinkAsync(context, ConfirmPurpose) is not { } user)
        {
            await SayAsync(context, "link.void", 404);
            return;
        }

        await service.ChangeAsync(user.UserId, one => one.EmailConfirmedAt = time.GetUtcNow(), context.RequestAborted);
        await SayAsync(context, "confirm.done", link: ToSignIn.Path);
    }

    private async Task SendConfirmationAsync(HttpContext context, string email)
    {
        if (accounts.FindByEmail(email) is not { IsConfirmed: false } account || !meters.TryTake(email)) return;
        var users = Users(context);
        if (await users.FindByIdAsync(account.UserId) is not { } user) return;
        var code = await users.GenerateUserTokenAsync(user, TokenOptions.DefaultProvider, ConfirmPurpose);
        await letters.SendConfirmationAsync(email, letters.LinkTo("confirm", ("user", user.UserId), ("code", code)), context.RequestAborted);
    }

    // Whose link it is, as long as it is good: it ends with the password that it was made for.
    private static async Task<User?> OfLinkAsync(HttpContext context, string purpose)
    {
        var (userId, code) = (context.Request.Query["user"].ToString(), context.Request.Query["code"].ToString());
        if (userId.Length is 0 or > 64 || code.Length is 0 or > 2_000) return null;
        var users = Users(context);
        return await users.FindByIdAsync(userId) is { } user && await users.VerifyUserTokenAsync(user, TokenOptions.DefaultProvider, purpose, code) ? user : null;
    }

    private static UserManager<User> Users(HttpContext context) => context.RequestServices.GetRequiredService<UserManager<User>>();

    private static async Task SayAsync(HttpContext context, string key, int status = 200, string? link = null)
    {
        AccountForm.Speak(context);
        await AccountForm.ShowAsync<NoticePage>(context, status, view => view with { Facts = Notice.Of(key, link) });
    }
}

/// <summary>How many letters an address may be sent: nobody's mailbox is to be filled by strangers.</summary>
/// <remarks>Any thread.</remarks>
internal sealed class LetterMeters(TimeProvider time)
{
    /// <summary>At most so many to one address …</summary>
    public const int MostToAddress = 3;

    /// <summary>… in this time.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromMinutes(15);

    /// <summary>How many addresses are remembered; beyond that there are no letters to others until some are forgotten.</summary>
    public const int MostRemembered = 10_000;

    private readonly Lock _changing = new();
    private readonly Dictionary<string, List<DateTimeOffset>> _sent = new(StringComparer.OrdinalIgnoreCase);

    public bool TryTake(string email)
    {
        var now = time.GetUtcNow();
        lock (_changing)
        {
            if (_sent.Count >= MostRemembered)
            {
                foreach (var (known, times) in _sent.ToList())
                {
                    if (times[^1] + Span <= now) _sent.Remove(known);
                }
            }

            if (!_sent.TryGetValue(email, out var sent))
            {
                if (_sent.Count >= MostRemembered) return false;
                _sent.Add(email, sent = []);
            }

            sent.RemoveAll(at => at + Span <= now);
            if (sent.Count >= MostToAddress) return false;
            sent.Add(now);
            return true;
        }
    }
}
