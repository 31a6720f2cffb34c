using System.Globalization;

namespace Headcount.Server.Languages;

/// <summary>The languages of pages and letters. Their rules are kept here and not taken from the machine, which may know none.</summary>
internal static class Language
{
    /// <summary>The cookie in which a browser keeps the language that somebody chose.</summary>
    public const string Cookie = "headcount-language";

    public static readonly CultureInfo English = Make("en", "d MMM yyyy", ",", ".",
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
        ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]);

    public static readonly CultureInfo German = Make("de", "d. MMM yyyy", ".", ",",
        ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"],
        ["Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"]);

    public static readonly IReadOnlyList<CultureInfo> All = [English, German];

    /// <summary>The language of a word, <c>en</c> or <c>de</c>; English for any other.</summary>
    public static CultureInfo Of(string? word) => word == "de" ? German : English;

    /// <summary>What a request is answered in: as its account chose, as its browser was told, as its browser asks.</summary>
    public static CultureInfo Of(HttpContext context, string? chosen)
    {
        if (chosen is not null) return Of(chosen);
        if (context.Request.Cookies.TryGetValue(Cookie, out var word) && word is "en" or "de") return Of(word);
        foreach (var asked in context.Request.GetTypedHeaders().AcceptLanguage.OrderByDescending(one => one.Quality ?? 1))
        {
            var language = asked.Value.Value?.Split('-')[0].ToLowerInvariant();
            if (language is "en" or "de") return Of(language);
        }

        return English;
    }

    /// <summary>From here on, the flow that calls speaks it.</summary>
    public static void Speak(CultureInfo language) => (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (language, language);

    private static CultureInfo Make(string name, string date, string thousands, string point, string[] months, string[] days)
    {
        var culture = new CultureInfo(name, useUserOverride: false);
        var numbers = culture.NumberFormat;
        (numbers.NumberGroupSeparator, numbers.NumberDecimalSeparator, numbers.PercentGroupSeparator, numbers.PercentDecimalSeparator) = (thousands, point, thousands, point);
        var dates = culture.DateTimeFormat;
        (dates.ShortDatePattern, dates.LongDatePattern, dates.ShortTimePattern, dates.LongTimePattern) = (date, "dddd, " + date, "HH:mm", "HH:mm:ss");
        (dates.MonthNames, dates.MonthGenitiveNames) = ([.. months, ""], [.. months, ""]);
        (dates.AbbreviatedMonthNames, dates.AbbreviatedMonthGenitiveNames) = ([.. months.Select(Short), ""], [.. months.Select(Short), ""]);
        (dates.DayNames, dates.AbbreviatedDayNames, dates.ShortestDayNames) = (days, [.. days.Select(day => day[..2])], [.. days.Select(day => day[..2])]);
        dates.FirstDayOfWeek = DayOfWeek.Monday;
        return CultureInfo.ReadOnly(culture);
    }

    private static string Short(string month) => month[..3];
}
