using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Headcount.Data.Model;
using Headcount.Server.Access;
using Headcount.Server.Access.SignIn;
using Headcount.Server.Problems;
using Microsoft.AspNetCore.Identity;

namespace Headcount.Server.Accounts;

/// <summary>Codes after the password: of an authenticator app, or one of the recovery codes that were written down.</summary>
internal sealed class SecondFactor(IServiceScopeFactory scopes, AccountService accounts, AuthenticatorKeys keys, SpentCodes spent)
{
    /// <summary>How many recovery codes there are.</summary>
    public const int RecoveryCodes = 10;

    /// <summary>A new key for an authenticator; nothing is kept until a code of it is shown.</summary>
    public static string NewKey() => Base32(RandomNumberGenerator.GetBytes(20));

    /// <summary>What an authenticator app reads from a picture.</summary>
    public static string AddressOf(string key, string email) =>
        $"otpauth://totp/Headcount:{Uri.EscapeDataString(email)}?secret={key}&issuer=Headcount&digits=6";

    /// <summary>Turns it on, where the code is one of that key; gives the recovery codes, which are told this once. Null = the code is wrong.</summary>
    public async Task<IReadOnlyList<string>?> TurnOnAsync(string userId, string key, string code, string? keepSession, CancellationToken cancellation)
    {
        if (!await IsCodeAsync(userId, keys.Close(key), code)) return null;
        var codes = NewRecoveryCodes();
        await accounts.ChangeAsync(userId, user => (user.TwoFactor, user.AuthenticatorKey, user.RecoveryCodes) = (true, keys.Close(key), [.. codes.Select(HashOf)]), cancellation, keepSession);
        return codes;
    }

    public Task TurnOffAsync(string userId, string? keepSession, CancellationToken cancellation) =>
        accounts.ChangeAsync(userId, user => (user.TwoFactor, user.AuthenticatorKey, user.RecoveryCodes) = (false, null, []), cancellation, keepSession);

    /// <summary>Recovery codes in place of those there were.</summary>
    public async Task<IReadOnlyList<string>> RenewAsync(string userId, string? keepSession, CancellationToken cancellation)
    {
        var codes = NewRecoveryCodes();
        await accounts.ChangeAsync(userId, user => user.RecoveryCodes = [.. codes.Select(HashOf)], cancellation, keepSession);
        return codes;
    }

    /// <summary>Whether a code is good now. An authenticator's is taken once; a recovery code is gone afterwards.</summary>
    public async Task<bool> TakeAsync(User user, string code, CancellationToken cancellation)
    {
        var digits = new string([.. code.Where(c => !char.IsWhiteSpace(c) && c != '-')]).ToLowerInvariant();
        if (digits.Length == 6 && digits.All(char.IsAsciiDigit)) return await IsCodeAsync(user.UserId, user.AuthenticatorKey, digits) && spent.TryTake(user.UserId, digits);
        var hash = HashOf(digits);
        if (!user.RecoveryCodes.Contains(hash, StringComparer.Ordinal)) return false;
        var isTaken = false;
        await accounts.ChangeAsync(
            user.UserId,
            (_, one, _) =>
            {
                isTaken = one.RecoveryCodes.Contains(hash, StringComparer.Ordinal);
                one.RecoveryCodes = [.. one.RecoveryCodes.Where(other => other != hash)];
                return Task.CompletedTask;
            },
            endSessions: false, null, cancellation);
        return isTaken;
    }

    private async Task<bool> IsCodeAsync(string userId, string? closedKey, string code)
    {
        if (closedKey is null) return false;
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
        var user = new User { UserId = userId, AuthenticatorKey = closedKey };
        return await users.VerifyTwoFactorTokenAsync(user, TokenOptions.DefaultAuthenticatorProvider, code.Trim());
    }

    private static List<string> NewRecoveryCodes() =>
        [.. Enumerable.Range(0, RecoveryCodes).Select(_ => $"{RandomNumberGenerator.GetString(Letters, 5)}-{RandomNumberGenerator.GetString(Letters, 5)}")];

    private const string Letters = "abcdefghijkmnpqrstuvwxyz23456789";

    private static string HashOf(string code) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(code.Replace("-", "", StringComparison.Ordinal))));

    private static string Base32(byte[] bytes)
    {
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        var text = new StringBuilder();
        for (var bit = 0; bit < bytes.Length * 8; bit += 5)
        {
            var (at, offset) = (bit / 8, bit % 8);
            var two = (bytes[at] << 8) | (at + 1 < bytes.Length ? bytes[at + 1] : 0);
            text.Append(alphabet[(two >> (11 - offset)) & 31]);
        }

        return text.ToString();
    }
}

/// <summary>Codes of authenticators that were taken lately: whoever looked over a shoulder cannot use one again.</summary>
/// <remarks>Any thread.</remarks>
internal sealed class SpentCodes(TimeProvider time)
{
    // A code is taken for some half minutes before and after its own.
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<(string UserId, string Code), DateTimeOffset> _taken = [];

    public bool TryTake(string userId, string code)
    {
        var now = time.GetUtcNow();
        foreach (var (one, until) in _taken)
        {
            if (until <= now) _taken.TryRemove(one, out _);
        }

        return _taken.TryAdd((userId, code), now + Remembered);
    }
}
