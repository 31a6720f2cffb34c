using System.Text;

namespace Headcount.Server.Tickets.Import;

/// <summary>What a column of a list says.</summary>
internal enum ImportField
{
    Ignored,
    TicketId,
    Name,
    FirstName,
    LastName,
    Email,
    Type,
    Status,
    ValidFrom,
    ValidUntil,
    Gates,
    SingleEntry,
    UserId,
}

/// <summary>Recognises columns by their heads, in English and German, as ticket shops write them.</summary>
internal static class ImportColumns
{
    private static readonly Dictionary<string, ImportField> Known = new(StringComparer.Ordinal);

    static ImportColumns()
    {
        Put(ImportField.TicketId, "ticketid ticket ticketcode ticketnumber ticketno ticketnr ticketnummer barcode code qrcode secret id nummer number kartennummer eintrittskarte");
        Put(ImportField.Name, "name holder fullname attendee attendeename guest guestname participant customer inhaber besucher gast teilnehmer kunde vollername karteninhaber holdername");
        Put(ImportField.FirstName, "firstname givenname vorname forename");
        Put(ImportField.LastName, "lastname surname familyname nachname familienname");
        Put(ImportField.Email, "email emailaddress mail attendeeemail emailadresse mailadresse");
        Put(ImportField.Type, "tickettype type category product item typ tickettyp kategorie kartenart ticketart produkt artikel");
        Put(ImportField.Status, "status state ticketstatus zustand");
        Put(ImportField.ValidFrom, "validfrom from gueltigab gueltigvon gültigab gültigvon ab");
        Put(ImportField.ValidUntil, "validuntil validto until gueltigbis gültigbis bis");
        Put(ImportField.Gates, "gates gate entrance entrances eingang eingänge eingaenge tor tore");
        Put(ImportField.SingleEntry, "singleentry once einmalig einmaleinlass");
        Put(ImportField.UserId, "userid personid customerid kundennummer");
    }

    /// <summary>What each column is taken for; none twice.</summary>
    public static ImportField[] Recognise(IReadOnlyList<string> heads)
    {
        var fields = new ImportField[heads.Count];
        for (var i = 0; i < fields.Length; i++)
        {
            if (Known.TryGetValue(Plain(heads[i]), out var field) && !fields.Contains(field)) fields[i] = field;
        }

        // A column that is named better than "id" or "number" is the ticket's.
        var better = Array.FindIndex(fields, field => field == ImportField.TicketId);
        for (var i = better + 1; better >= 0 && i < fields.Length; i++)
        {
            if (fields[i] != ImportField.Ignored || !Plain(heads[i]).Contains("ticket", StringComparison.Ordinal) || Plain(heads[better]) is not ("id" or "number" or "nummer" or "code") || Known.GetValueOrDefault(Plain(heads[i])) != ImportField.TicketId) continue;
            (fields[better], fields[i]) = (ImportField.Ignored, ImportField.TicketId);
            break;
        }

        return fields;
    }

    private static void Put(ImportField field, string heads)
    {
        foreach (var head in heads.Split(' ')) Known[head] = field;
    }

    private static string Plain(string head)
    {
        var plain = new StringBuilder();
        foreach (var letter in head.ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(letter)) plain.Append(letter);
        }

        return plain.ToString();
    }
}
