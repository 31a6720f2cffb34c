using System.Globalization;
using System.Text.Json;

namespace Headcount.Benchmarks.Comparison;

/// <summary>Compares answers of different programs, number by number.</summary>
internal static class Answers
{
    /// <summary>Every number under the given keys that is not the same in both; a key that one of them lacks counts as nought.</summary>
    public static IEnumerable<string> Differences(string ours, string theirs, IReadOnlyList<string> keys)
    {
        var (a, b) = (Numbers(ours, keys), Numbers(theirs, keys));
        foreach (var key in a.Keys.Union(b.Keys).Order(StringComparer.Ordinal))
        {
            var (left, right) = (a.GetValueOrDefault(key), b.GetValueOrDefault(key));
            if (left != right) yield return string.Create(CultureInfo.InvariantCulture, $"{key} is {right}, Headcount says {left}");
        }
    }

    private static Dictionary<string, long> Numbers(string json, IReadOnlyList<string> keys)
    {
        var numbers = new Dictionary<string, long>();
        using var document = JsonDocument.Parse(json);
        foreach (var key in keys)
        {
            if (document.RootElement.TryGetProperty(key, out var value))
                Collect(key, value, numbers);
            else if (key is "places_by_kind" or "earlier_by_kind")
                CollectPlaces(key, document.RootElement.GetProperty("anomalies"), numbers);
            else
                throw new InvalidOperationException($"An answer has no '{key}': {json[..Math.Min(200, json.Length)]}");
        }

        return numbers;
    }

    private static void Collect(string key, JsonElement value, Dictionary<string, long> numbers)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var part in value.EnumerateObject()) Collect($"{key}.{part.Name}", part.Value, numbers);
        }
        else if (value.GetInt64() is not 0 and var number)
        {
            numbers[key] = number;
        }
    }

    // Which scans they are, and which they name, as one number for each kind: the sum of their places in the input.
    private static void CollectPlaces(string key, JsonElement anomalies, Dictionary<string, long> numbers)
    {
        foreach (var anomaly in anomalies.EnumerateArray())
        {
            var scan = key == "places_by_kind" ? anomaly : anomaly.GetProperty("earlier");
            if (scan.ValueKind == JsonValueKind.Null) continue;
            var kind = $"{key}.{anomaly.GetProperty("kind").GetString()}";
            numbers[kind] = numbers.GetValueOrDefault(kind) + scan.GetProperty("scan").GetInt64();
        }
    }
}
