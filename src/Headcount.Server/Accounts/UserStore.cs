using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Server.Access;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Accounts;

/// <summary>What ASP.NET Core Identity reads of our users: its codes, links and passkeys are checked by it. Changes are made by <see cref="AccountService"/>, whole and in one transaction.</summary>
internal sealed class UserStore(IDbReader reader, AuthenticatorKeys keys) :
    IUserEmailStore<User>, IUserSecurityStampStore<User>, IUserTwoFactorStore<User>, IUserAuthenticatorKeyStore<User>, IUserPasskeyStore<User>
{
    public Task<string> GetUserIdAsync(User user, CancellationToken cancellationToken) => Task.FromResult(user.UserId);

    public Task<string?> GetUserNameAsync(User user, CancellationToken cancellationToken) => Task.FromResult(user.Email);

    public Task<string?> GetNormalizedUserNameAsync(User user, CancellationToken cancellationToken) => Task.FromResult(user.Email);

    public Task<string?> GetEmailAsync(User user, CancellationToken cancellationToken) => Task.FromResult(user.Email);

    public Task<string?> GetNormalizedEmailAsync(User user, CancellationToken cancellationToken) => Task.FromResult(user.Email);

    public Task<bool> GetEmailConfirmedAsync(User user, CancellationToken cancellationToken) => Task.FromResult(user.EmailConfirmedAt is not null);

    public Task<string?> GetSecurityStampAsync(User user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.SecurityStamp);

    public Task<bool> GetTwoFactorEnabledAsync(User user, CancellationToken cancellationToken) => Task.FromResult(user.TwoFactor);

    public Task<string?> GetAuthenticatorKeyAsync(User user, CancellationToken cancellationToken) => Task.FromResult(keys.Open(user.AuthenticatorKey));

    public async Task<User?> FindByIdAsync(string userId, CancellationToken cancellationToken)
    {
        await using var db = reader.Open();
        return await db.Users.AsNoTracking().SingleOrDefaultAsync(user => user.UserId == userId, cancellationToken);
    }

    public Task<User?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => FindByEmailAsync(normalizedUserName, cancellationToken);

    public async Task<User?> FindByEmailAsync(string normalizedEmail, CancellationToken cancellationToken)
    {
        await using var db = reader.Open();
        return await db.Users.AsNoTracking().SingleOrDefaultAsync(user => user.Email == normalizedEmail, cancellationToken);
    }

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(User user, CancellationToken cancellationToken)
    {
        await using var db = reader.Open();
        return (await db.Passkeys.AsNoTracking().Where(passkey => passkey.UserId == user.UserId).ToListAsync(cancellationToken)).ConvertAll(InfoOf);
    }

    public async Task<User?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken)
    {
        await using var db = reader.Open();
        return await (from passkey in db.Passkeys where passkey.CredentialId == credentialId join user in db.Users on passkey.UserId equals user.UserId select user)
            .AsNoTracking().SingleOrDefaultAsync(cancellationToken);
    }

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(User user, byte[] credentialId, CancellationToken cancellationToken)
    {
        await using var db = reader.Open();
        var found = await db.Passkeys.AsNoTracking().SingleOrDefaultAsync(passkey => passkey.CredentialId == credentialId && passkey.UserId == user.UserId, cancellationToken);
        return found is null ? null : InfoOf(found);
    }

    public void Dispose()
    {
    }

    // Nothing is changed through here.
    public Task SetUserNameAsync(User user, string? userName, CancellationToken cancellationToken) => throw NotThisWay();

    public Task SetNormalizedUserNameAsync(User user, string? normalizedName, CancellationToken cancellationToken) => throw NotThisWay();

    public Task SetEmailAsync(User user, string? email, CancellationToken cancellationToken) => throw NotThisWay();

    public Task SetEmailConfirmedAsync(User user, bool confirmed, CancellationToken cancellationToken) => throw NotThisWay();

    public Task SetNormalizedEmailAsync(User user, string? normalizedEmail, CancellationToken cancellationToken) => throw NotThisWay();

    public Task SetSecurityStampAsync(User user, string stamp, CancellationToken cancellationToken) => throw NotThisWay();

    public Task SetTwoFactorEnabledAsync(User user, bool enabled, CancellationToken cancellationToken) => throw NotThisWay();

    public Task SetAuthenticatorKeyAsync(User user, string key, CancellationToken cancellationToken) => throw NotThisWay();

    public Task AddOrUpdatePasskeyAsync(User user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => throw NotThisWay();

    public Task RemovePasskeyAsync(User user, byte[] credentialId, CancellationToken cancellationToken) => throw NotThisWay();

    public Task<IdentityResult> CreateAsync(User user, CancellationToken cancellationToken) => throw NotThisWay();

    public Task<IdentityResult> UpdateAsync(User user, CancellationToken cancellationToken) => throw NotThisWay();

    public Task<IdentityResult> DeleteAsync(User user, CancellationToken cancellationToken) => throw NotThisWay();

    private static NotSupportedException NotThisWay() => new("Accounts are changed by AccountService.");

    private static UserPasskeyInfo InfoOf(Passkey passkey) => new(
        passkey.CredentialId, passkey.PublicKey, passkey.CreatedAt.ToDateTimeOffset(), (uint)passkey.SignCount, passkey.Transports,
        passkey.IsUserVerified, passkey.IsBackupEligible, passkey.IsBackedUp, passkey.AttestationObject, passkey.ClientDataJson) { Name = passkey.Name };
}

/// <summary>Keys of authenticators, encrypted with the server's own key: whoever reads the database alone can make no codes.</summary>
internal sealed class AuthenticatorKeys(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("headcount.authenticator");

    public string Close(string key) => _protector.Protect(key);

    public string? Open(string? closed) => closed is null ? null : _protector.Unprotect(closed);
}
