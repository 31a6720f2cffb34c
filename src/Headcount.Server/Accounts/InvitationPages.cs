using Headcount.Server.Access;
using Headcount.Server.Access.SignIn;
using Headcount.Server.Accounts.Pages;
using Headcount.Server.Languages;
using Headcount.Server.Manage;

namespace Headcount.Server.Accounts;

/// <summary>The page behind an invitation's link. Whoever has an account already shows its password; others choose one.</summary>
internal sealed class InvitationPages(InvitationService invitations, AccountTable accounts, PasswordCheck passwords, SignInAttempts attempts, SignInPages signIn)
{
    public async Task ShowAsync(HttpContext context, string code)
    {
        AccountForm.Speak(context);
        if (await invitations.FindAsync(code, context.RequestAborted) is not { } found)
            await AccountForm.ShowAsync<NoticePage>(context, 404, view => view with { Facts = Notice.Of("invitation.void", ToSignIn.Path) });
        else
            await AccountForm.ShowAsync<InvitationPage>(context, more: view => view with { Facts = FactsOf(found) });
    }

    public async Task AcceptAsync(HttpContext context, string code)
    {
        if (await AccountForm.ReadAsync<NoticePage>(context) is not { } form) return;
        AccountForm.Speak(context);
        if (await invitations.FindAsync(code, context.RequestAborted) is not { } found)
        {
            await ShowAsync(context, code);
            return;
        }

        var (name, password) = (form.Text("name"), form.Password());
        var email = found.Invitation.Email;
        var hasAccount = accounts.FindByEmail(email) is not null;
        var wrong = hasAccount
            ? AccountRules.Wrong(("password", await WrongOwnAsync(context, email, password)))
            : AccountRules.Wrong(("name", AccountRules.WrongName(name)), ("password", AccountRules.WrongPassword(password)));
        if (wrong.Count > 0)
        {
            await AccountForm.ShowAsync<InvitationPage>(context, 422, view => view with { Facts = FactsOf(found), WrongFields = wrong, Values = form.Typed("name") });
            return;
        }

        if (await invitations.AcceptAsync(found.Invitation, name, password, context.RequestAborted) && accounts.FindByEmail(email) is { } account)
        {
            context.Request.QueryString = new QueryString("?next=/office");
            await signIn.GoOnAsync(context, account);
            return;
        }

        await ShowAsync(context, code);
    }

    private async Task<string?> WrongOwnAsync(HttpContext context, string email, string password)
    {
        var address = context.Connection.RemoteIpAddress;
        if (attempts.IsLocked(email, address, out var seconds)) return Words.Of("sign-in.locked", (seconds + 59) / 60);
        if (password.Length > 0 && await passwords.FindAsync(email, password, context.RequestAborted) is not null) return null;
        attempts.Failed(email, address);
        return Words.Of("invitation.wrong-own");
    }

    private Dictionary<string, string> FactsOf((Data.Model.Invitation Invitation, string Organisation) found)
    {
        var facts = new Dictionary<string, string> { ["email"] = found.Invitation.Email, ["organisation"] = found.Organisation, ["role"] = Words.Of("role." + RoleWords.Of(found.Invitation.Role)) };
        if (accounts.FindByEmail(found.Invitation.Email) is not null) facts["known"] = "";
        return facts;
    }
}
