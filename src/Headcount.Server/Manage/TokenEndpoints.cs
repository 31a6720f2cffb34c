using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Server.Access;
using Headcount.Server.Problems;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Manage;

/// <summary>API tokens of accounts: everybody makes and ends their own; the owner everybody's.</summary>
internal sealed class TokenEndpoints(TokenService tokens, AccountTable accounts, IDbReader reader, TimeProvider time)
{
    private static readonly HashSet<string> Known = ["name", "account", "expires_at"];

    public async Task CreateAsync(HttpContext context)
    {
        var caller = AccountOf(context);
        var fields = new Fields(await Fields.ReadBodyAsync(context), Known);
        var name = fields.Text("name", Names.MostName, isRequired: true);
        if (name is not null && Names.WrongName(name) is { } why) fields.Wrong("name", why);
        var expiresAt = fields.Time("expires_at", Zone.Utc);
        if (expiresAt <= Now) fields.Wrong("expires_at", "is over already");
        if ((context.User as Identity)?.Proof is HeldToken { ExpiresAt: { } ends })
        {
            // Whoever is let in for a time is not let in for longer by a token of their own making.
            expiresAt ??= ends;
            if (expiresAt > ends) fields.Wrong("expires_at", $"is after the end of the token that asks for it ({Zone.Utc.Format(ends)})");
        }

        var email = fields.Text("account", Names.MostName);
        fields.ThrowIfWrong("The token");
        var account = await FindAsync(caller, email, context.RequestAborted);
        var issued = await tokens.IssueForAccountAsync(account.UserId, name!, expiresAt, context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        await context.AnswerAsync(
            new TokenAnswer(issued.TokenId, name!, account.Email ?? account.UserId, RoleOf(account.UserId), Zone.Utc.Format(Now), issued.ExpiresAt is { } end ? Zone.Utc.Format(end) : null) { Token = issued.Text },
            StatusCodes.Status201Created, Wire.WithoutNulls);
    }

    public async Task ListAsync(HttpContext context)
    {
        var caller = AccountOf(context);
        var all = caller.Role == AccountRole.Owner;
        await using var db = reader.Open();
        var found = await (from token in db.Tokens.AsNoTracking()
                           join user in db.Users.AsNoTracking() on token.UserId equals user.UserId
                           where token.RevokedAt == null && (all || token.UserId == caller.UserId)
                           orderby token.TokenId
                           select new { token, user }).ToListAsync(context.RequestAborted);
        await context.AnswerAsync(new
        {
            tokens = found.Select(one => new TokenAnswer(
                one.token.TokenId, one.token.Name, one.user.Email ?? one.user.UserId, RoleOf(one.user.UserId), Zone.Utc.Format(one.token.CreatedAt), one.token.ExpiresAt is { } end ? Zone.Utc.Format(end) : null)),
        }, options: Wire.WithoutNulls);
    }

    public async Task DeleteAsync(HttpContext context)
    {
        var caller = AccountOf(context);
        await using var db = reader.Open();
        var isNumber = long.TryParse(context.Text("token_id"), out var id);
        var owner = !isNumber ? null : await db.Tokens.AsNoTracking().Where(token => token.TokenId == id && token.RevokedAt == null).Select(token => token.UserId).SingleOrDefaultAsync(context.RequestAborted);
        if (owner is null || (owner != caller.UserId && caller.Role != AccountRole.Owner) || !await tokens.RevokeAsync(id, context.RequestAborted))
            throw new ProblemException(StatusCodes.Status404NotFound, ProblemCodes.NotFound, "You have no API token of that number. GET /api/tokens lists them.");
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private Instant Now => Instant.FromDateTimeOffset(time.GetUtcNow());

    // The greatest it has, where it differs from organisation to organisation.
    private string RoleOf(string userId) => accounts.TryFind(userId, out var account) && account.ToCaller().HighestRole is { } role ? RoleWords.Of(role) : "none";

    private static Caller AccountOf(HttpContext context) => context.Caller() is { UserId: not null } account
        ? account
        : throw new ProblemException(StatusCodes.Status403Forbidden, ProblemCodes.Forbidden, "API tokens belong to accounts, and a device is none.");

    private async Task<User> FindAsync(Caller caller, string? email, CancellationToken cancellation)
    {
        await using var db = reader.Open();
        var found = email is null
            ? await db.Users.AsNoTracking().SingleOrDefaultAsync(user => user.UserId == caller.UserId, cancellation)
            : await db.Users.AsNoTracking().SingleOrDefaultAsync(user => user.Email == email && user.Role != null, cancellation);
        if (found is not null && found.UserId == caller.UserId) return found;
        if (caller.Role != AccountRole.Owner) throw new ProblemException(StatusCodes.Status403Forbidden, ProblemCodes.Forbidden, "Only the owner makes tokens for other accounts.");
        return found ?? throw new ProblemException(StatusCodes.Status404NotFound, ProblemCodes.NotFound, $"There is no account '{Names.Excerpt(email ?? "")}'.");
    }
}

/// <summary>A token as it is answered; its text only where it was just made.</summary>
internal sealed record TokenAnswer(long TokenId, string Name, string Account, string Role, string CreatedAt, string? ExpiresAt)
{
    public string? Token { get; init; }
}

/// <summary>Roles by their words.</summary>
internal static class RoleWords
{
    public static readonly string[] All = ["viewer", "steward", "supervisor", "organiser", "owner"];

    public static string Of(AccountRole role) => All[(int)role];

    public static AccountRole Parse(string word) => (AccountRole)Array.IndexOf(All, word);
}
