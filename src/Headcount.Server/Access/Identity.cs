using System.Security.Claims;
using Headcount.Core;
using Headcount.Server.Problems;

namespace Headcount.Server.Access;

/// <summary>A caller as requests carry it (<see cref="HttpContext.User"/>): made once, and shared by all requests of a token or an account.</summary>
internal sealed class Identity : ClaimsPrincipal
{
    public Identity(Caller caller, Proof proof, EventFinder events)
        : base(new ClaimsIdentity([new Claim(ClaimTypes.Name, caller.Name)], "headcount"))
    {
        Caller = caller;
        Proof = proof;
        Events = events;
    }

    public Caller Caller { get; }

    /// <summary>By what it is known.</summary>
    public Proof Proof { get; }

    /// <summary>A device that was named and has shown no token: as it is set up, and with no scope but <c>scan</c>.</summary>
    public Caller Named => field ??= Caller with { Device = Caller.Device! with { MayReadCounts = false, MayReadRegister = false, MaySupervise = false } };

    /// <summary>Where its requests find their event.</summary>
    public EventFinder Events { get; }
}

/// <summary>By what a caller is known: a token, or a browser's session. It holds until it is ended or expires.</summary>
internal abstract class Proof(TimeProvider time, RateLimits limits)
{
    private volatile bool _isEnded;

    /// <summary>When it ends by itself; null = never.</summary>
    public virtual Instant? ExpiresAt => null;

    /// <summary>Its scans.</summary>
    public Meter Scans { get; } = new(time, limits.ScansPerSecond, limits.ScanBurst);

    /// <summary>Its other requests.</summary>
    public Meter Requests { get; } = new(time, limits.RequestsPerSecond, limits.RequestBurst);

    /// <summary>Whether it is good now.</summary>
    public virtual bool Holds => !_isEnded && (ExpiresAt is not { } expires || (Instant)time.GetUtcNow() < expires);

    /// <summary>Ends it, from this moment on.</summary>
    public void End() => _isEnded = true;
}
