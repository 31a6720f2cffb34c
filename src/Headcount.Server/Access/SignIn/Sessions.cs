using System.Collections.Concurrent;
using System.Security.Claims;
using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Microsoft.AspNetCore.Authentication;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Access.SignIn;

/// <summary>Browsers that are signed in: a protected cookie names the session, and the session is in the database, where its owner sees it and can end it.</summary>
/// <remarks>Any thread. What is in memory follows the database.</remarks>
internal sealed class Sessions(AccountTable accounts, IdentityMaker maker, IWriteQueue writes, TimeProvider time)
{
    /// <summary>How many an account can have; the one that was not used for longest makes room.</summary>
    public const int MostOfAccount = 32;

    /// <summary>How often a session's last use is written down.</summary>
    public static readonly TimeSpan SeenEvery = TimeSpan.FromMinutes(5);

    private const string SessionClaim = "session";
    private const int LongestAgent = 256;

    private readonly ConcurrentDictionary<string, HeldSession> _held = new(StringComparer.Ordinal);

    private Instant Now => time.GetUtcNow();

    /// <summary>Whose session a request belongs to; null = none, or one that has ended.</summary>
    public async ValueTask<Identity?> FindAsync(HttpContext context)
    {
        if (!context.Request.Cookies.ContainsKey(SignInArea.SessionCookie)) return null;
        var session = await context.AuthenticateAsync(SignInArea.SessionCookie);
        if (session.Principal?.FindFirstValue(SessionClaim) is not { } id || !_held.TryGetValue(id, out var held) || !held.Holds) return null;
        if (Now - held.LastSeen >= SeenEvery) await SeeAsync(held, context.RequestAborted);
        return held.Identity;
    }

    /// <summary>Takes in what the database has, when the server starts.</summary>
    public void Load(IEnumerable<Session> sessions)
    {
        foreach (var session in sessions)
        {
            if (accounts.TryFind(session.UserId, out var account)) _held[session.SessionId] = maker.Hold(session, account);
        }
    }

    public async Task BeginAsync(HttpContext context, Account account)
    {
        var agent = context.Request.Headers.UserAgent.ToString();
        var session = new Session
        {
            SessionId = TokenText.Secret(), UserId = account.UserId, CreatedAt = Now, LastSeenAt = Now,
            Address = context.Connection.RemoteIpAddress?.ToString() ?? "", Agent = agent.Length <= LongestAgent ? agent : agent[..LongestAgent],
        };
        await writes.WriteAsync(
            async (db, ct) =>
            {
                db.Sessions.Add(session);
                return await db.SaveChangesAsync(ct);
            },
            context.RequestAborted);
        _held[session.SessionId] = maker.Hold(session, account);
        await MakeRoomAsync(account.UserId, context.RequestAborted);
        var identity = new ClaimsIdentity([new Claim(SessionClaim, session.SessionId)], SignInArea.SessionCookie);
        await context.SignInAsync(SignInArea.SessionCookie, new ClaimsPrincipal(identity), new AuthenticationProperties { IsPersistent = true });
    }

    /// <summary>Ends the session of the browser that asks.</summary>
    public async Task EndAsync(HttpContext context)
    {
        if (await FindAsync(context) is { Proof: HeldSession held }) await EndAsync(one => one.SessionId == held.SessionId, context.RequestAborted);
        await context.SignOutAsync(SignInArea.SessionCookie);
    }

    /// <summary>Ends one session of an account; false where it has none of that name.</summary>
    public async Task<bool> EndAsync(string userId, string sessionId, CancellationToken cancellation) =>
        await EndAsync(one => one.SessionId == sessionId && one.UserId == userId, cancellation) > 0;

    /// <summary>Ends the sessions of an account, but for one that is kept.</summary>
    public Task EndAllAsync(string userId, string? except, CancellationToken cancellation) => EndAsync(one => one.UserId == userId && one.SessionId != except, cancellation);

    /// <summary>The sessions of an account that have not ended.</summary>
    public async Task<IReadOnlyList<Session>> ListAsync(HeadcountDb db, string userId, CancellationToken cancellation) =>
        (await db.Sessions.AsNoTracking().Where(session => session.UserId == userId && session.EndedAt == null).ToListAsync(cancellation))
            .Where(session => _held.TryGetValue(session.SessionId, out var held) && held.Holds).OrderByDescending(session => session.LastSeenAt.Microseconds).ToList();

    /// <summary>What an account may has changed, and sessions of it go on.</summary>
    public void Follow(Account account)
    {
        foreach (var held in Of(account.UserId)) held.Identity = new Identity(account.ToCaller(), held, held.Identity.Events);
    }

    public void Forget(string userId)
    {
        foreach (var held in Of(userId)) Drop(held);
    }

    private async Task<int> EndAsync(Func<HeldSession, bool> which, CancellationToken cancellation)
    {
        var ended = _held.Values.Where(which).ToList();
        if (ended.Count == 0) return 0;
        var ids = ended.ConvertAll(one => one.SessionId);
        foreach (var held in ended) Drop(held);
        var now = Now;
        await writes.WriteAsync((db, ct) => db.Sessions.Where(session => ids.Contains(session.SessionId)).ExecuteUpdateAsync(set => set.SetProperty(session => session.EndedAt, now), ct), cancellation);
        return ended.Count;
    }

    private void Drop(HeldSession held)
    {
        held.End();
        _held.TryRemove(held.SessionId, out _);
    }

    private async Task MakeRoomAsync(string userId, CancellationToken cancellation)
    {
        var all = Of(userId).Where(held => held.Holds).OrderByDescending(held => held.LastSeen.Microseconds).ToList();
        foreach (var held in all.Skip(MostOfAccount)) await EndAsync(one => one.SessionId == held.SessionId, cancellation);
        foreach (var (_, held) in _held)
        {
            if (!held.Holds) Drop(held);
        }
    }

    private async Task SeeAsync(HeldSession held, CancellationToken cancellation)
    {
        var now = held.LastSeen = Now;
        await writes.WriteAsync((db, ct) => db.Sessions.Where(session => session.SessionId == held.SessionId).ExecuteUpdateAsync(set => set.SetProperty(session => session.LastSeenAt, now), ct), cancellation);
    }

    private IEnumerable<HeldSession> Of(string userId) => _held.Values.Where(held => held.UserId == userId);
}
