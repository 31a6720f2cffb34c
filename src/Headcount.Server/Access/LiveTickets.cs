using System.Collections.Concurrent;

namespace Headcount.Server.Access;

/// <summary>One-time tickets for live feeds, for clients that can send neither header nor cookie there: they show one in the address, once, at once.</summary>
/// <remarks>Any thread.</remarks>
internal sealed class LiveTickets(TimeProvider time)
{
    /// <summary>How long one is good.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    /// <summary>How many may be out at once.</summary>
    public const int MostOut = 10_000;

    private readonly ConcurrentDictionary<TokenHash, (Identity Identity, DateTimeOffset Until)> _out = new();

    /// <summary>A new ticket; null where too many are out.</summary>
    public string? Issue(Identity identity)
    {
        var now = time.GetUtcNow();
        if (_out.Count >= MostOut)
        {
            foreach (var (hash, ticket) in _out)
            {
                if (ticket.Until <= now) _out.TryRemove(hash, out _);
            }

            if (_out.Count >= MostOut) return null;
        }

        var text = TokenText.Secret();
        TokenText.TryHash(text, out var key);
        _out[key] = (identity, now + Lifetime);
        return text;
    }

    /// <summary>Who shows it, if it is good; from now on it is not.</summary>
    public Identity? Take(string text) =>
        TokenText.TryHash(text, out var hash) && _out.TryRemove(hash, out var ticket) && ticket.Until > time.GetUtcNow() && ticket.Identity.Proof.Holds ? ticket.Identity : null;
}
