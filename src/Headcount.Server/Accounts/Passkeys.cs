using System.Text.Json;
using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Server.Access;
using Headcount.Server.Access.SignIn;
using Headcount.Server.Languages;
using Headcount.Server.Manage;
using Headcount.Server.Problems;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Accounts;

/// <summary>Passkeys: made by whoever is signed in, and good for signing in without a password. They ask for a finger, a face or a PIN, so that no second factor is asked for.</summary>
internal sealed class Passkeys(AccountTable accounts, IWriteQueue writes, Sessions sessions, SignInAttempts attempts, IDataProtectionProvider protection, TimeProvider time)
{
    /// <summary>How many an account may have.</summary>
    public const int MostOfAccount = 20;

    /// <summary>How long a device may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private const string StateCookie = "headcount-passkey";
    private const int MostCredential = 64 * 1024;

    private readonly ITimeLimitedDataProtector _states = protection.CreateProtector("headcount.passkey").ToTimeLimitedDataProtector();

    public async Task OfferCreationAsync(HttpContext context)
    {
        var user = await UserAsync(context);
        var options = await Handler(context).MakeCreationOptionsAsync(new PasskeyUserEntity { Id = user.UserId, Name = user.Email ?? user.UserId, DisplayName = user.Name ?? user.Email ?? user.UserId }, context);
        Keep(context, options.AttestationState);
        await AnswerAsync(context, options.CreationOptionsJson);
    }

    public async Task CreateAsync(HttpContext context)
    {
        AccountForm.Speak(context);
        var user = await UserAsync(context);
        var (credential, name) = await ReadAsync(context);
        var result = await Handler(context).PerformAttestationAsync(new PasskeyAttestationContext { HttpContext = context, CredentialJson = credential, AttestationState = Kept(context) });
        if (!result.Succeeded || result.UserEntity.Id != user.UserId) throw new ProblemException(422, ProblemCodes.Malformed, Words.Of("passkey.refused"));
        await writes.WriteAsync(
            async (db, ct) =>
            {
                if (await db.Passkeys.CountAsync(one => one.UserId == user.UserId, ct) >= MostOfAccount) throw new ProblemException(409, ProblemCodes.Conflict, Words.Of("passkey.many", MostOfAccount));
                db.Passkeys.Add(RowOf(result.Passkey, user.UserId, name is { Length: > 0 } ? name : Words.Of("passkey.unnamed")));
                return await db.SaveChangesAsync(ct);
            },
            context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    public async Task OfferSignInAsync(HttpContext context)
    {
        RequireOwnPage(context);
        var options = await Handler(context).MakeRequestOptionsAsync(null, context);
        Keep(context, options.AssertionState);
        await AnswerAsync(context, options.RequestOptionsJson);
    }

    public async Task SignInAsync(HttpContext context)
    {
        RequireOwnPage(context);
        AccountForm.Speak(context);
        var address = context.Connection.RemoteIpAddress;
        if (attempts.IsLocked("", address, out var seconds)) throw new ProblemException(429, ProblemCodes.TooManyRequests, Words.Of("sign-in.locked", (seconds + 59) / 60), retryAfterSeconds: seconds);
        var (credential, _) = await ReadAsync(context);
        var result = await Handler(context).PerformAssertionAsync(new PasskeyAssertionContext { HttpContext = context, CredentialJson = credential, AssertionState = Kept(context) });
        if (!result.Succeeded || !accounts.TryFind(result.User.UserId, out var account))
        {
            attempts.Failed("", address);
            throw new ProblemException(401, ProblemCodes.Unauthenticated, Words.Of("passkey.unknown"));
        }

        Instant now = time.GetUtcNow();
        var (id, count, isBackedUp) = (result.Passkey.CredentialId, (long)result.Passkey.SignCount, result.Passkey.IsBackedUp);
        await writes.WriteAsync((db, ct) => db.Passkeys.Where(one => one.CredentialId == id).ExecuteUpdateAsync(
            set => set.SetProperty(one => one.SignCount, count).SetProperty(one => one.IsBackedUp, isBackedUp).SetProperty(one => one.LastUsedAt, now), ct), context.RequestAborted);
        await sessions.BeginAsync(context, account);
        await context.AnswerAsync(new { next = ToSignIn.NextOf(context.Request) });
    }

    /// <summary>Takes a passkey away; it signs nobody in any more.</summary>
    public async Task RemoveAsync(string userId, byte[] credentialId, CancellationToken cancellation) =>
        await writes.WriteAsync(
            async (db, ct) =>
            {
                var removed = await db.Passkeys.Where(one => one.CredentialId == credentialId && one.UserId == userId).ExecuteDeleteAsync(ct);
                if (removed > 0) await db.NoteAsync("deleted", "passkey", "", null, null, null, ct);
                return removed;
            },
            cancellation);

    private static IPasskeyHandler<User> Handler(HttpContext context) => context.RequestServices.GetRequiredService<IPasskeyHandler<User>>();

    private static async Task<User> UserAsync(HttpContext context) =>
        context.Caller().UserId is { } userId && await context.RequestServices.GetRequiredService<UserManager<User>>().FindByIdAsync(userId) is { } user
            ? user
            : throw new ProblemException(403, ProblemCodes.Forbidden, "Passkeys belong to accounts, and a device is none.");

    private static void RequireOwnPage(HttpContext context)
    {
        if (!CrossSite.IsSameOrigin(context.Request)) throw new ProblemException(403, ProblemCodes.Forbidden, "Signing in is taken from this server's own pages only.");
    }

    private static async Task<(string Credential, string? Name)> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength is null or > MostCredential) throw new ProblemException(413, ProblemCodes.TooLarge, "A passkey's answer is not that long.");
        using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        if (body.RootElement.ValueKind != JsonValueKind.Object || !body.RootElement.TryGetProperty("credential", out var credential)) throw new ProblemException(400, ProblemCodes.Unreadable, "The credential is missing.");
        var name = body.RootElement.TryGetProperty("name", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString()!.Trim() : null;
        return (credential.GetRawText(), name is null || AccountRules.WrongName(name) is not null ? null : name);
    }

    private void Keep(HttpContext context, string? state) => context.Response.Cookies.Append(StateCookie, _states.Protect(state ?? "", Patience), new CookieOptions
    {
        HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, IsEssential = true, MaxAge = Patience, Path = "/account",
    });

    // Good for one answer.
    private string Kept(HttpContext context)
    {
        var text = context.Request.Cookies[StateCookie];
        context.Response.Cookies.Delete(StateCookie, new CookieOptions { Path = "/account" });
        try
        {
            if (text is not null) return _states.Unprotect(text);
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            // Too old, or not ours.
        }

        throw new ProblemException(400, ProblemCodes.Unreadable, Words.Of("form.old"));
    }

    private static Task AnswerAsync(HttpContext context, string json)
    {
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(json, context.RequestAborted);
    }

    private Passkey RowOf(UserPasskeyInfo info, string userId, string name) => new()
    {
        CredentialId = info.CredentialId, UserId = userId, Name = name, PublicKey = info.PublicKey, SignCount = info.SignCount, Transports = info.Transports ?? [],
        IsUserVerified = info.IsUserVerified, IsBackupEligible = info.IsBackupEligible, IsBackedUp = info.IsBackedUp, AttestationObject = info.AttestationObject,
        ClientDataJson = info.ClientDataJson, CreatedAt = time.GetUtcNow(),
    };
}
