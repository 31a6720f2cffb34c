using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Server.Access;
using Headcount.Server.Languages;
using Headcount.Server.Manage;
using Headcount.Server.Problems;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Accounts;

/// <summary>Who belongs to an organisation, and what each may do at its events. Each call asks whether the caller may.</summary>
internal sealed class MemberService(AccountService accounts, AccountTable table, IDbReader reader, IWriteQueue writes, TimeProvider time)
{
    private Instant Now => time.GetUtcNow();

    /// <summary>The organisations in which a caller may anything.</summary>
    public async Task<IReadOnlyList<Organisation>> OrganisationsAsync(Caller caller, CancellationToken cancellation)
    {
        await using var db = reader.Open();
        var all = await db.Organisations.AsNoTracking().OrderBy(one => one.OrganisationId).ToListAsync(cancellation);
        return all.FindAll(one => caller.At(one.OrganisationId).Role is not null);
    }

    public async Task<long> CreateOrganisationAsync(Caller caller, string name, CancellationToken cancellation)
    {
        Require(caller.May(Right.Administer), Right.Administer);
        return await writes.WriteAsync(
            async (db, ct) =>
            {
                var made = new Organisation { OrganisationId = await db.Organisations.MaxAsync(one => one.OrganisationId, ct) + 1, Name = Checked(name), CreatedAt = Now };
                db.Organisations.Add(made);
                await db.SaveChangesAsync(ct);
                return made.OrganisationId;
            },
            cancellation);
    }

    public async Task RenameOrganisationAsync(Caller caller, long organisationId, string name, CancellationToken cancellation)
    {
        Require(caller.At(organisationId).May(Right.Own), Right.Own);
        name = Checked(name);
        await writes.WriteAsync(
            async (db, ct) =>
            {
                if (await db.Organisations.SingleOrDefaultAsync(one => one.OrganisationId == organisationId, ct) is { } organisation) organisation.Name = name;
                return await db.SaveChangesAsync(ct);
            },
            cancellation);
    }

    /// <summary>Everybody who may something at the organisation's events: its members, and those who may so everywhere.</summary>
    public async Task<IReadOnlyList<OrganisationMember>> MembersAsync(Caller caller, long organisationId, CancellationToken cancellation)
    {
        Require(caller.At(organisationId).May(Right.Own), Right.Own);
        await using var db = reader.Open();
        var members = await db.Members.AsNoTracking().Where(one => one.OrganisationId == organisationId).ToDictionaryAsync(one => one.UserId, one => one.Role, cancellation);
        var users = await db.Users.AsNoTracking().Where(user => user.Role != null || db.Members.Any(one => one.OrganisationId == organisationId && one.UserId == user.UserId)).ToListAsync(cancellation);
        return [.. users.Select(user => OrganisationMember.Of(user, members.TryGetValue(user.UserId, out var role) ? role : null)).OrderBy(one => one.Email, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>Makes somebody a member, gives a member another role, or takes the membership away (null). Their sessions end.</summary>
    public async Task ChangeAsync(Caller caller, long organisationId, string userId, AccountRole? role, CancellationToken cancellation)
    {
        Require(caller.At(organisationId).May(Right.Own), Right.Own);
        if (userId == caller.UserId) throw new ProblemException(409, ProblemCodes.Conflict, Words.Of("people.not-yourself"));
        await PutAsync(organisationId, userId, role, confirmedAt: null, cancellation);
    }

    /// <summary>Makes an account a member; its caller was asked already.</summary>
    public Task PutAsync(long organisationId, string userId, AccountRole? role, Instant? confirmedAt, CancellationToken cancellation) =>
        accounts.ChangeAsync(
            userId,
            async (db, user, ct) =>
            {
                user.EmailConfirmedAt ??= confirmedAt;
                var member = await db.Members.SingleOrDefaultAsync(one => one.OrganisationId == organisationId && one.UserId == userId, ct);
                if (role is null && member is not null) db.Members.Remove(member);
                if (role is { } given && member is not null) member.Role = given;
                if (role is { } made && member is null) db.Members.Add(new Member { OrganisationId = organisationId, UserId = userId, Role = made, Since = Now });
                user.SecurityStamp = TokenText.Secret();
                await db.SaveChangesAsync(ct);
            },
            endSessions: true, null, cancellation);

    /// <summary>Accounts that nobody has given a right yet: they registered, and wait.</summary>
    public IReadOnlyList<(string UserId, string Email, string? Name)> Waiting(Caller caller)
    {
        Require(caller.MaySomewhere(Right.Own), Right.Own);
        return [.. table.All.Where(one => one.Role is null && one.Memberships.Count == 0 && one.IsConfirmed).Select(one => (one.UserId, one.Email, one.Name))];
    }

    internal static void Require(bool may, Right right)
    {
        if (!may) throw new ProblemException(403, ProblemCodes.Forbidden, new RequiredRightAttribute(right).Missing);
    }

    private static string Checked(string name) => AccountRules.WrongName(name) is { } why
        ? throw new ProblemException(422, ProblemCodes.Malformed, why, new Dictionary<string, string> { ["name"] = why })
        : name;
}

/// <summary>Somebody who may something at an organisation's events.</summary>
/// <param name="UserId">Their number.</param>
/// <param name="Email">Their address.</param>
/// <param name="Name">Their name.</param>
/// <param name="Role">What they may there.</param>
/// <param name="IsEverywhere">Whether they may so at every event of the server, and not as a member.</param>
/// <param name="HasSecondFactor">Whether a code is asked for after their password.</param>
internal sealed record OrganisationMember(string UserId, string Email, string? Name, AccountRole Role, bool IsEverywhere, bool HasSecondFactor)
{
    public static OrganisationMember Of(User user, AccountRole? membership) =>
        new(user.UserId, user.Email ?? user.UserId, user.Name, membership is { } member && !(user.Role >= member) ? member : user.Role ?? AccountRole.Viewer, user.Role is not null && !(membership > user.Role), user.TwoFactor);
}
