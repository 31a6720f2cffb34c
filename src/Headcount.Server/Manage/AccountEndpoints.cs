using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Server.Access;
using Headcount.Server.Accounts;
using Headcount.Server.Problems;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Manage;

/// <summary>Accounts of staff, and what each may do. The owner's business alone.</summary>
internal sealed class AccountEndpoints(AccountService accounts, IDbReader reader)
{
    private static readonly HashSet<string> Known = ["email", "name", "role", "password"];
    private static readonly HashSet<string> Changeable = ["role", "password"];

    public async Task CreateAsync(HttpContext context)
    {
        var fields = new Fields(await Fields.ReadBodyAsync(context), Known);
        var email = fields.Text("email", Names.MostName, isRequired: true);
        if (email is not null && !AccountRules.IsEmail(email)) fields.Wrong("email", "is no e-mail address");
        var name = fields.Text("name", Names.MostName);
        if (name is not null && Names.WrongName(name) is { } why) fields.Wrong("name", why);
        var role = fields.Word("role", RoleWords.All);
        if (role is null) fields.Wrong("role", $"is needed: {string.Join(", ", RoleWords.All)}");
        var password = Password(fields);
        if (password is null) fields.Wrong("password", "is needed");
        fields.ThrowIfWrong("The account");
        await accounts.CreateAsync(email!, name, RoleWords.Parse(role!), password!, context.RequestAborted);
        await context.AnswerAsync(new AccountAnswer(email!, name, role!), StatusCodes.Status201Created);
    }

    public async Task ListAsync(HttpContext context)
    {
        await using var db = reader.Open();
        var users = await db.Users.AsNoTracking().Where(user => user.Role != null && user.Email != null).OrderBy(user => user.Email).ToListAsync(context.RequestAborted);
        await context.AnswerAsync(new { accounts = users.Select(user => new AccountAnswer(user.Email!, user.Name, RoleWords.Of(user.Role!.Value))) });
    }

    public async Task ChangeAsync(HttpContext context)
    {
        var fields = new Fields(await Fields.ReadBodyAsync(context), Changeable);
        var role = fields.Word("role", RoleWords.All);
        var password = Password(fields);
        fields.ThrowIfWrong("The change");
        var user = await FindAsync(context);
        if (password is not null) await accounts.ChangePasswordAsync(user.UserId, password, context.RequestAborted);
        if (role is not null) await accounts.ChangeRoleAsync(user.UserId, RoleWords.Parse(role), context.RequestAborted);
        await context.AnswerAsync(new AccountAnswer(user.Email!, user.Name, role ?? RoleWords.Of(user.Role!.Value)));
    }

    public async Task DeleteAsync(HttpContext context)
    {
        var user = await FindAsync(context);
        await accounts.ChangeRoleAsync(user.UserId, null, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static string? Password(Fields fields)
    {
        var password = fields.Text("password", AccountRules.MostPassword);
        if (password is not null && Names.Characters(password) < AccountRules.LeastPassword) fields.Wrong("password", $"is shorter than {AccountRules.LeastPassword} characters");
        return password;
    }

    private async Task<User> FindAsync(HttpContext context)
    {
        var email = context.Text("email");
        await using var db = reader.Open();
        return await db.Users.AsNoTracking().SingleOrDefaultAsync(user => user.Email == email && user.Role != null, context.RequestAborted)
            ?? throw new ProblemException(StatusCodes.Status404NotFound, ProblemCodes.NotFound, $"There is no account '{Names.Excerpt(email)}'.");
    }
}

/// <summary>An account as it is answered.</summary>
internal sealed record AccountAnswer(string Email, string? Name, string Role);
