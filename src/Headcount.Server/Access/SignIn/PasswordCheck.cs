using Headcount.Data.Model;
using Microsoft.AspNetCore.Identity;

namespace Headcount.Server.Access.SignIn;

/// <summary>Compares passwords with their hashes. That is slow on purpose, so only so many at a time: the gates need the processor.</summary>
internal sealed class PasswordCheck(AccountTable accounts) : IDisposable
{
    private readonly PasswordHasher<User> _hasher = new();
    private readonly SemaphoreSlim _turns = new(2, 2);
    private readonly User _nobody = new() { UserId = "" };
    private readonly Lazy<string> _nobodysHash = new(() => new PasswordHasher<User>().HashPassword(new User { UserId = "" }, TokenText.Secret()));

    /// <summary>The account, where e-mail and password are right. An address that has no account takes as long.</summary>
    public async Task<Account?> FindAsync(string email, string password, CancellationToken cancellation)
    {
        var account = accounts.FindByEmail(email);
        await _turns.WaitAsync(cancellation);
        try
        {
            var result = _hasher.VerifyHashedPassword(_nobody, account?.PasswordHash ?? _nobodysHash.Value, password);
            return result != PasswordVerificationResult.Failed && account?.PasswordHash is not null ? account : null;
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();
}
