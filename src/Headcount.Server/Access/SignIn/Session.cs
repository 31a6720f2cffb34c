using Headcount.Core;
using Headcount.Server.Problems;

namespace Headcount.Server.Access.SignIn;

/// <summary>A browser that has signed in. It holds until it is signed out, or its account is changed.</summary>
internal sealed class Session(Account account, TimeProvider time, RateLimits limits) : Proof(time, limits)
{
    private long _seenAt;

    /// <summary>Who it is.</summary>
    public Identity Identity { get; set; } = null!;

    public override bool Holds => base.Holds && account.Holds;

    /// <summary>When its cookie was last shown.</summary>
    public Instant SeenAt
    {
        get => new(Volatile.Read(ref _seenAt));
        set => Volatile.Write(ref _seenAt, value.Microseconds);
    }
}
