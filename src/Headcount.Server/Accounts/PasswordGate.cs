using Headcount.Server.Access;
using Headcount.Server.Access.SignIn;
using Headcount.Server.Languages;
using Headcount.Server.Problems;

namespace Headcount.Server.Accounts;

/// <summary>Asks whoever is signed in for the password once more, before what protects the account is changed: a browser that was left open is not enough.</summary>
internal sealed class PasswordGate(PasswordCheck passwords, SignInAttempts attempts)
{
    /// <exception cref="ProblemException">The password is wrong, or was wrong too often. Who has none, but a passkey, need not show it.</exception>
    public async Task RequireAsync(Account account, string password, string field, CancellationToken cancellation)
    {
        if (account.PasswordHash is null) return;
        if (attempts.IsLocked(account.Email, null, out var seconds)) throw Wrong(field, Words.Of("sign-in.locked", (seconds + 59) / 60));
        if (password.Length > 0 && await passwords.FindAsync(account.Email, password, cancellation) is not null) return;
        attempts.Failed(account.Email, null);
        throw Wrong(field, Words.Of("account.wrong-password"));
    }

    private static ProblemException Wrong(string field, string why) => new(422, ProblemCodes.Malformed, why, new Dictionary<string, string> { [field] = why });
}
