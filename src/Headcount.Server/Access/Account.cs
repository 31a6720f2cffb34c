using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Headcount.Data.Model;

namespace Headcount.Server.Access;

/// <summary>An account that may sign in, as the server holds it in memory; its sessions hold as long as it does.</summary>
internal sealed class Account(User user)
{
    private volatile bool _isEnded;

    /// <summary>Whether it is as it was: an account that was changed is another.</summary>
    public bool Holds => !_isEnded;

    public string UserId => user.UserId;

    public string Email => user.Email ?? "";

    public AccountRole Role => user.Role!.Value;

    public string? PasswordHash => user.PasswordHash;

    public string SecurityStamp => user.SecurityStamp;

    public void End() => _isEnded = true;

    public Caller ToCaller() => new() { Name = user.Email ?? user.UserId, Role = Role, UserId = user.UserId };
}

/// <summary>The accounts, in memory. Attendees are not among them: they cannot sign in.</summary>
/// <remarks>Any thread.</remarks>
internal sealed class AccountTable
{
    private readonly ConcurrentDictionary<string, Account> _byId = new(StringComparer.Ordinal);

    public bool TryFind(string userId, [NotNullWhen(true)] out Account? account) => _byId.TryGetValue(userId, out account);

    /// <summary>The account of an e-mail address, its letter case ignored. Accounts are few.</summary>
    public Account? FindByEmail(string email)
    {
        foreach (var (_, account) in _byId)
        {
            if (account.Email.Equals(email, StringComparison.OrdinalIgnoreCase)) return account;
        }

        return null;
    }

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
        if (_byId.TryGetValue(account.UserId, out var before)) before.End();
        _byId[account.UserId] = account;
    }

    public void Remove(string userId)
    {
        if (_byId.TryRemove(userId, out var before)) before.End();
    }
}
