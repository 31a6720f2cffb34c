using Headcount.Core;
using Headcount.Data.Model;
using Headcount.Server.Problems;

namespace Headcount.Server.Access;

/// <summary>Turns rows of the database into callers.</summary>
internal sealed class IdentityMaker(EventFinder events, AccountTable accounts, TimeProvider time, RateLimits limits)
{
    public AccountTable Accounts => accounts;

    /// <summary>A device's token, as it is held in memory.</summary>
    public HeldToken Hold(Token token, Device device)
    {
        var held = Hold(token);
        held.Identity = Of(device, held);
        return held;
    }

    /// <summary>An account's token, as it is held in memory.</summary>
    public HeldToken Hold(Token token, Account account)
    {
        var held = Hold(token);
        held.Identity = new Identity(account.ToCaller(), held, events);
        return held;
    }

    /// <summary>A browser that is signed in, as it is held in memory.</summary>
    public HeldSession Hold(Session session, Account account)
    {
        var held = new HeldSession(session, time, limits);
        held.Identity = new Identity(account.ToCaller(), held, events);
        return held;
    }

    public Identity Of(Account account, HeldToken token) => new(account.ToCaller(), token, events);

    public Identity Of(Device device, HeldToken token) => new(new Caller { Name = device.DeviceId, Device = ToCaller(device) }, token, events);

    private HeldToken Hold(Token token) => new(token.TokenId, TokenHash.Read(token.Hash), token.DeviceId, token.UserId, token.ExpiresAt, time, limits);

    private static CallingDevice ToCaller(Device device) => new(
        new DeviceId(device.DeviceId),
        device.EventId,
        device.Gate is { } gate ? new GateName(gate) : null,
        device.Direction,
        device.Clock is { } clock && Zone.TryFind(clock, out var zone) ? zone : Zone.Utc,
        device.Scopes.Contains("counts"),
        device.Scopes.Contains("register"),
        device.Scopes.Contains("supervise")) { ValidateOnly = device.ValidateOnly, DegradedMode = device.DegradedMode };
}
