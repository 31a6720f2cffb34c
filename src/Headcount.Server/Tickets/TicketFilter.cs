using Headcount.Core;
using Headcount.Data.Tickets;
using Headcount.Engine;

namespace Headcount.Server.Tickets;

/// <summary>What a list of tickets shows, and in which order: as a page has it, and as an address says it.</summary>
public sealed record TicketFilter
{
    public string Search { get; init; } = "";

    /// <summary>A type by name; empty = every one.</summary>
    public string Type { get; init; } = "";

    /// <summary><c>valid</c>, <c>revoked</c> or <c>unpaid</c>; empty = every one.</summary>
    public string Status { get; init; } = "";

    /// <summary><c>inside</c> or <c>outside</c>; empty = both.</summary>
    public string Presence { get; init; } = "";

    /// <summary>Only types that pass a full house.</summary>
    public bool IsVip { get; init; }

    public TicketOrder Order { get; init; }

    public bool IsDescending { get; init; }

    /// <summary>Whether it asks for anything less than all.</summary>
    public bool Narrows => Search.Trim().Length > 0 || Type.Length > 0 || Status.Length > 0 || Presence.Length > 0 || IsVip;

    /// <summary>What an address says; what it does not know is left out.</summary>
    public static TicketFilter Read(Func<string, string?> value) => new()
    {
        Search = value("q") ?? "", Type = value("type") ?? "", Status = value("status") is "valid" or "revoked" or "unpaid" ? value("status")! : "",
        Presence = value("presence") is "inside" or "outside" ? value("presence")! : "", IsVip = value("vip") is "1" or "true",
        Order = Enum.TryParse<TicketOrder>(value("sort"), ignoreCase: true, out var order) && Enum.IsDefined(order) ? order : TicketOrder.Id, IsDescending = value("way") == "down",
    };

    /// <summary>The same for an address, without the question mark.</summary>
    public string ToQuery()
    {
        var parts = new List<string>();
        Add("q", Search.Trim());
        Add("type", Type);
        Add("status", Status);
        Add("presence", Presence);
        Add("vip", IsVip ? "1" : "");
        Add("sort", Order == TicketOrder.Id ? "" : WordOf(Order));
        Add("way", IsDescending ? "down" : "");
        return string.Join('&', parts);

        void Add(string name, string text)
        {
            if (text.Length > 0) parts.Add($"{name}={Uri.EscapeDataString(text)}");
        }
    }

    public TicketCriteria ToCriteria(EventSettings settings)
    {
        IReadOnlyList<string>? types = IsVip ? [.. settings.Rules.TicketTypes.Where(type => type.Value.Override).Select(type => type.Key).Order(StringComparer.Ordinal)] : null;
        if (Type.Length > 0) types = types is null || types.Contains(Type) ? [Type] : [];
        return new TicketCriteria
        {
            EventId = settings.EventId, Search = Search.Trim() is { Length: > 0 } search ? search : null, Types = types,
            Status = Status switch { "valid" => TicketStatus.Valid, "revoked" => TicketStatus.Revoked, "unpaid" => TicketStatus.Unpaid, _ => null },
        };
    }

    public static string WordOf(TicketOrder order) => order switch
    {
        TicketOrder.Name => "name", TicketOrder.Type => "type", TicketOrder.Status => "status", TicketOrder.Changed => "changed", _ => "id",
    };
}
