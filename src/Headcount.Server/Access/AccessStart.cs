using System.Security.Cryptography;
using Headcount.Data;
using Headcount.Data.Model;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Access;

/// <summary>Reads tokens, accounts and events into memory when the server starts, and sees to it that there is an owner who can get in.</summary>
internal sealed class AccessStart(
    IDbReader reader, IdentityMaker maker, TokenTable tokens, EventDirectory events, AccountService accounts, TokenService tokenService, FirstStart first,
    ServerOptions options, ILogger<AccessStart> logger)
{
    private const string OwnerTokenName = "owner-token file";

    public async Task RunAsync(CancellationToken cancellation)
    {
        await LoadAsync(cancellation);
        var owner = maker.Accounts.FindOwner()?.UserId ?? await MakeOwnerAsync(cancellation);
        await SeeToOwnerTokenAsync(owner, cancellation);
    }

    private async Task LoadAsync(CancellationToken cancellation)
    {
        await using var db = reader.Open();
        foreach (var row in await db.Events.AsNoTracking().Select(row => new { row.EventId, row.Slug, row.ArchivedAt }).ToListAsync(cancellation))
            events.Put(row.EventId, row.Slug, row.ArchivedAt is not null);
        foreach (var user in await db.Users.AsNoTracking().Where(user => user.Role != null).ToListAsync(cancellation))
            maker.Accounts.Put(new Account(user));
        var devices = await db.Devices.AsNoTracking().Where(device => device.RevokedAt == null).ToDictionaryAsync(device => device.DeviceId, StringComparer.Ordinal, cancellation);
        await foreach (var token in db.Tokens.AsNoTracking().Where(token => token.RevokedAt == null).AsAsyncEnumerable().WithCancellation(cancellation))
        {
            if (token.DeviceId is { } deviceId)
            {
                if (devices.TryGetValue(deviceId, out var device)) tokens.Put(maker.Hold(token, device));
            }
            else if (maker.Accounts.TryFind(token.UserId!, out var account))
            {
                tokens.Put(maker.Hold(token, account));
            }
        }
    }

    private async Task<string> MakeOwnerAsync(CancellationToken cancellation)
    {
        var password = NewPassword();
        var userId = await accounts.CreateAsync(FirstStart.OwnerEmail, "Owner", AccountRole.Owner, password, cancellation);
        first.Keep(password);
        return userId;
    }

    private async Task SeeToOwnerTokenAsync(string owner, CancellationToken cancellation)
    {
        var file = new OwnerTokenFile(options.DataFolder);
        first.OwnerTokenFile = file.Path;
        var held = file.Read();
        if (held is not null && tokens.Find(held) is { Identity.Caller.Role: AccountRole.Owner }) return;
        if (held is not null) AccessLog.OwnerTokenReplaced(logger, file.Path);

        // An earlier one that nobody can read any more should not stay good.
        await using (var db = reader.Open())
        {
            var earlier = await db.Tokens.AsNoTracking().Where(token => token.Name == OwnerTokenName && token.UserId != null && token.RevokedAt == null).Select(token => token.TokenId).ToListAsync(cancellation);
            foreach (var tokenId in earlier) await tokenService.RevokeAsync(tokenId, cancellation);
        }

        var issued = await tokenService.IssueForAccountAsync(owner, OwnerTokenName, null, cancellation);
        file.Write(issued.Text);
    }

    // 20 of 32 letters and digits that nobody mistakes for one another: 100 bits.
    private static string NewPassword() => string.Join('-', Enumerable.Range(0, 4).Select(_ => RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz23456789", 5)));
}

internal static partial class AccessLog
{
    [LoggerMessage(EventId = 2100, Level = LogLevel.Warning, Message = "The token in {File} is not good any more; a new one was written there.")]
    public static partial void OwnerTokenReplaced(ILogger logger, string file);

    [LoggerMessage(EventId = 2101, Level = LogLevel.Warning, Message = "Signing in is locked for a while: too many wrong passwords for {What}.")]
    public static partial void SignInLocked(ILogger logger, string what);
}
