using System.Text.Json;

namespace Headcount.Server.Fanout;

/// <summary>A ticket that somebody named on <c>ticket_created</c> or <c>ticket_changed</c>.</summary>
/// <param name="Event">The slug of its event; null = every open event is looked at.</param>
/// <param name="TicketId">The ticket.</param>
internal readonly record struct NamedTicket(string? Event, string TicketId)
{
    /// <summary>Reads a message: a ticket's id as it is; <c>event:id</c>; or JSON, <c>{"event":…,"ticket_id":…}</c>, a text, or a list of these. What could mean two things means both.</summary>
    public static IReadOnlyList<NamedTicket> Read(string message)
    {
        var named = new List<NamedTicket>();
        var text = message.Trim();
        if (text.Length > 0 && text[0] is '{' or '[' or '"')
        {
            try
            {
                using var json = JsonDocument.Parse(text);
                Add(named, json.RootElement);
            }
            catch (JsonException)
            {
                // Then it is an id that looks like it.
            }
        }

        if (named.Count > 0) return named;
        if (message.Length > 0) named.Add(new NamedTicket(null, message));
        var colon = message.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && colon < message.Length - 1) named.Add(new NamedTicket(message[..colon], message[(colon + 1)..]));
        return named;
    }

    private static void Add(List<NamedTicket> named, JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (var item in json.EnumerateArray()) Add(named, item);
                break;
            case JsonValueKind.Object when Text(json, "ticket_id") is { Length: > 0 } id:
                named.Add(new NamedTicket(Text(json, "event"), id));
                break;
            case JsonValueKind.String when json.GetString() is { Length: > 0 } id:
                named.Add(new NamedTicket(null, id));
                break;
            case JsonValueKind.Number:
                named.Add(new NamedTicket(null, json.GetRawText()));
                break;
        }
    }

    private static string? Text(JsonElement json, string name) => !json.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : value.ValueKind == JsonValueKind.Number ? value.GetRawText()
        : null;
}
