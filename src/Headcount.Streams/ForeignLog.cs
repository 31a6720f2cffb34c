using System.Diagnostics.CodeAnalysis;

namespace Headcount.Streams;

/// <summary>How to understand a log that was not written for us: which of its columns mean what.</summary>
public sealed record ForeignLog
{
    /// <summary>The fields that a map can name.</summary>
    public static readonly IReadOnlyList<string> Fields =
        ["ticket_id", "gate", "scan_type", "timestamp", "device_id", "scan_id", "outcome", "entered", "left"];

    /// <summary>The log's own column (or JSON field) for each of ours; what is not here goes by our name.</summary>
    public IReadOnlyDictionary<string, string> Map { get; init; } = new Dictionary<string, string>();

    /// <summary>The values of the type column that mean an entry; where scans alternate, those of the rows that are taken.</summary>
    public IReadOnlyList<string> Entry { get; init; } = [];

    /// <summary>The values of the type column that mean an exit; not looked at where scans alternate.</summary>
    public IReadOnlyList<string> Exit { get; init; } = [];

    /// <summary>The gate of rows that name none.</summary>
    public string? Gate { get; init; }

    /// <summary>Whether there is no direction: a ticket's scans (of those with an <see cref="Entry"/> value, where there are any) go in, out, in, …</summary>
    public bool Alternate { get; init; }

    /// <summary>Whether there are no tickets: every row is a body.</summary>
    public bool Anonymous { get; init; }

    /// <summary>The .NET custom format of times that are not ISO 8601.</summary>
    public string? TimeFormat { get; init; }

    /// <summary>Whether one row holds both times.</summary>
    public bool BothTimesInOneRow => Map.ContainsKey("entered") || Map.ContainsKey("left");

    /// <summary>Reads <c>ticket_id=ID,timestamp=Datetime</c>.</summary>
    /// <param name="text">The map as it was typed.</param>
    /// <param name="map">Our fields, and the log's names for them.</param>
    /// <param name="error">What is wrong with it, and what would be right.</param>
    public static bool TryParseMap(string text, out IReadOnlyDictionary<string, string> map, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        map = fields;
        error = null;
        foreach (var pair in text.Split(','))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var field = equals < 0 ? pair : pair[..equals];
            if (equals < 0)
                error = $"'{pair}' names no column: write {(Fields.Contains(pair) ? pair : "timestamp")}=COLUMN";
            else if (!Fields.Contains(field))
                error = $"'{field}' is no field of a scan: the fields are {string.Join(", ", Fields)}";
            else if (equals == pair.Length - 1)
                error = $"'{pair}' names no column after the equals sign";
            else if (!fields.TryAdd(field, pair[(equals + 1)..]))
                error = $"'{field}' is mapped twice";
            if (error is not null) return false;
        }

        if (fields.ContainsKey("timestamp") && (fields.ContainsKey("entered") || fields.ContainsKey("left")))
        {
            error = "a row holds either one time (timestamp) or both (entered, left): map one or the other";
            return false;
        }

        return true;
    }

    /// <summary>The log's name for one of our fields.</summary>
    internal string ColumnOf(string field) => Map.GetValueOrDefault(field, field);
}
