using System.Globalization;
using Headcount.Server.Access;
using Headcount.Server.Access.SignIn;
using Headcount.Server.Languages;
using Headcount.Server.Problems;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Headcount.Server.Accounts;

/// <summary>What a page with a form shows: what was typed comes back, what was wrong is said.</summary>
public sealed record AccountView(string TokenName, string Token, string Action, string Language)
{
    /// <summary>What was wrong; null = nothing.</summary>
    public string? Wrong { get; init; }

    /// <summary>What was wrong with single fields.</summary>
    public IReadOnlyDictionary<string, string> WrongFields { get; init; } = new Dictionary<string, string>();

    /// <summary>What was typed, but for passwords.</summary>
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>();

    /// <summary>What the page tells of besides.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();

    public string Value(string field) => Values.GetValueOrDefault(field, "");

    public string? Fact(string name) => Facts.GetValueOrDefault(name);

    public bool Is(string name) => Facts.ContainsKey(name);
}

/// <summary>Shows the pages of accounts, which are forms without a script, and reads what they send.</summary>
internal static class AccountForm
{
    /// <summary>How long what is typed into one field may be, in characters.</summary>
    public const int LongestText = 256;

    private const int LongestForm = 16 * 1024;

    /// <summary>The form that was sent; null where it does not come from a page of ours, and then the page has been shown again.</summary>
    public static async Task<IFormCollection?> ReadAsync<TPage>(HttpContext context) where TPage : IComponent
    {
        if (context.Request.ContentLength is null or > LongestForm || !context.Request.HasFormContentType)
            throw new ProblemException(415, ProblemCodes.UnsupportedMediaType, $"This is for the form at {context.Request.Path}. Programs send a token: Authorization: Bearer ….");
        if (await context.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context)) return await context.Request.ReadFormAsync(context.RequestAborted);
        Speak(context);
        await ShowAsync<TPage>(context, 400, view => view with { Wrong = Words.Of("form.old") });
        return null;
    }

    /// <summary>What was typed into a field, its ends trimmed; empty where it is too long to be anything.</summary>
    public static string Text(this IFormCollection form, string field) => form[field].ToString().Trim() is { Length: <= LongestText } text ? text : "";

    /// <summary>A password as it was typed.</summary>
    public static string Password(this IFormCollection form, string field = "password") => form[field].ToString() is { Length: <= LongestText } text ? text : "";

    /// <summary>What comes back into the fields of a page that is shown again.</summary>
    public static IReadOnlyDictionary<string, string> Typed(this IFormCollection form, params string[] fields) => fields.ToDictionary(field => field, form.Text);

    public static async Task ShowAsync<TPage>(HttpContext context, int status = 200, Func<AccountView, AccountView>? more = null) where TPage : IComponent
    {
        var language = Speak(context);
        var tokens = context.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(context);
        var action = context.Request.Path.Value + (context.Request.QueryString.Value is { Length: <= 3_000 } query ? query : "");
        var view = new AccountView(tokens.FormFieldName, tokens.RequestToken!, action, language.Name);
        context.Response.Headers.CacheControl = "no-store";
        var result = new RazorComponentResult<TPage>(new { View = more?.Invoke(view) ?? view }) { StatusCode = status, PreventStreamingRendering = true };
        await result.ExecuteAsync(context);
    }

    /// <summary>From here on, the flow that calls speaks the language that is wanted. Not awaited: what an awaited method sets is gone when it returns.</summary>
    public static CultureInfo Speak(HttpContext context)
    {
        var accounts = context.RequestServices.GetRequiredService<AccountTable>();
        var language = Language.Of(context, context.User is Identity { Caller.UserId: { } userId } && accounts.TryFind(userId, out var account) ? account.Language : null);
        Language.Speak(language);
        return language;
    }
}
