using System.Collections.Concurrent;
using System.Security.Cryptography;
using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Server.Problems;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using NSec.Cryptography;

namespace Headcount.Server.Devices;

/// <summary>A key of an event, as it is told.</summary>
/// <param name="KeyId">Its number.</param>
/// <param name="PublicKey">Ed25519, 32 bytes.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="RetiredAt">Since when it signs nothing new.</param>
/// <param name="RevokedAt">Since when nothing that it signed is believed.</param>
internal sealed record EventKey(uint KeyId, byte[] PublicKey, Instant CreatedAt, Instant? RetiredAt, Instant? RevokedAt)
{
    public string Status => RevokedAt is not null ? "revoked" : RetiredAt is not null ? "retired" : "current";

    internal PublicKey Verifier { get; } = NSec.Cryptography.PublicKey.Import(SignatureAlgorithm.Ed25519, PublicKey, KeyBlobFormat.RawPublicKey);
}

/// <summary>The keys of each event's ticket codes. Private keys are protected by the server's own, and only in memory while they sign.</summary>
/// <remarks>Any thread. What is in memory follows the database.</remarks>
internal sealed class TicketKeys(IDbReader reader, IWriteQueue writes, IDataProtectionProvider protection, RegisterChanges changes, TimeProvider time)
{
    private static readonly SignatureAlgorithm Algorithm = SignatureAlgorithm.Ed25519;

    private readonly IDataProtector _protector = protection.CreateProtector("Headcount.Tickets.SigningKey.v1");
    private readonly ConcurrentDictionary<long, EventKey[]> _ofEvents = new();

    public async Task LoadAsync(CancellationToken cancellation)
    {
        await using var db = reader.Open();
        foreach (var rows in (await db.SigningKeys.AsNoTracking().ToListAsync(cancellation)).GroupBy(row => row.EventId)) _ofEvents[rows.Key] = InOrder(rows);
    }

    /// <summary>An event's keys, the oldest first.</summary>
    public IReadOnlyList<EventKey> Of(long eventId) => _ofEvents.GetValueOrDefault(eventId) ?? [];

    /// <summary>Makes a key that signs from now on; the one before is retired, and what it signed stays good.</summary>
    public async Task<EventKey> RotateAsync(long eventId, CancellationToken cancellation)
    {
        using var key = Key.Create(Algorithm, new KeyCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport });
        var secret = key.Export(KeyBlobFormat.RawPrivateKey);
        var row = new SigningKey
        {
            EventId = eventId, KeyId = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4)), PublicKey = key.PublicKey.Export(KeyBlobFormat.RawPublicKey),
            PrivateKey = Convert.ToBase64String(_protector.Protect(secret)), CreatedAt = time.GetUtcNow(),
        };
        CryptographicOperations.ZeroMemory(secret);
        await ChangeAsync(eventId, async (db, ct) =>
        {
            var all = await db.SigningKeys.Where(one => one.EventId == eventId).ToListAsync(ct);
            if (all.Count >= DeviceLimits.MostKeys) throw new ProblemException(409, ProblemCodes.Conflict, $"The event has {all.Count} keys; no more are taken.");
            foreach (var one in all) one.RetiredAt ??= row.CreatedAt;
            db.SigningKeys.Add(row);
        }, cancellation);
        return Of(eventId).Single(one => one.KeyId == row.KeyId);
    }

    /// <summary>From now on nothing is believed that a key signed.</summary>
    public async Task<EventKey> RevokeAsync(long eventId, uint keyId, CancellationToken cancellation)
    {
        Instant now = time.GetUtcNow();
        await ChangeAsync(eventId, async (db, ct) =>
        {
            var row = await db.SigningKeys.SingleOrDefaultAsync(one => one.EventId == eventId && one.KeyId == keyId, ct) ?? throw new ProblemException(404, ProblemCodes.NotFound, $"The event has no key {keyId}.");
            row.RetiredAt ??= now;
            row.RevokedAt ??= now;
        }, cancellation);
        return Of(eventId).Single(one => one.KeyId == keyId);
    }

    /// <summary>Opens the key that signs now.</summary>
    /// <exception cref="ProblemException">There is none (409), or the server's keys no longer open it (503).</exception>
    public async Task<TicketSigner> SignerAsync(long eventId, CancellationToken cancellation)
    {
        await using var db = reader.Open();
        var row = await db.SigningKeys.AsNoTracking().SingleOrDefaultAsync(one => one.EventId == eventId && one.RetiredAt == null, cancellation)
            ?? throw new ProblemException(409, ProblemCodes.Conflict, "The event has no key that signs codes. Make one: POST /api/events/SLUG/keys.");
        try
        {
            var secret = _protector.Unprotect(Convert.FromBase64String(row.PrivateKey));
            return new TicketSigner(eventId, (uint)row.KeyId, Key.Import(Algorithm, secret, KeyBlobFormat.RawPrivateKey));
        }
        catch (CryptographicException)
        {
            throw new ProblemException(503, ProblemCodes.Unavailable, "The server's own keys, which protect the event's, were lost: what was signed stays good. Make a new key: POST /api/events/SLUG/keys.");
        }
    }

    /// <summary>What a code is worth; null = it is forged, of another event, or no code.</summary>
    public (TicketId Ticket, CodeTerms Terms)? Check(long eventId, string text)
    {
        if (!TicketCode.TryRead(text, out var code, out var content, out var signature)) return null;
        var key = Of(eventId).FirstOrDefault(one => one.KeyId == code!.KeyId);
        var isGenuine = key is not null && Algorithm.Verify(key.Verifier, content, signature);
        return code!.Judge(eventId, isGenuine, key?.RevokedAt is not null) is { } terms ? (code.TicketId, terms) : null;
    }

    private async Task ChangeAsync(long eventId, Func<HeadcountDb, CancellationToken, Task> change, CancellationToken cancellation)
    {
        var rows = await writes.WriteAsync(async (db, ct) =>
        {
            await change(db, ct);
            await db.SaveChangesAsync(ct);
            return await db.SigningKeys.AsNoTracking().Where(one => one.EventId == eventId).ToListAsync(ct);
        }, cancellation);
        _ofEvents[eventId] = InOrder(rows);
        changes.Raise(eventId);
    }

    private static EventKey[] InOrder(IEnumerable<SigningKey> rows) =>
        [.. rows.OrderBy(row => row.CreatedAt).ThenBy(row => row.KeyId).Select(row => new EventKey((uint)row.KeyId, row.PublicKey, row.CreatedAt, row.RetiredAt, row.RevokedAt))];
}

/// <summary>Signs codes of one event.</summary>
internal sealed class TicketSigner(long eventId, uint keyId, Key key) : IDisposable
{
    /// <summary>The code of a ticket; with hours where it is to be good for these alone.</summary>
    public string Sign(Ticket ticket, Instant? from, Instant? until)
    {
        var code = new TicketCode { KeyId = keyId, EventId = eventId, TicketId = ticket.TicketId, TicketType = ticket.TicketType, ValidFrom = from, ValidUntil = until };
        return code.ToText(SignatureAlgorithm.Ed25519.Sign(key, code.ToSign()));
    }

    public void Dispose() => key.Dispose();
}
