using System.Text.Json.Nodes;

namespace Headcount.Server.Documents;

/// <summary>What stands in paths.</summary>
internal static class PathNames
{
    private static readonly Dictionary<string, (string Meaning, string Example)> Known = new()
    {
        ["slug"] = ("The event's name in addresses.", "club"),
        ["device_id"] = ("The device.", "gate-a-1"),
        ["ticket_id"] = ("The ticket; what an address has no room for is percent-encoded.", "T00001"),
        ["token_id"] = ("The token's number.", "7"),
        ["email"] = ("The account's e-mail address.", "door@example.org"),
        ["seq"] = ("The record's number in the log.", "1"),
    };

    public static string? MeaningOf(string name) => Known.TryGetValue(name, out var known) ? known.Meaning : null;

    public static JsonNode? ExampleOf(string name) => Known.TryGetValue(name, out var known) ? JsonValue.Create(known.Example) : null;
}
