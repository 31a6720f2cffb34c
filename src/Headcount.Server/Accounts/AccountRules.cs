using Headcount.Server.Languages;
using Headcount.Server.Manage;

namespace Headcount.Server.Accounts;

/// <summary>What e-mail addresses, names and passwords of accounts must be like; for endpoints, forms and pages alike.</summary>
internal static class AccountRules
{
    /// <summary>The shortest password an account may have, in characters.</summary>
    public const int LeastPassword = 12;

    /// <summary>The longest.</summary>
    public const int MostPassword = 256;

    public static bool IsEmail(string text) =>
        text.Length is > 2 and <= Names.MostName && text.Count(c => c == '@') == 1 && text[0] != '@' && text[^1] != '@' && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c));

    /// <summary>What is wrong with an e-mail address, for a person; null = nothing.</summary>
    public static string? WrongEmail(string text) => IsEmail(text) ? null : Words.Of("wrong.email");

    /// <summary>What is wrong with a name, for a person; null = nothing.</summary>
    public static string? WrongName(string text) => text.Length > 0 && Names.Characters(text) <= Names.MostName && Names.WrongName(text) is null ? null : Words.Of("wrong.name");

    /// <summary>What is wrong with a new password, for a person; null = nothing.</summary>
    public static string? WrongPassword(string text) => Names.Characters(text) is >= LeastPassword and <= MostPassword ? null : Words.Of("wrong.password", LeastPassword);

    /// <summary>The fields that are wrong, of those that were looked at.</summary>
    public static Dictionary<string, string> Wrong(params (string Field, string? Why)[] looked) =>
        looked.Where(one => one.Why is not null).ToDictionary(one => one.Field, one => one.Why!);
}
