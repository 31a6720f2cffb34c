using Headcount.Core;
using Headcount.Data.Model;

namespace Headcount.Server.Office;

/// <summary>A type of ticket as a form holds it.</summary>
public sealed class TypeModel
{
    public string Name { get; set; } = "";

    public bool Override { get; set; }

    public bool SingleEntry { get; set; }

    /// <summary>The only gates it opens; empty = every gate.</summary>
    public HashSet<string> Gates { get; init; } = [];

    public string? ValidFrom { get; set; }

    public string? ValidUntil { get; set; }

    public static TypeModel Of(TicketTypeRow row, Zone zone)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new TypeModel
        {
            Name = row.Name, Override = row.Override, SingleEntry = row.SingleEntry, Gates = [.. row.Gates], ValidFrom = LocalTime.Write(row.ValidFrom, zone), ValidUntil = LocalTime.Write(row.ValidUntil, zone),
        };
    }

    public TypeModel Copy() => new() { Name = Name, Override = Override, SingleEntry = SingleEntry, Gates = [.. Gates], ValidFrom = ValidFrom, ValidUntil = ValidUntil };

    /// <summary>What is sent of it.</summary>
    public object ToBody() => new { name = Name.Trim(), @override = Override, single_entry = SingleEntry, gates = Gates.Order(StringComparer.Ordinal).ToArray(), valid_from = ValidFrom, valid_until = ValidUntil };
}
