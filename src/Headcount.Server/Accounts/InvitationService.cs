using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Server.Access;
using Headcount.Server.Languages;
using Headcount.Server.Manage;
using Headcount.Server.Problems;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Accounts;

/// <summary>Asking people to become members of an organisation, by a letter with a link that works once.</summary>
internal sealed class InvitationService(MemberService members, AccountService accounts, AccountTable table, Letters letters, IDbReader reader, IWriteQueue writes, TimeProvider time)
{
    /// <summary>How long an invitation is good.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    /// <summary>How many an organisation can have open.</summary>
    public const int MostOpen = 1_000;

    private Instant Now => time.GetUtcNow();

    /// <summary>Invites somebody, in place of an invitation that they have already. The link is told this once.</summary>
    public async Task<(string Link, bool IsSent)> InviteAsync(Caller caller, long organisationId, string email, AccountRole role, CancellationToken cancellation)
    {
        MemberService.Require(caller.At(organisationId).May(Right.Own), Right.Own);
        if (AccountRules.WrongEmail(email) is { } why) throw new ProblemException(422, ProblemCodes.Malformed, why, new Dictionary<string, string> { ["email"] = why });
        if (table.FindByEmail(email) is { } known && known.ToCaller().At(organisationId).Role >= role)
            throw new ProblemException(409, ProblemCodes.Conflict, Words.Of("people.already", email));
        var code = TokenText.Secret();
        TokenText.TryHash(code, out var hash);
        var now = Now;
        var organisation = await writes.WriteAsync(
            async (db, ct) =>
            {
                await db.Invitations.Where(one => one.OrganisationId == organisationId && one.Email == email && one.EndedAt == null).ExecuteUpdateAsync(set => set.SetProperty(one => one.EndedAt, now), ct);
                if (await db.Invitations.CountAsync(one => one.OrganisationId == organisationId && one.EndedAt == null && one.ExpiresAt > now, ct) >= MostOpen)
                    throw new ProblemException(409, ProblemCodes.Conflict, Words.Of("people.many-invitations", MostOpen));
                db.Invitations.Add(new Invitation
                {
                    OrganisationId = organisationId, Email = email, Role = role, Hash = hash.ToBytes(), InvitedBy = caller.UserId ?? "", CreatedAt = now, ExpiresAt = now.Plus(Lifetime),
                });
                await db.SaveChangesAsync(ct);
                return await db.Organisations.Where(one => one.OrganisationId == organisationId).Select(one => one.Name).SingleAsync(ct);
            },
            cancellation);
        var link = letters.LinkTo($"invitation/{code}");
        return (link, await letters.SendInvitationAsync(email, organisation, RoleWords.Of(role), caller.Name, link, cancellation));
    }

    /// <summary>Invitations that nobody has accepted, and that have not run out.</summary>
    public async Task<IReadOnlyList<Invitation>> OpenAsync(Caller caller, long organisationId, CancellationToken cancellation)
    {
        MemberService.Require(caller.At(organisationId).May(Right.Own), Right.Own);
        var now = Now;
        await using var db = reader.Open();
        return await db.Invitations.AsNoTracking().Where(one => one.OrganisationId == organisationId && one.EndedAt == null && one.ExpiresAt > now).OrderBy(one => one.Email).ToListAsync(cancellation);
    }

    public async Task TakeBackAsync(Caller caller, long organisationId, long invitationId, CancellationToken cancellation)
    {
        MemberService.Require(caller.At(organisationId).May(Right.Own), Right.Own);
        var now = Now;
        await writes.WriteAsync(
            async (db, ct) =>
            {
                var ended = await db.Invitations.Where(one => one.InvitationId == invitationId && one.OrganisationId == organisationId && one.EndedAt == null).ExecuteUpdateAsync(set => set.SetProperty(one => one.EndedAt, now), ct);
                if (ended > 0) await db.NoteAsync("revoked", "invitation", invitationId.ToString(System.Globalization.CultureInfo.InvariantCulture), null, organisationId, null, ct);
                return ended;
            },
            cancellation);
    }

    /// <summary>The invitation of a code, with the organisation's name; null where there is none that is open.</summary>
    public async Task<(Invitation Invitation, string Organisation)?> FindAsync(string code, CancellationToken cancellation)
    {
        if (!TokenText.TryHash(code, out var hash)) return null;
        var (bytes, now) = (hash.ToBytes(), Now);
        await using var db = reader.Open();
        var found = await (from one in db.Invitations.AsNoTracking()
                           join organisation in db.Organisations on one.OrganisationId equals organisation.OrganisationId
                           where one.Hash == bytes && one.EndedAt == null && one.ExpiresAt > now
                           select new { one, organisation.Name }).SingleOrDefaultAsync(cancellation);
        return found is null ? null : (found.one, found.Name);
    }

    /// <summary>Accepts for somebody who has an account, or makes theirs with the name and password given. False where the invitation has ended meanwhile.</summary>
    public async Task<bool> AcceptAsync(Invitation invitation, string? name, string? password, CancellationToken cancellation)
    {
        var now = Now;
        var ended = await writes.WriteAsync((db, ct) => db.Invitations.Where(one => one.InvitationId == invitation.InvitationId && one.EndedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(one => one.EndedAt, now), ct), cancellation);
        if (ended == 0) return false;
        var userId = table.FindByEmail(invitation.Email)?.UserId ?? await accounts.CreateAsync(invitation.Email, name, null, password, cancellation, user => user.EmailConfirmedAt = now);
        await members.PutAsync(invitation.OrganisationId, userId, invitation.Role, now, cancellation);
        return true;
    }
}
