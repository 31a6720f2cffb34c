using System.Collections.Concurrent;

namespace Headcount.Server.Access;

/// <summary>The good tokens, in memory, by their hashes: what every request is looked up in.</summary>
/// <remarks>Any thread. It follows the database: <see cref="TokenService"/> changes that first, and then this. A lookup by hash tells whoever measures its time nothing of any token.</remarks>
internal sealed class TokenTable
{
    private readonly ConcurrentDictionary<TokenHash, HeldToken> _byHash = new();

    /// <summary>The token of a text, where it is good now.</summary>
    public HeldToken? Find(ReadOnlySpan<char> text) =>
        TokenText.TryHash(text, out var hash) && _byHash.TryGetValue(hash, out var token) && token.Holds ? token : null;

    public void Put(HeldToken token) => _byHash[token.Hash] = token;

    /// <summary>Ends tokens; requests that come from now on are refused.</summary>
    public void End(Func<HeldToken, bool> which)
    {
        foreach (var (hash, token) in _byHash)
        {
            if (!which(token)) continue;
            token.End();
            _byHash.TryRemove(hash, out _);
        }
    }

    /// <summary>Gives tokens another identity: what their device or account may do has changed.</summary>
    public void Change(Func<HeldToken, bool> which, Func<HeldToken, Identity> identity)
    {
        foreach (var (_, token) in _byHash)
        {
            if (which(token)) token.Identity = identity(token);
        }
    }
}
