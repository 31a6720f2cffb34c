using Headcount.Server.Access;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Headcount.Server.Office;

/// <summary>Who sits before the page, as requests and the circuit know it. One for each circuit, and for each request that draws a page.</summary>
internal sealed class OfficeCaller(AuthenticationStateProvider state, AccountTable accounts, NavigationManager navigation)
{
    private Identity? _identity;

    /// <summary>The session's name; null = none.</summary>
    public string? SessionId => (_identity?.Proof as HeldSession)?.SessionId;

    /// <summary>The account; only after <see cref="GetAsync"/>.</summary>
    public Account Account => accounts.TryFind(_identity?.Caller.UserId ?? "", out var account) ? account : throw new SignedOutException();

    /// <summary>Who calls, with what they may now. Whose session has ended is sent to sign in.</summary>
    /// <exception cref="SignedOutException">The session has ended.</exception>
    public async ValueTask<Caller> GetAsync()
    {
        _identity ??= (await state.GetAuthenticationStateAsync()).User as Identity;
        if (_identity is { Proof.Holds: true }) return _identity.Proof is HeldSession session ? session.Identity.Caller : _identity.Caller;
        SendToSignIn();
        throw new SignedOutException();
    }

    public void SendToSignIn() => navigation.NavigateTo($"/sign-in?next={Uri.EscapeDataString(new Uri(navigation.Uri).PathAndQuery)}", forceLoad: true);
}

/// <summary>The session has ended; the browser is on its way to the sign-in page.</summary>
internal sealed class SignedOutException() : Exception("The session has ended.");
