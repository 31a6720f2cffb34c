using Headcount.Data.Model;

namespace Headcount.Data.Tickets;

/// <summary>Who on this server is more than somebody with a ticket.</summary>
public static class AccountHolders
{
    /// <summary>Everybody who signs in, may sign in, confirmed an address, or has a token. No list of tickets changes them, and they stay when their last ticket goes.</summary>
    public static IQueryable<User> In(HeadcountDb db)
    {
        ArgumentNullException.ThrowIfNull(db);
        return db.Users.Where(user => user.PasswordHash != null || user.Role != null || user.EmailConfirmedAt != null
            || db.Members.Any(member => member.UserId == user.UserId) || db.Passkeys.Any(key => key.UserId == user.UserId) || db.Tokens.Any(token => token.UserId == user.UserId));
    }
}
