using System.Collections.Concurrent;
using System.Net;

namespace Headcount.Server.Access.SignIn;

/// <summary>Counts wrong passwords, by account and by address, and locks for a while what gets too many.</summary>
/// <remarks>Any thread. The owner's link and tokens are not locked by it.</remarks>
internal sealed class SignInAttempts(TimeProvider time, ILogger<SignInAttempts> logger)
{
    /// <summary>Wrong passwords for one e-mail address.</summary>
    public const int MostForAccount = 10;

    /// <summary>Wrong passwords from one network address.</summary>
    public const int MostFromAddress = 30;

    /// <summary>How long it is locked then, and how long wrong ones are remembered.</summary>
    public static readonly TimeSpan LockedFor = TimeSpan.FromMinutes(5);

    /// <summary>How many accounts and addresses are remembered.</summary>
    public const int MostRemembered = 10_000;

    private readonly ConcurrentDictionary<string, (int Count, DateTimeOffset Until)> _failures = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether it is locked, and for how many seconds more.</summary>
    public bool IsLocked(string email, IPAddress? address, out int seconds)
    {
        var now = time.GetUtcNow();
        var left = TimeSpan.Zero;
        if (_failures.TryGetValue(ForAccount(email), out var account) && account.Count >= MostForAccount) left = account.Until - now;
        if (_failures.TryGetValue(FromAddress(address), out var from) && from.Count >= MostFromAddress && from.Until - now > left) left = from.Until - now;
        seconds = (int)Math.Ceiling(left.TotalSeconds);
        return left > TimeSpan.Zero;
    }

    public void Failed(string email, IPAddress? address)
    {
        if (_failures.Count >= MostRemembered) Forget();
        Count(ForAccount(email), MostForAccount);
        Count(FromAddress(address), MostFromAddress);
    }

    public void Succeeded(string email) => _failures.TryRemove(ForAccount(email), out _);

    private void Count(string key, int most)
    {
        var now = time.GetUtcNow();
        var after = _failures.AddOrUpdate(key, _ => (1, now + LockedFor), (_, before) => (before.Until <= now ? 1 : before.Count + 1, now + LockedFor));
        if (after.Count == most) AccessLog.SignInLocked(logger, key[0] == 'a' ? "an account" : "an address");
    }

    private void Forget()
    {
        var now = time.GetUtcNow();
        foreach (var (key, failure) in _failures)
        {
            if (failure.Until <= now) _failures.TryRemove(key, out _);
        }

        if (_failures.Count >= MostRemembered) _failures.Clear();
    }

    private static string ForAccount(string email) => "a:" + email;

    private static string FromAddress(IPAddress? address) => "f:" + FailureMeters.Whole(address);
}
