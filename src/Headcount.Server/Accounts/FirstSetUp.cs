using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Server.Access;
using Headcount.Server.Access.SignIn;
using Headcount.Server.Accounts.Pages;
using Headcount.Server.Languages;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Accounts;

/// <summary>The first page of a new server: who its owner is, and what the organisation is called.</summary>
/// <remarks>It is open to whoever is at the machine itself while the server runs for the first time, to the owner who signed in by the link that was printed, and to whoever has the password that was printed.</remarks>
internal sealed class FirstSetUp(AccountTable accounts, AccountService service, FirstStart first, Sessions sessions, SignInAttempts attempts, PasswordCheck passwords, ServerSettings settings, IWriteQueue writes, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Whether nobody has said yet who the owner is.</summary>
    public bool IsWanted => accounts.FindByEmail(FirstStart.OwnerEmail) is { Role: AccountRole.Owner };

    /// <summary>Whether whoever asks may do it without the password that was printed.</summary>
    public bool IsOpenTo(HttpContext context) => IsWanted && first.IsFirst && context.IsFromLoopback();

    public async Task ShowAsync(HttpContext context)
    {
        if (!IsWanted)
        {
            ToSignIn.SeeOther(context, "/office");
            return;
        }

        var needsPassword = await NeedsPasswordAsync(context);
        await AccountForm.ShowAsync<SetUpPage>(context, more: view => Facts(view, needsPassword));
    }

    public async Task TakeAsync(HttpContext context)
    {
        if (await AccountForm.ReadAsync<SetUpPage>(context) is not { } form) return;
        AccountForm.Speak(context);
        await _turn.WaitAsync(context.RequestAborted);
        try
        {
            await TakeInTurnAsync(context, form);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task TakeInTurnAsync(HttpContext context, IFormCollection form)
    {
        if (accounts.FindByEmail(FirstStart.OwnerEmail) is not { Role: AccountRole.Owner } owner)
        {
            ToSignIn.SeeOther(context, ToSignIn.Path);
            return;
        }

        var needsPassword = await NeedsPasswordAsync(context);
        var (organisation, name, email, password) = (form.Text("organisation"), form.Text("name"), form.Text("email"), form.Password());
        var wrong = AccountRules.Wrong(
            ("organisation", AccountRules.WrongName(organisation)), ("name", AccountRules.WrongName(name)), ("email", AccountRules.WrongEmail(email)), ("password", AccountRules.WrongPassword(password)),
            ("first", needsPassword ? await WrongFirstAsync(context, form.Password("first")) : null));
        if (wrong.Count == 0 && accounts.FindByEmail(email) is { } other && other.UserId != owner.UserId) wrong["email"] = Words.Of("wrong.taken");
        if (wrong.Count > 0)
        {
            await AccountForm.ShowAsync<SetUpPage>(context, 422, view => Facts(view, needsPassword) with { WrongFields = wrong, Values = form.Typed("organisation", "name", "email") });
            return;
        }

        await settings.ChangeAsync(isRegistrationOpen: false, AddressOf(context.Request), null, context.RequestAborted);
        await writes.WriteAsync((db, ct) => db.Organisations.Where(one => one.OrganisationId == Organisation.First).ExecuteUpdateAsync(set => set.SetProperty(one => one.Name, organisation), ct), context.RequestAborted);
        await service.ChangeAsync(owner.UserId, user => (user.Name, user.Email, user.EmailConfirmedAt, user.Language) = (name, email, time.GetUtcNow(), null), context.RequestAborted);
        await service.ChangePasswordAsync(owner.UserId, password, context.RequestAborted);
        if (accounts.TryFind(owner.UserId, out var now)) await sessions.BeginAsync(context, now);
        ToSignIn.SeeOther(context, "/office");
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>Where people reach this server, as the browser of somebody who may say so reaches it.</summary>
    public static Uri AddressOf(HttpRequest request) => new($"{request.Scheme}://{request.Host}/");

    private async Task<bool> NeedsPasswordAsync(HttpContext context) =>
        !IsOpenTo(context) && await context.FindCallerAsync() is not { Role: AccountRole.Owner };

    private async Task<string?> WrongFirstAsync(HttpContext context, string password)
    {
        var address = context.Connection.RemoteIpAddress;
        if (attempts.IsLocked(FirstStart.OwnerEmail, address, out var seconds)) return Words.Of("sign-in.locked", (seconds + 59) / 60);
        if (password.Length > 0 && await passwords.FindAsync(FirstStart.OwnerEmail, password, context.RequestAborted) is not null) return null;
        attempts.Failed(FirstStart.OwnerEmail, address);
        return Words.Of("set-up.wrong-first");
    }

    private static AccountView Facts(AccountView view, bool needsPassword) => needsPassword ? view with { Facts = new Dictionary<string, string> { ["first"] = "" } } : view;
}
