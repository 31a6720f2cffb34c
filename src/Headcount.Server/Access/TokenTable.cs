using System.Collections.Concurrent;

namespace Headcount.Server.Access;

/// <summary>The good tokens, in memory, by their hashes: what every request is looked up in.</summary>
/// <remarks>Any thread. It follows the database: <see cref="TokenService"/> changes that first, and then this. A lookup by hash tells whoever measures its time nothing of any token.</remarks>
internal sealed class TokenTable
{
    private readonly ConcurrentDictionary<TokenHash, HeldToken> _byHash = new();
    private readonly ConcurrentDictionary<string, HeldToken[]> _byDevice = new(StringComparer.Ordinal);
    private long _version;

    /// <summary>Goes up with every change: what was found under an earlier one may not hold any more.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>The token of a text, where it is good now.</summary>
    public HeldToken? Find(ReadOnlySpan<char> text) =>
        TokenText.TryHash(text, out var hash) && _byHash.TryGetValue(hash, out var token) && token.Holds ? token : null;

    /// <summary>A token of a device that is good now; null where the device is not known, or has none.</summary>
    public HeldToken? FindDevice(string deviceId)
    {
        foreach (var token in _byDevice.GetValueOrDefault(deviceId) ?? [])
        {
            if (token.Holds) return token;
        }

        return null;
    }

    /// <summary>A token, good now, of the only device of an event that is bound to a gate; null where there is none, or more than one.</summary>
    public HeldToken? FindDeviceAt(long eventId, string gate)
    {
        HeldToken? found = null;
        foreach (var (_, tokens) in _byDevice)
        {
            if (Array.Find(tokens, token => token.Holds && token.Identity.Caller.Device is { Gate: { } bound } device && device.EventId == eventId && bound.Value == gate) is not { } token) continue;
            if (found is not null) return null;
            found = token;
        }

        return found;
    }

    public void Put(HeldToken token)
    {
        _byHash[token.Hash] = token;
        if (token.DeviceId is { } device) _byDevice.AddOrUpdate(device, _ => [token], (_, others) => [.. others.Where(other => other.Hash != token.Hash), token]);
        Interlocked.Increment(ref _version);
    }

    /// <summary>Ends tokens; requests that come from now on are refused.</summary>
    public void End(Func<HeldToken, bool> which)
    {
        foreach (var (hash, token) in _byHash)
        {
            if (!which(token)) continue;
            token.End();
            _byHash.TryRemove(hash, out _);
            if (token.DeviceId is { } device) _byDevice.AddOrUpdate(device, _ => [], (_, others) => [.. others.Where(other => other.Hash != hash)]);
        }

        Interlocked.Increment(ref _version);
    }

    /// <summary>Gives tokens another identity: what their device or account may do has changed.</summary>
    public void Change(Func<HeldToken, bool> which, Func<HeldToken, Identity> identity)
    {
        foreach (var (_, token) in _byHash)
        {
            if (which(token)) token.Identity = identity(token);
        }

        Interlocked.Increment(ref _version);
    }
}
