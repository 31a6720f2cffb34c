using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Headcount.Data.Model;

namespace Headcount.Server.Access;

/// <summary>An account that may sign in, as the server holds it in memory.</summary>
internal sealed class Account(User user, IReadOnlyDictionary<long, AccountRole> memberships)
{
    public string UserId => user.UserId;

    public string Email => user.Email ?? "";

    public string? Name => user.Name;

    /// <summary>What it may everywhere; null = only what its organisations let it.</summary>
    public AccountRole? Role => user.Role;

    public IReadOnlyDictionary<long, AccountRole> Memberships => memberships;

    public string? PasswordHash => user.PasswordHash;

    public string SecurityStamp => user.SecurityStamp;

    public bool IsConfirmed => user.EmailConfirmedAt is not null;

    public bool TwoFactor => user.TwoFactor;

    public string? Language => user.Language;

    public Caller ToCaller() => Caller.OfAccount(user.UserId, user.Email ?? user.UserId, user.Role, memberships);
}

/// <summary>The accounts, in memory. Attendees who never signed up are not among them: they cannot sign in.</summary>
/// <remarks>Any thread.</remarks>
internal sealed class AccountTable
{
    private readonly ConcurrentDictionary<string, Account> _byId = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _byEmail = new(StringComparer.OrdinalIgnoreCase);

    public bool TryFind(string userId, [NotNullWhen(true)] out Account? account) => _byId.TryGetValue(userId, out account);

    /// <summary>The account of an e-mail address, its letter case ignored.</summary>
    public Account? FindByEmail(string email) => _byEmail.TryGetValue(email, out var userId) && TryFind(userId, out var account) ? account : null;

    /// <summary>All of them.</summary>
    public IEnumerable<Account> All => _byId.Values;

    public Account? FindOwner()
    {
        foreach (var (_, account) in _byId)
        {
            if (account.Role == AccountRole.Owner) return account;
        }

        return null;
    }

    public void Put(Account account)
    {
        if (_byId.TryGetValue(account.UserId, out var before) && before.Email.Length > 0) _byEmail.TryRemove(new KeyValuePair<string, string>(before.Email, account.UserId));
        _byId[account.UserId] = account;
        if (account.Email.Length > 0) _byEmail[account.Email] = account.UserId;
    }

    public void Remove(string userId)
    {
        if (_byId.TryRemove(userId, out var before) && before.Email.Length > 0) _byEmail.TryRemove(new KeyValuePair<string, string>(before.Email, userId));
    }
}
