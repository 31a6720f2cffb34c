using Headcount.Core;
using Headcount.Data.Model;
using Headcount.Server.Access.SignIn;
using Headcount.Server.Problems;

namespace Headcount.Server.Access;

/// <summary>A browser that is signed in, as the server holds it in memory.</summary>
internal sealed class HeldSession(Session session, TimeProvider time, RateLimits limits) : Proof(time, limits)
{
    private long _lastSeen = session.LastSeenAt.Microseconds;

    public string SessionId => session.SessionId;

    public string UserId => session.UserId;

    /// <summary>When it was last used, to some minutes.</summary>
    public Instant LastSeen
    {
        get => new(Volatile.Read(ref _lastSeen));
        set => Volatile.Write(ref _lastSeen, value.Microseconds);
    }

    public override Instant? ExpiresAt => LastSeen.Plus(SignInArea.SessionLifetime + Sessions.SeenEvery);

    public Identity Identity { get; set; } = null!;
}
