using System.Globalization;
using Headcount.Core;
using Headcount.Data.Tickets;
using Headcount.Engine;
using Headcount.Server.Languages;
using Headcount.Server.Manage;

namespace Headcount.Server.Tickets.Import;

/// <summary>A row of a list that was understood.</summary>
/// <param name="Row">Its number.</param>
/// <param name="Change">What it says of the ticket.</param>
/// <param name="Holder">Whose it says the ticket is.</param>
public sealed record ImportedRow(int Row, TicketChange Change, GivenHolder Holder)
{
    /// <summary>When the ticket had last been changed as the list was planned; null = it was not there.</summary>
    public Instant? SeenAt { get; init; }

    /// <summary>Whether it would make a ticket good again in whose place another one was issued.</summary>
    public bool Revives(TicketStatus status, string? replacedBy) =>
        replacedBy is not null && status == TicketStatus.Revoked && (Change.Given & TicketFields.Status) != 0 && Change.Ticket.Status != TicketStatus.Revoked;
}

/// <summary>A row that is not taken, and why.</summary>
public sealed record RefusedRow(int Row, string TicketId, string Why);

/// <summary>Understands the rows of a list, as a person may have written them.</summary>
internal sealed class ImportReading(EventSettings settings, ImportField[] fields)
{
    private const int MostUserId = 128;

    private static readonly string[] Times =
    [
        "d.M.yyyy HH:mm", "d.M.yyyy HH:mm:ss", "d.M.yyyy", "d.M.yy HH:mm", "d.M.yy", "yyyy-MM-dd",
    ];

    private readonly Dictionary<string, int> _rowOfTicket = new(StringComparer.Ordinal);

    /// <summary>Reads a row; one of the two comes back.</summary>
    public (ImportedRow? Row, RefusedRow? Refused) Read(SheetRow row)
    {
        var id = Cell(row, ImportField.TicketId) ?? "";
        try
        {
            return (Understand(row, id), null);
        }
        catch (RowException problem)
        {
            return (null, new RefusedRow(row.Number, Names.Excerpt(id), problem.Message));
        }
    }

    private ImportedRow Understand(SheetRow row, string id)
    {
        if (row.Cells.Any(cell => cell?.Length > TicketLimits.MostCell)) throw Wrong("import.why.long", TicketLimits.MostCell);
        if (id.Length == 0) throw Wrong("import.why.no-id");
        if (!Names.IsTicketId(id)) throw Wrong("import.why.id", TicketId.MaxLength);
        if (LooksRounded(id)) throw Wrong("import.why.rounded");
        if (!_rowOfTicket.TryAdd(id, row.Number)) throw Wrong("import.why.twice", _rowOfTicket[id]);
        var (type, user) = (Cell(row, ImportField.Type), Cell(row, ImportField.UserId));
        if (type is not null && (Names.Characters(type) > Names.MostType || Names.WrongName(type) is not null)) throw Wrong("import.why.type", Names.MostType);
        if (user is not null && Names.Characters(user) > MostUserId) throw Wrong("import.why.user", MostUserId);
        var (from, until) = (Time(row, ImportField.ValidFrom), Time(row, ImportField.ValidUntil));
        if (from >= until) throw Wrong("import.why.times");
        var (status, gates, single) = (Status(row), Gates(row), Flag(row));
        var ticket = new Ticket(new TicketId(id)) { TicketType = type, Status = status ?? TicketStatus.Valid, ValidFrom = from, ValidUntil = until, Gates = gates ?? [], SingleEntry = single ?? false };
        var given = (type is null ? 0 : TicketFields.TicketType) | (status is null ? 0 : TicketFields.Status) | (from is null ? 0 : TicketFields.ValidFrom) | (until is null ? 0 : TicketFields.ValidUntil)
            | (gates is null ? 0 : TicketFields.Gates) | (single is null ? 0 : TicketFields.SingleEntry);
        return new ImportedRow(row.Number, new TicketChange(ticket, given), new GivenHolder(id, user, Name(row), Email(row)));
    }

    private string? Name(SheetRow row)
    {
        var name = Cell(row, ImportField.Name) ?? string.Join(' ', new[] { Cell(row, ImportField.FirstName), Cell(row, ImportField.LastName) }.OfType<string>());
        if (name.Length == 0) return null;
        if (Names.Characters(name) > Names.MostName || Names.WrongName(name) is not null) throw Wrong("import.why.name", Names.MostName);
        return name;
    }

    private string? Email(SheetRow row)
    {
        if (Cell(row, ImportField.Email) is not { } email) return null;
        return People.IsEmail(email) ? email.ToLowerInvariant() : throw Wrong("import.why.email", Names.Excerpt(email));
    }

    private TicketStatus? Status(SheetRow row) => Cell(row, ImportField.Status)?.ToLowerInvariant() switch
    {
        null => null,
        "valid" or "paid" or "ok" or "active" or "gültig" or "gueltig" or "bezahlt" => TicketStatus.Valid,
        "revoked" or "cancelled" or "canceled" or "refunded" or "blocked" or "replaced" or "gesperrt" or "storniert" or "widerrufen" or "ungültig" => TicketStatus.Revoked,
        "unpaid" or "pending" or "open" or "unbezahlt" or "offen" => TicketStatus.Unpaid,
        var other => throw Wrong("import.why.status", Names.Excerpt(other)),
    };

    private Instant? Time(SheetRow row, ImportField field)
    {
        if (Cell(row, field) is not { } text) return null;
        if (Timestamp.TryParse(text, settings.Zone, out var instant)) return instant;
        if (DateTime.TryParseExact(text, Times, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            && Timestamp.TryParse(time.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture), settings.Zone, out var local)) return local;
        throw Wrong("import.why.time", Names.Excerpt(text));
    }

    private List<GateName>? Gates(SheetRow row)
    {
        if (Cell(row, ImportField.Gates) is not { } text) return null;
        var gates = new List<GateName>();
        foreach (var part in text.Split([';', ',', '|'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (Names.Characters(part) > GateName.MaxLength) throw Wrong("import.why.gate", Names.Excerpt(part));
            if (settings.Rules.Gates.Count > 0 && !settings.Rules.Gates.Contains(part)) throw Wrong("import.why.no-gate", Names.Excerpt(part));
            gates.Add(new GateName(part));
        }

        return gates;
    }

    private bool? Flag(SheetRow row) => Cell(row, ImportField.SingleEntry)?.ToLowerInvariant() switch
    {
        null => null,
        "true" or "1" or "yes" or "y" or "ja" or "j" or "x" or "wahr" => true,
        "false" or "0" or "no" or "n" or "nein" or "falsch" => false,
        var other => throw Wrong("import.why.flag", Names.Excerpt(other)),
    };

    private string? Cell(SheetRow row, ImportField field)
    {
        var at = Array.IndexOf(fields, field);
        return at >= 0 && at < row.Cells.Length && row.Cells[at] is { } cell && !cell.Contains('\0', StringComparison.Ordinal) ? cell : null;
    }

    // A spreadsheet that took a long id for a number has thrown its end away.
    private static bool LooksRounded(string id) => id.Length >= 8 && id.Contains("E+", StringComparison.OrdinalIgnoreCase) && double.TryParse(id.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out _)
        || id.Length > 16 && id.EndsWith("000", StringComparison.Ordinal) && id.All(char.IsAsciiDigit) && id.AsSpan().TrimEnd('0').Length == 15;

    private static RowException Wrong(string key, params object?[] values) => new(Words.Of(key, values));

    private sealed class RowException(string message) : Exception(message);
}
