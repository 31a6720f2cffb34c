using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Server.Access.SignIn;
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
    private readonly Sessions _sessions;
    private readonly TimeProvider _time;
    private readonly PasswordHasher<User> _hasher = new();
    private readonly SemaphoreSlim _changing = new(1, 1);

    internal AccountService(IWriteQueue writes, IdentityMaker maker, TokenTable tokens, Sessions sessions, TimeProvider time) =>
        (_writes, _maker, _tokens, _sessions, _time) = (writes, maker, tokens, sessions, time);

    private Instant Now => _time.GetUtcNow();

    /// <summary>A new account, and its user's number. An attendee who has that address already becomes one.</summary>
    /// <exception cref="ProblemException">There is an account of that e-mail address already (409).</exception>
    public async Task<string> CreateAsync(string email, string? name, AccountRole? role, string? password, CancellationToken cancellation, Action<User>? more = null)
    {
        ArgumentNullException.ThrowIfNull(email);
        await _changing.WaitAsync(cancellation);
        try
        {
            if (_maker.Accounts.FindByEmail(email) is not null) throw new ProblemException(409, ProblemCodes.Conflict, $"There is an account {email} already.");
            var made = await _writes.WriteAsync(
                async (db, ct) =>
                {
                    var user = await FindPersonAsync(db, email, ct) ?? db.Users.Add(new User { UserId = Guid.CreateVersion7(_time.GetUtcNow()).ToString("N"), CreatedAt = Now }).Entity;
                    (user.Email, user.Name, user.Role, user.SecurityStamp) = (email, name ?? user.Name, role, TokenText.Secret());
                    if (password is not null) user.PasswordHash = _hasher.HashPassword(user, password);
                    more?.Invoke(user);
                    await db.SaveChangesAsync(ct);
                    return (User: user, Members: await MembershipsAsync(db, user.UserId, ct));
                },
                cancellation);
            _maker.Accounts.Put(new Account(made.User, made.Members));
            return made.User.UserId;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Gives an account another role, or none: then it cannot sign in any more, and its tokens end. Its sessions end in any case.</summary>
    /// <exception cref="ProblemException">There is no such account, or it is the last owner.</exception>
    public Task ChangeRoleAsync(string userId, AccountRole? role, CancellationToken cancellation) =>
        ChangeAsync(
            userId,
            async (db, user, ct) =>
            {
                (user.Role, user.SecurityStamp) = (role, TokenText.Secret());
                if (role is not null) return;
                (user.PasswordHash, user.TwoFactor, user.AuthenticatorKey, user.RecoveryCodes) = (null, false, null, []);
                await db.Passkeys.Where(one => one.UserId == userId).ExecuteDeleteAsync(ct);
                await db.Members.Where(one => one.UserId == userId).ExecuteDeleteAsync(ct);
            },
            endSessions: true, null, cancellation);

    /// <summary>Gives an account another password. Its sessions end, but for the one that is kept.</summary>
    /// <exception cref="ProblemException">There is no such account.</exception>
    public Task ChangePasswordAsync(string userId, string password, CancellationToken cancellation, string? keepSession = null) =>
        ChangeAsync(userId, user => user.PasswordHash = _hasher.HashPassword(user, password), cancellation, keepSession);

    /// <summary>Changes an account: all of it, or nothing. Links that were sent to it before are void, and its sessions end, but for the one that is kept.</summary>
    /// <exception cref="ProblemException">There is no such account, or it is the last owner, or another has its e-mail address.</exception>
    public Task ChangeAsync(string userId, Action<User> change, CancellationToken cancellation, string? keepSession = null)
    {
        ArgumentNullException.ThrowIfNull(change);
        return ChangeAsync(
            userId,
            (_, user, _) =>
            {
                change(user);
                user.SecurityStamp = TokenText.Secret();
                return Task.CompletedTask;
            },
            endSessions: true, keepSession, cancellation);
    }

    /// <summary>Changes what nobody's safety depends on: name and language. Sessions go on.</summary>
    public Task ChangeProfileAsync(string userId, string? name, string? language, CancellationToken cancellation) =>
        ChangeAsync(
            userId,
            (_, user, _) =>
            {
                (user.Name, user.Language) = (name, language);
                return Task.CompletedTask;
            },
            endSessions: false, null, cancellation);

    /// <summary>Changes an account and what belongs to it, in one transaction; then requests go by it.</summary>
    internal async Task ChangeAsync(string userId, Func<HeadcountDb, User, CancellationToken, Task> change, bool endSessions, string? keepSession, CancellationToken cancellation)
    {
        await _changing.WaitAsync(cancellation);
        try
        {
            if (!_maker.Accounts.TryFind(userId, out _)) throw NoSuchAccount();
            var (user, members) = await _writes.WriteAsync(
                async (db, ct) =>
                {
                    var user = await db.Users.SingleOrDefaultAsync(one => one.UserId == userId, ct) ?? throw NoSuchAccount();
                    var (wasOwner, wasEmail) = (user.Role == AccountRole.Owner, user.Email);
                    await change(db, user, ct);
                    if (wasOwner && user.Role != AccountRole.Owner && await db.Users.CountAsync(one => one.Role == AccountRole.Owner, ct) == 1)
                        throw new ProblemException(409, ProblemCodes.Conflict, "This is the last owner; make another account the owner first.");
                    if (user.Email != wasEmail && await db.Users.AnyAsync(one => one.Email == user.Email && one.UserId != userId, ct))
                        throw new ProblemException(409, ProblemCodes.Conflict, $"There is an account {user.Email} already.");
                    await db.SaveChangesAsync(ct);
                    return (user, await MembershipsAsync(db, userId, ct));
                },
                cancellation);
            if (endSessions) await _sessions.EndAllAsync(userId, keepSession, cancellation);
            Follow(new Account(user, members));
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _changing.Dispose();

    internal static async Task<IReadOnlyDictionary<long, AccountRole>> MembershipsAsync(HeadcountDb db, string userId, CancellationToken cancellation) =>
        await db.Members.AsNoTracking().Where(member => member.UserId == userId).ToDictionaryAsync(member => member.OrganisationId, member => member.Role, cancellation);

    // Other programs write people with their e-mail addresses, in letters of whatever case.
    private static Task<User?> FindPersonAsync(HeadcountDb db, string email, CancellationToken cancellation)
    {
        var lower = email.ToLowerInvariant();
#pragma warning disable CA1304, CA1311, CA1862 // It is the database that compares.
        return db.Users.Where(one => one.Role == null && one.Email != null && (one.Email == email || one.Email.ToLower() == lower)).OrderByDescending(one => one.Email == email).FirstOrDefaultAsync(cancellation);
#pragma warning restore CA1304, CA1311, CA1862
    }

    private static ProblemException NoSuchAccount() => new(404, ProblemCodes.NotFound, "There is no such account.");

    private void Follow(Account account)
    {
        if (account.Role is null && account.Memberships.Count == 0) _tokens.End(token => token.UserId == account.UserId);
        if (account.Role is null && account.Memberships.Count == 0 && account.PasswordHash is null)
        {
            _maker.Accounts.Remove(account.UserId);
            _sessions.Forget(account.UserId);
            return;
        }

        _maker.Accounts.Put(account);
        _sessions.Follow(account);
        _tokens.Change(token => token.UserId == account.UserId, token => _maker.Of(account, token));
    }
}
