using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Server.Problems;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Access;

/// <summary>A token just made. Its text is shown this once and is nowhere afterwards.</summary>
/// <param name="TokenId">Its number.</param>
/// <param name="Text">What its owner sends.</param>
/// <param name="ExpiresAt">When it ends by itself; null = never.</param>
public sealed record IssuedToken(long TokenId, string Text, Instant? ExpiresAt);

/// <summary>Makes tokens and ends them. The database comes first; when a call returns, requests go by it.</summary>
/// <remarks>Any thread; one change at a time, so that what is in memory ends as what is in the database.</remarks>
public sealed class TokenService : IDisposable
{
    private readonly IWriteQueue _writes;
    private readonly IDbReader _reader;
    private readonly IdentityMaker _maker;
    private readonly TokenTable _table;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _changing = new(1, 1);

    internal TokenService(IWriteQueue writes, IDbReader reader, IdentityMaker maker, TokenTable table, TimeProvider time) =>
        (_writes, _reader, _maker, _table, _time) = (writes, reader, maker, table, time);

    private Instant Now => _time.GetUtcNow();

    /// <summary>A token for a device that is in the database.</summary>
    /// <exception cref="ProblemException">There is no such device, or it was revoked.</exception>
    public Task<IssuedToken> IssueForDeviceAsync(string deviceId, string name, Instant? expiresAt, CancellationToken cancellation) =>
        IssueAsync(async (db, ct) => await FindDeviceAsync(db, deviceId, ct) ?? throw NoSuchDevice(deviceId), name, expiresAt, cancellation);

    /// <summary>Puts a new device into the database, and makes its token, both or neither.</summary>
    /// <exception cref="ProblemException">There is a device of that id already (409).</exception>
    public Task<IssuedToken> IssueForNewDeviceAsync(Device device, string name, Instant? expiresAt, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(device);
        return IssueAsync(
            async (db, ct) =>
            {
                if (await db.Devices.AnyAsync(one => one.DeviceId == device.DeviceId, ct))
                    throw new ProblemException(409, ProblemCodes.Conflict, $"There is a device '{device.DeviceId}' already; device ids are unique on a server.");
                db.Devices.Add(device);
                return device;
            },
            name, expiresAt, cancellation);
    }

