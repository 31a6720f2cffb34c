using System.Text.Json;
using Headcount.Core;
using Headcount.Data.Model;
using Headcount.Server.Manage;
using Headcount.Server.Office;

namespace Headcount.Server.Tickets;

/// <summary>A ticket as a form holds it: what was read, and what is typed over it. What it sends is judged by the API's own rules.</summary>
public sealed record TicketDraft
{
    public string? Type { get; set; }

    public string Status { get; set; } = "valid";

    public string? Name { get; set; }

    public string? Email { get; set; }

    /// <summary>On the clock of the event, as a browser's field writes it.</summary>
    public string? ValidFrom { get; set; }

    public string? ValidUntil { get; set; }

    /// <summary>The only gates it opens, parted by commas; nothing = every gate.</summary>
    public string? Gates { get; set; }

    public bool SingleEntry { get; set; }

    public static TicketDraft Of(TicketRow row, User? holder, Zone zone)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new TicketDraft
        {
            Type = Given(row.TicketType), Status = TicketAnswer.WordOf(row.Status), Name = Given(holder?.Name), Email = Given(holder?.Email), ValidFrom = LocalTime.Write(row.ValidFrom, zone), ValidUntil = LocalTime.Write(row.ValidUntil, zone),
            Gates = Given(string.Join(", ", row.Gates)), SingleEntry = row.SingleEntry,
        };
    }

    /// <summary>Without blanks around, and with nothing as nothing.</summary>
    public TicketDraft Tidy() => this with
    {
        Type = Given(Type), Name = Given(Name), Email = Given(Email?.ToLowerInvariant()), ValidFrom = Given(ValidFrom), ValidUntil = Given(ValidUntil), Gates = Given(string.Join(", ", GateNames())),
    };

    /// <summary>What is sent of the ticket itself, where it differs from what was read: a time that is only written less exactly stays as it is.</summary>
    public JsonElement ToBody(TicketDraft was)
    {
        ArgumentNullException.ThrowIfNull(was);
        var body = new Dictionary<string, object?>();
        if (Type != was.Type) body["ticket_type"] = Type;
        if (Status != was.Status) body["status"] = Status;
        if (ValidFrom != was.ValidFrom) body["valid_from"] = ValidFrom;
        if (ValidUntil != was.ValidUntil) body["valid_until"] = ValidUntil;
        if (Gates != was.Gates) body["gates"] = GateNames();
        if (SingleEntry != was.SingleEntry) body["single_entry"] = SingleEntry;
        return JsonSerializer.SerializeToElement(body);
    }

    /// <summary>Where this and another differ: the field, what stands here and what there.</summary>
    public IReadOnlyList<(string Field, string Here, string There)> DifferencesTo(TicketDraft other)
    {
        ArgumentNullException.ThrowIfNull(other);
        (string, string, string)[] fields =
        [
            ("status", Status, other.Status), ("type", Type ?? "–", other.Type ?? "–"), ("name", Name ?? "–", other.Name ?? "–"), ("email", Email ?? "–", other.Email ?? "–"), ("valid_from", ValidFrom ?? "–", other.ValidFrom ?? "–"),
            ("valid_until", ValidUntil ?? "–", other.ValidUntil ?? "–"), ("gates", Gates ?? "–", other.Gates ?? "–"), ("single_entry", SingleEntry ? "1" : "0", other.SingleEntry ? "1" : "0"),
        ];
        return [.. fields.Where(field => field.Item2 != field.Item3)];
    }

    private string[] GateNames() => [.. (Gates ?? "").Split([',', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
