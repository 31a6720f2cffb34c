using System.Globalization;

namespace Headcount.Benchmarks.Serving;

/// <summary>The venue at whose gates all services stand: four gates, sixteen devices each, one ticket in fifty a VIP's.</summary>
/// <param name="Tickets">How many tickets there are.</param>
/// <param name="Capacity">How many people may be inside.</param>
internal sealed record Venue(int Tickets, int Capacity)
{
    public const string Slug = "venue";
    private const int OneVipIn = 50;
    private const int DeviceCount = 64;

    public static readonly string[] Gates = ["A", "B", "C", "D"];

    /// <summary>The devices, and the gate of each.</summary>
    public static IEnumerable<(string Id, string Gate)> Devices => Enumerable.Range(0, DeviceCount).Select(number => ($"gate-{Gates[number % Gates.Length]}{number}", Gates[number % Gates.Length]));

    public static string TicketId(int number) => string.Create(CultureInfo.InvariantCulture, $"T{number:D6}");

    /// <summary>Whether a full house does not hold a ticket up.</summary>
    public static bool IsVip(string ticketId) => int.Parse(ticketId.AsSpan(1), CultureInfo.InvariantCulture) % OneVipIn == 0;

    /// <summary>The register as NDJSON.</summary>
    public string Register()
    {
        var lines = Enumerable.Range(0, Tickets).Select(TicketId).Select(id => $$"""{"ticket_id":"{{id}}","ticket_type":"{{(IsVip(id) ? "VIP" : "GENERAL")}}"}""");
        return string.Join('\n', lines);
    }
}

/// <summary>A device's token.</summary>
internal sealed record DeviceToken(string DeviceId, string Gate, string Token);