    /// <summary>A token for an account; it carries the account's role.</summary>
    /// <exception cref="ProblemException">There is no such account.</exception>
    public async Task<IssuedToken> IssueForAccountAsync(string userId, string name, Instant? expiresAt, CancellationToken cancellation)
    {
        await _changing.WaitAsync(cancellation);
        try
        {
            if (!_maker.Accounts.TryFind(userId, out var account)) throw new ProblemException(404, ProblemCodes.NotFound, "There is no such account.");
            var text = TokenText.New(TokenText.AccountPrefix);
            var token = await AddAsync(text, token => token.UserId = userId, name, expiresAt, cancellation);
            _table.Put(_maker.Hold(token, account));
            return new IssuedToken(token.TokenId, text, expiresAt);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Ends a token and makes another with the same owner, name and end; null where there is no such token, or it has ended.</summary>
    public async Task<IssuedToken?> RotateAsync(long tokenId, CancellationToken cancellation)
    {
        var before = await FindAsync(tokenId, cancellation);
        if (before is null || before.RevokedAt is not null || before.ExpiresAt <= Now) return null;
        var next = before.DeviceId is { } device
            ? await IssueForDeviceAsync(device, before.Name, before.ExpiresAt, cancellation)
            : await IssueForAccountAsync(before.UserId!, before.Name, before.ExpiresAt, cancellation);
        await RevokeAsync(tokenId, cancellation);
        return next;
    }

    /// <summary>Ends a token; false where there is none of that number that has not ended.</summary>
    public Task<bool> RevokeAsync(long tokenId, CancellationToken cancellation) =>
        EndAsync(
            async (db, now, ct) =>
            {
                var ended = await db.Tokens.Where(token => token.TokenId == tokenId && token.RevokedAt == null).ExecuteUpdateAsync(set => set.SetProperty(token => token.RevokedAt, now), ct);
                if (ended == 0) return 0;
                var token = await db.Tokens.AsNoTracking().SingleAsync(token => token.TokenId == tokenId, ct);
                await db.NoteAsync("revoked", "token", token.Name, await EventOfAsync(db, token.DeviceId, ct), null, null, ct);
                return ended;
            },
            token => token.TokenId == tokenId, cancellation);

    /// <summary>Revokes a device and ends all its tokens; false where there is no such device that was not revoked before.</summary>
    public Task<bool> RevokeDeviceAsync(string deviceId, CancellationToken cancellation) =>
        EndAsync(
            async (db, now, ct) =>
            {
                await db.Tokens.Where(token => token.DeviceId == deviceId && token.RevokedAt == null).ExecuteUpdateAsync(set => set.SetProperty(token => token.RevokedAt, now), ct);
                var ended = await db.Devices.Where(device => device.DeviceId == deviceId && device.RevokedAt == null).ExecuteUpdateAsync(set => set.SetProperty(device => device.RevokedAt, now), ct);
                if (ended > 0) await db.NoteAsync("revoked", "device", deviceId, await EventOfAsync(db, deviceId, ct), null, null, ct);
                return ended;
            },
            token => token.DeviceId == deviceId, cancellation);

    /// <summary>Goes by what the database says of a device from now on: its gate, direction, clock and scopes were changed.</summary>
    public async Task DeviceChangedAsync(string deviceId, CancellationToken cancellation)
    {
        await _changing.WaitAsync(cancellation);
        try
        {
            await using var db = _reader.Open();
            if (await FindDeviceAsync(db, deviceId, cancellation) is not { } device) return;
            _table.Change(token => token.DeviceId == deviceId, token => _maker.Of(device, token));
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _changing.Dispose();

    private async Task<IssuedToken> IssueAsync(Func<HeadcountDb, CancellationToken, Task<Device>> findDevice, string name, Instant? expiresAt, CancellationToken cancellation)
    {
        await _changing.WaitAsync(cancellation);
        try
        {
            var text = TokenText.New(TokenText.DevicePrefix);
            Device? device = null;
            var token = await _writes.WriteAsync(
                async (db, ct) =>
                {
                    device = await findDevice(db, ct);
                    return await AddAsync(db, text, token => token.DeviceId = device.DeviceId, name, expiresAt, ct);
                },
                cancellation);
            _table.Put(_maker.Hold(token, device!));
            return new IssuedToken(token.TokenId, text, expiresAt);
        }
        finally
        {
            _changing.Release();
        }
    }

    private Task<Token> AddAsync(string text, Action<Token> setOwner, string name, Instant? expiresAt, CancellationToken cancellation) =>
        _writes.WriteAsync((db, ct) => AddAsync(db, text, setOwner, name, expiresAt, ct), cancellation);

    private async Task<Token> AddAsync(HeadcountDb db, string text, Action<Token> setOwner, string name, Instant? expiresAt, CancellationToken ct)
    {
        TokenText.TryHash(text, out var hash);
        var token = new Token { Hash = hash.ToBytes(), Name = name, CreatedAt = Now, ExpiresAt = expiresAt };
        setOwner(token);
        db.Tokens.Add(token);
        await db.SaveChangesAsync(ct);
        return token;
    }

    private async Task<bool> EndAsync(Func<HeadcountDb, Instant?, CancellationToken, Task<int>> end, Func<HeldToken, bool> which, CancellationToken cancellation)
    {
        await _changing.WaitAsync(cancellation);
        try
        {
            var ended = await _writes.WriteAsync((db, ct) => end(db, Now, ct), cancellation);
            _table.End(which);
            return ended > 0;
        }
        finally
        {
            _changing.Release();
        }
    }

    private async Task<Token?> FindAsync(long tokenId, CancellationToken cancellation)
    {
        await using var db = _reader.Open();
        return await db.Tokens.AsNoTracking().SingleOrDefaultAsync(token => token.TokenId == tokenId, cancellation);
    }

    private static Task<Device?> FindDeviceAsync(HeadcountDb db, string deviceId, CancellationToken ct) =>
        db.Devices.AsNoTracking().SingleOrDefaultAsync(device => device.DeviceId == deviceId && device.RevokedAt == null, ct);

    private static Task<long?> EventOfAsync(HeadcountDb db, string? deviceId, CancellationToken ct) =>
        db.Devices.AsNoTracking().Where(device => device.DeviceId == deviceId).Select(device => (long?)device.EventId).FirstOrDefaultAsync(ct);

    private static ProblemException NoSuchDevice(string deviceId) => new(404, ProblemCodes.NotFound, $"There is no device '{deviceId}'.");
}
