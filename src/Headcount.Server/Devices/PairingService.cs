using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Server.Access;
using Headcount.Server.Manage;
using Headcount.Server.Problems;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Devices;

/// <summary>A pairing code just made. Its text is shown this once.</summary>
internal sealed record IssuedPairing(string DeviceId, string Code, Instant ExpiresAt);

/// <summary>Pairs devices: a code that is good once and for minutes is exchanged for the device's token, so that what stands on a screen or in a picture is worth nothing afterwards.</summary>
internal sealed class PairingService(EventDirectory directory, IDbReader reader, IWriteQueue writes, TokenService tokens, TimeProvider time)
{
    private const string Prefix = "hcp_";

    private Instant Now => time.GetUtcNow();

    /// <summary>Makes a code for a device. An earlier one that was not used is void.</summary>
    public async Task<IssuedPairing> IssueAsync(Caller caller, string slug, string deviceId, CancellationToken cancellation)
    {
        var (listed, _) = directory.Admit(caller, slug, Right.Organise);
        var text = TokenText.New(Prefix);
        TokenText.TryHash(text, out var hash);
        var (now, expires) = (Now, Now + DeviceLimits.PairingLifetime);
        await writes.WriteAsync(async (db, ct) =>
        {
            if (!await db.Devices.AnyAsync(device => device.DeviceId == deviceId && device.EventId == listed.EventId && device.RevokedAt == null, ct))
                throw new ProblemException(404, ProblemCodes.NotFound, $"Event '{slug}' has no device '{Names.Excerpt(deviceId)}'.");
            await db.PairingCodes.Where(code => code.DeviceId == deviceId).ExecuteDeleteAsync(ct);
            db.PairingCodes.Add(new PairingCode { DeviceId = deviceId, Hash = hash.ToBytes(), CreatedAt = now, ExpiresAt = expires });
            return await db.SaveChangesAsync(ct);
        }, cancellation);
        return new IssuedPairing(deviceId, text, expires);
    }

    /// <summary>Exchanges a code for the device's token; its earlier tokens end.</summary>
    /// <exception cref="ProblemException">The code is not known or is over (401), or was used (409).</exception>
    public async Task<(Device Device, IssuedToken Token)> ExchangeAsync(string text, CancellationToken cancellation)
    {
        if (!TokenText.TryHash(text, out var hash)) throw NotGood();
        var bytes = hash.ToBytes();
        var now = Now;
        var deviceId = await writes.WriteAsync(async (db, ct) =>
        {
            var code = await db.PairingCodes.SingleOrDefaultAsync(code => code.Hash == bytes, ct) ?? throw NotGood();
            if (code.UsedAt is not null) throw Used();
            if (code.ExpiresAt <= now) throw NotGood();

            // Of two who show it at the same moment, the database lets one be the first.
            if (await db.PairingCodes.Where(one => one.Hash == bytes && one.UsedAt == null).ExecuteUpdateAsync(set => set.SetProperty(one => one.UsedAt, now), ct) == 0) throw Used();
            return code.DeviceId;
        }, cancellation);
        await using var db = reader.Open();
        var device = await db.Devices.AsNoTracking().SingleOrDefaultAsync(device => device.DeviceId == deviceId && device.RevokedAt == null, CancellationToken.None) ?? throw NotGood();
        var before = await db.Tokens.AsNoTracking().Where(token => token.DeviceId == deviceId && token.RevokedAt == null).ToListAsync(CancellationToken.None);
        var ends = before.OrderBy(token => token.TokenId).LastOrDefault()?.ExpiresAt;
        var token = await tokens.IssueForDeviceAsync(deviceId, deviceId, ends > now ? ends : null, CancellationToken.None);
        foreach (var old in before) await tokens.RevokeAsync(old.TokenId, CancellationToken.None);
        return (device, token);
    }

    private static ProblemException Used() =>
        new(409, ProblemCodes.Conflict, "This pairing code was used already. If it was not you, take the device away in the office. Otherwise let the office show a new code.");

    private static ProblemException NotGood() => new(401, ProblemCodes.Unauthenticated, "The pairing code is not good: it is unknown, was replaced, or is over. Let the office show a new one.");
}
