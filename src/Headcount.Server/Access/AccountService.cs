using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Server.Problems;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Access;

/// <summary>Makes accounts and changes them. The database comes first; when a call returns, requests go by it.</summary>
/// <remarks>Any thread; one change at a time.</remarks>
public sealed class AccountService : IDisposable
{
    private readonly IWriteQueue _writes;
    private readonly IdentityMaker _maker;
    private readonly TokenTable _tokens;
    private readonly TimeProvider _time;
    private readonly PasswordHasher<User> _hasher = new();
    private readonly SemaphoreSlim _changing = new(1, 1);

    internal AccountService(IWriteQueue writes, IdentityMaker maker, TokenTable tokens, TimeProvider time) =>
        (_writes, _maker, _tokens, _time) = (writes, maker, tokens, time);

    /// <summary>A new account, and its user's number. A person who is in the table already, as an attendee, becomes it.</summary>
    /// <exception cref="ProblemException">There is an account of that e-mail address already (409).</exception>
    public async Task<string> CreateAsync(string email, string? name, AccountRole role, string password, CancellationToken cancellation)
    {
        await _changing.WaitAsync(cancellation);
        try
        {
            if (_maker.Accounts.FindByEmail(email) is not null) throw new ProblemException(409, ProblemCodes.Conflict, $"There is an account {email} already.");
            var user = await _writes.WriteAsync(
                async (db, ct) =>
                {
                    var user = await FindPersonAsync(db, email, ct) ?? db.Users.Add(new User { UserId = Guid.CreateVersion7(_time.GetUtcNow()).ToString("N"), CreatedAt = _time.GetUtcNow() }).Entity;
                    (user.Email, user.Name, user.Role, user.SecurityStamp) = (email, name ?? user.Name, role, TokenText.Secret());
                    user.PasswordHash = _hasher.HashPassword(user, password);
                    await db.SaveChangesAsync(ct);
                    return user;
                },
                cancellation);
            _maker.Accounts.Put(new Account(user));
            return user.UserId;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Gives an account another role, or none: then it cannot sign in any more, and its tokens end. Its sessions end in any case.</summary>
    /// <exception cref="ProblemException">There is no such account, or it is the last owner.</exception>
    public Task ChangeRoleAsync(string userId, AccountRole? role, CancellationToken cancellation) =>
        ChangeAsync(userId, user => user.Role = role, cancellation);

    /// <summary>Gives an account another password. Its sessions end.</summary>
    /// <exception cref="ProblemException">There is no such account.</exception>
    public Task ChangePasswordAsync(string userId, string password, CancellationToken cancellation) =>
        ChangeAsync(userId, user => user.PasswordHash = _hasher.HashPassword(user, password), cancellation);

    /// <inheritdoc/>
    public void Dispose() => _changing.Dispose();

    // Other programs write people with their e-mail addresses, in letters of whatever case.
    private static Task<User?> FindPersonAsync(HeadcountDb db, string email, CancellationToken cancellation)
    {
        var lower = email.ToLowerInvariant();
#pragma warning disable CA1304, CA1311, CA1862 // It is the database that compares.
        return db.Users.Where(one => one.Role == null && one.Email != null && (one.Email == email || one.Email.ToLower() == lower)).OrderByDescending(one => one.Email == email).FirstOrDefaultAsync(cancellation);
#pragma warning restore CA1304, CA1311, CA1862
    }

    private async Task ChangeAsync(string userId, Action<User> change, CancellationToken cancellation)
    {
        await _changing.WaitAsync(cancellation);
        try
        {
            var user = await _writes.WriteAsync(
                async (db, ct) =>
                {
                    var user = await db.Users.SingleOrDefaultAsync(one => one.UserId == userId && one.Role != null, ct)
                        ?? throw new ProblemException(404, ProblemCodes.NotFound, "There is no such account.");
                    var wasOwner = user.Role == AccountRole.Owner;
                    change(user);
                    if (wasOwner && user.Role != AccountRole.Owner && await db.Users.CountAsync(one => one.Role == AccountRole.Owner, ct) == 1)
                        throw new ProblemException(409, ProblemCodes.Conflict, "This is the last owner; make another account the owner first.");
                    user.SecurityStamp = TokenText.Secret();
                    await db.SaveChangesAsync(ct);
                    return user;
                },
                cancellation);
            Follow(user);
        }
        finally
        {
            _changing.Release();
        }
    }

    private void Follow(User user)
    {
        if (user.Role is null)
        {
            _maker.Accounts.Remove(user.UserId);
            _tokens.End(token => token.UserId == user.UserId);
            return;
        }

        var account = new Account(user);
        _maker.Accounts.Put(account);
        _tokens.Change(token => token.UserId == user.UserId, token => _maker.Of(account, token));
    }
}
