using System.Collections.Concurrent;
using System.Text;
using Headcount.Core;

namespace Headcount.Server.Gate.Mqtt;

/// <summary>The topics of the MQTT door.</summary>
internal static class MqttTopics
{
    /// <summary>What scans are published to, with the gate behind it.</summary>
    public const string Scans = "scans/";

    /// <summary>What answers are published to, with the device behind it.</summary>
    public const string Decisions = "decisions/";

    /// <summary>What messages that are no scans are published to, with the gate behind it.</summary>
    public const string Rejected = "scans-rejected/";

    /// <summary>The longest name of a topic or a filter that is looked at, in characters.</summary>
    public const int MostCharacters = 512;

    private const int MostKnown = 1_000;

    private static readonly ConcurrentDictionary<string, GateTopic?> Known = new(StringComparer.Ordinal);

    /// <summary>A topic that scans are published to.</summary>
    /// <param name="Gate">The gate it names.</param>
    /// <param name="Utf8">The same as bytes.</param>
    public sealed record GateTopic(string Gate, byte[] Utf8);

    /// <summary>The gate of a topic; null = scans are not published there.</summary>
    public static GateTopic? GateOf(string topic)
    {
        if (Known.TryGetValue(topic, out var known)) return known;
        if (Known.Count >= MostKnown) Known.Clear();
        return Known[topic.Length <= MostCharacters ? topic : ""] = Read(topic);
    }

    /// <summary>Whether a filter asks for a topic.</summary>
    public static bool Matches(ReadOnlySpan<char> filter, ReadOnlySpan<char> topic)
    {
        // What begins with $ is the broker's own, and no wildcard stands for it.
        if (topic.StartsWith('$') && !filter.StartsWith('$')) return false;
        while (true)
        {
            var level = First(filter, out var filterEnd);
            if (level is "#") return true;
            var name = First(topic, out var topicEnd);
            if (level is not "+" && !level.SequenceEqual(name)) return false;
            if (filterEnd < 0 || topicEnd < 0) return filterEnd == topicEnd || (topicEnd < 0 && filter[(filterEnd + 1)..] is "#");
            filter = filter[(filterEnd + 1)..];
            topic = topic[(topicEnd + 1)..];
        }
    }

    /// <summary>Whether a text can be a filter: wildcards stand alone in their level, and # at the end.</summary>
    public static bool IsFilter(string filter)
    {
        if (filter.Length is 0 or > MostCharacters || filter.Contains('\0', StringComparison.Ordinal)) return false;
        var levels = filter.Split('/');
        for (var i = 0; i < levels.Length; i++)
        {
            var isWild = levels[i].Contains('#', StringComparison.Ordinal) || levels[i].Contains('+', StringComparison.Ordinal);
            if (isWild && (levels[i].Length > 1 || (levels[i] is "#" && i < levels.Length - 1))) return false;
        }

        return true;
    }

    /// <summary>Whether a filter has wildcards.</summary>
    public static bool IsWild(string filter) => filter.AsSpan().ContainsAny('#', '+');

    /// <summary>Whether something can be published to a topic.</summary>
    public static bool IsTopic(string? topic) => topic is { Length: > 0 and <= MostCharacters } && !topic.AsSpan().ContainsAny('#', '+', '\0') && topic[0] != '$';

    /// <summary>A name as a level of a topic: what would part it, or stand for others, is replaced.</summary>
    public static string Level(string name) => name.AsSpan().ContainsAny('/', '#', '+') ? name.Replace('/', '_').Replace('#', '_').Replace('+', '_') : name;

    private static GateTopic? Read(string topic)
    {
        if (!topic.StartsWith(Scans, StringComparison.Ordinal)) return null;
        var gate = topic[Scans.Length..];
        if (gate.Length == 0 || gate.AsSpan().ContainsAny("/#+\0\uFFFD") || gate.EnumerateRunes().Count() > GateName.MaxLength) return null;
        return new GateTopic(gate, Encoding.UTF8.GetBytes(gate));
    }

    private static ReadOnlySpan<char> First(ReadOnlySpan<char> text, out int end) => (end = text.IndexOf('/')) < 0 ? text : text[..end];
}
