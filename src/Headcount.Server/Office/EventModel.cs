using System.Globalization;
using System.Text.Json;
using Headcount.Core;
using Headcount.Data.Model;
using Headcount.Server.Languages;
using Headcount.Server.Manage;

namespace Headcount.Server.Office;

/// <summary>An event's settings as a form holds them. What it sends is what the API takes, and is judged by the same rules.</summary>
public sealed class EventModel
{
    public string Name { get; set; } = "";

    public string Slug { get; set; } = "";

    public string Zone { get; set; } = "Europe/Berlin";

    public long? Capacity { get; set; }

    public long? FirmCapacity { get; set; }

    /// <summary>On the clock of the zone, as a browser's field writes it: <c>2025-09-30T18:00</c>.</summary>
    public string? OpensAt { get; set; }

    public string? ClosesAt { get; set; }

    public string ReentryPolicy { get; set; } = "warn";

    public double? ReentryMinutes { get; set; } = 5;

    /// <summary>How many days after the event names are erased; null = as the server says.</summary>
    public int? RetentionDays { get; set; }

    /// <summary>Percentages, parted by commas.</summary>
    public string AlertLevels { get; set; } = "80, 90, 100";

    public static EventModel Of(EventRow row)
    {
        var zone = Core.Zone.TryFind(row.Zone, out var found) ? found : Core.Zone.Utc;
        return new EventModel
        {
            Name = row.Name, Slug = row.Slug, Zone = row.Zone, Capacity = row.Capacity, FirmCapacity = row.FirmCapacity,
            OpensAt = LocalTime.Write(row.OpensAt, zone), ClosesAt = LocalTime.Write(row.ClosesAt, zone), ReentryPolicy = row.ReentryPolicy, ReentryMinutes = row.ReentryMinutes, RetentionDays = row.RetentionDays,
            AlertLevels = string.Join(", ", row.AlertLevels),
        };
    }

    /// <summary>What is sent to make an event, or to change the one of a version.</summary>
    public JsonElement ToBody(long? version = null)
    {
        var body = new Dictionary<string, object?>
        {
            ["name"] = Name.Trim(), ["zone"] = Zone.Trim(), ["capacity"] = Capacity, ["firm_capacity"] = FirmCapacity, ["opens_at"] = OpensAt, ["closes_at"] = ClosesAt,
            ["reentry_policy"] = ReentryPolicy, ["reentry_minutes"] = ReentryMinutes, ["alert_levels"] = Levels(), ["retention_days"] = RetentionDays,
        };
        if (version is null) body["slug"] = Slug.Trim();
        if (version is not null) body["version"] = version;
        return JsonSerializer.SerializeToElement(body);
    }

    /// <summary>Where this and another differ: the field, what stands here and what there.</summary>
    public IReadOnlyList<(string Field, string Here, string There)> DifferencesTo(EventModel other)
    {
        var (here, there) = (Shown(), other.Shown());
        return [.. here.Where(one => one.Value != there[one.Key]).Select(one => (one.Key, one.Value, there[one.Key]))];
    }

    /// <summary>A slug that a name makes: what others may type into an address.</summary>
    public static string SlugOf(string name)
    {
        var letters = name.ToLowerInvariant().Replace("ä", "ae", StringComparison.Ordinal).Replace("ö", "oe", StringComparison.Ordinal).Replace("ü", "ue", StringComparison.Ordinal).Replace("ß", "ss", StringComparison.Ordinal)
            .Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) ? c : '-').ToArray();
        var slug = string.Join('-', new string(letters).Split('-', StringSplitOptions.RemoveEmptyEntries));
        return slug.Length <= Names.MostSlug ? slug : slug[..Names.MostSlug];
    }

    private Dictionary<string, string> Shown() => new()
    {
        ["name"] = Name, ["zone"] = Zone, ["capacity"] = Number(Capacity), ["firm_capacity"] = Number(FirmCapacity), ["opens_at"] = OpensAt ?? "–", ["closes_at"] = ClosesAt ?? "–",
        ["reentry_policy"] = Words.Of("reentry." + ReentryPolicy), ["reentry_minutes"] = ReentryMinutes?.ToString(CultureInfo.CurrentCulture) ?? "–", ["alert_levels"] = AlertLevels, ["retention_days"] = Number(RetentionDays),
    };

    private static string Number(long? number) => number?.ToString("N0", CultureInfo.CurrentCulture) ?? "–";

    // What is no number is sent as it is, to be refused with a reason.
    private List<object> Levels() =>
        [.. AlertLevels.Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries).Select(text => int.TryParse(text.TrimEnd('%'), CultureInfo.InvariantCulture, out var level) ? (object)level : text)];
}

/// <summary>Times as a browser's field has them, on the clock of an event's zone.</summary>
internal static class LocalTime
{
    public static string? Write(Instant? instant, Zone zone) => instant is { } known ? zone.ToDateTimeOffset(known).ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture) : null;

    /// <summary>What a browser's field holds; null = nothing, or no time.</summary>
    public static Instant? Read(string? text, Zone zone) => !string.IsNullOrEmpty(text) && Timestamp.TryParse(text, zone, out var instant) ? instant : null;

    /// <summary>A time for people.</summary>
    public static string Say(Instant instant, Zone zone) => zone.ToDateTimeOffset(instant).ToString("g", CultureInfo.CurrentCulture);
}
