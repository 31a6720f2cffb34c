using Headcount.Core;
using Headcount.Server.Problems;

namespace Headcount.Server.Counts;

/// <summary>The parameters of a question; everything that is wrong with them is told at once.</summary>
internal sealed class CountQuery
{
    private readonly IQueryCollection _query;
    private readonly SortedDictionary<string, string> _errors = new(StringComparer.Ordinal);

    /// <summary>Takes the query; parameters that are none of those known are wrong.</summary>
    public CountQuery(HttpContext context, params string[] known)
    {
        _query = context.Request.Query;
        foreach (var (name, values) in _query)
        {
            if (name != "event" && !known.Contains(name))
                Wrong(Shorten(name), $"there is no such parameter; there are {string.Join(", ", ["event", .. known])}");
            else if (values.Count > 1)
                Wrong(name, "is given more than once");
        }
    }

    /// <summary>A text; null where it is absent or empty.</summary>
    public string? Text(string name) => _query.TryGetValue(name, out var values) && values.Count > 0 && !string.IsNullOrEmpty(values[0]) ? values[0] : null;

    /// <summary>A time; without an offset it is on the zone's clock. A blank where a plus was meant is one: that is what a plus in an address says.</summary>
    public Instant? Time(string name, Zone zone)
    {
        if (Text(name) is not { } text) return null;
        if (Timestamp.TryParse(text, zone, out var instant)) return instant;
        var blank = text.LastIndexOf(' ');
        if (blank >= 0 && Timestamp.TryParse(string.Concat(text.AsSpan(0, blank), "+", text.AsSpan(blank + 1)), zone, out instant)) return instant;
        Wrong(name, $"'{Shorten(text)}' is no ISO 8601 date and time; write 2025-09-30T18:00 (on the clock of {zone.Id}) or 2025-09-30T18:00:00+02:00");
        return null;
    }

    public TimeSpan? Length(string name)
    {
        if (Text(name) is not { } text) return null;
        if (TimeLength.TryParse(text, out var length)) return length;
        Wrong(name, $"'{Shorten(text)}' is no length of time; write 30s, 15m, 1h, 1d or PT15M");
        return null;
    }

    public void Wrong(string name, string why) => _errors.TryAdd(name, why);

    /// <exception cref="ProblemException">Something is wrong.</exception>
    public void ThrowIfWrong()
    {
        if (_errors.Count == 0) return;
        throw new ProblemException(StatusCodes.Status422UnprocessableEntity, ProblemCodes.Malformed,
            $"The question cannot be answered: {string.Join("; ", _errors.Take(3).Select(error => $"{error.Key}: {error.Value}"))}.", _errors);
    }

    private static string Shorten(string text) => Manage.Names.Excerpt(text);
}
